#include "gateway/page_policy.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace parley;
using gateway::page_policy;

namespace {

/// What the policy says of where pages may connect to.
std::string connect_part(const config::settings& from) {
  auto policy = page_policy(from);
  auto begin = policy.find("connect-src ");
  return policy.substr(begin, policy.find(';', begin) - begin);
}

} // namespace

TEST_CASE("pages run nothing but the node's own files") {
  auto policy = page_policy({});
  CHECK(policy.starts_with("default-src 'none'; script-src 'self'; "));
  CHECK(policy.find("unsafe") == std::string::npos);
}

TEST_CASE("a node alone is the only one that its pages call") {
  config::settings settings;
  settings.http.public_url = "https://chat.example";
  settings.http.allowed_origins = {"https://app.example"};
  CHECK(connect_part(settings) == "connect-src 'self'");
}

TEST_CASE("pages of a cluster call all of its nodes, by HTTP and WebSocket") {
  config::settings settings;
  settings.cluster.mode = "zookeeper";
  settings.http.public_url = "https://n1.example";
  settings.http.allowed_origins = {"http://10.0.0.2:8080",
                                   "https://n1.example"};
  CHECK(connect_part(settings)
        == "connect-src 'self' http://10.0.0.2:8080 ws://10.0.0.2:8080 "
           "https://n1.example wss://n1.example");
}
