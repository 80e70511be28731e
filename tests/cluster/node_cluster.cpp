#include "cluster/node_cluster.hpp"

#include "support/deadline.hpp"
#include "support/doctest.hpp"
#include "support/recording.hpp"

#include <iterator>
#include <stdexcept>
#include <thread>

namespace parley::test {

namespace {

std::string on_loopback(uint16_t port) {
  return "127.0.0.1:" + std::to_string(port);
}

} // namespace

node_cluster::node_cluster(const overrides& settings) : with_(settings) {
  for (const auto* name : {"one", "two", "three"})
    nodes_.emplace_back(settings_of(name));
  if (!is_whole())
    throw std::runtime_error("the cluster did not come to rest:\n"
                             + nodes_.front().log());
}

server_process& node_cluster::node(size_t at) {
  return *std::next(nodes_.begin(), static_cast<long>(at));
}

overrides node_cluster::settings_of(const std::string& name) const {
  auto all = with_;
  all.merge(
      overrides{{"node.id", name},
                {"http.listen", on_loopback(free_port())},
                {"auth.token_secret_file", keys_.file("token.key")},
                {"push.vapid_key_file", keys_.file("push.key")},
                {"limits.sends_per_s", 0},
                {"cluster.mode", "zookeeper"},
                {"cluster.servers", toml_value::list({zookeeper_.servers()})},
                {"cluster.session_timeout", "2s"},
                {"cluster.partitions", 16},
                {"cluster.zone", name},
                {"cluster.listen", on_loopback(free_port())}});
  return all;
}

bool node_cluster::is_whole() {
  const auto end = clock::now() + patience;
  while (clock::now() < end) {
    for (auto& x : nodes_) {
      const auto said = x.admin({"--json", "cluster", "status"});
      if (said.status == 0
          && said.output.find("\"whole\":true") != std::string::npos)
        return true;
    }
    std::this_thread::sleep_for(milliseconds(100));
  }
  for (auto& x : nodes_)
    MESSAGE(x.admin({"--json", "cluster", "partitions"}).output, x.log());
  return false;
}

} // namespace parley::test
