#include "cluster/node_cluster.hpp"

#include "support/deadline.hpp"
#include "support/doctest.hpp"
#include "support/json.hpp"

#include "parley/base/hash.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <sstream>
#include <stdexcept>
#include <string_view>
#include <thread>
#include <utility>

namespace parley::test {

namespace {

constexpr std::array names{"one", "two", "three"};
constexpr uint32_t partitions = 16;

std::string on_loopback(uint16_t port) {
  return "127.0.0.1:" + std::to_string(port);
}

} // namespace

node_cluster::node_cluster(const overrides& settings,
                           std::map<std::string, own> special)
    : with_(settings), special_(std::move(special)) {
  for (const auto* name : names)
    nodes_.emplace_back(settings_of(name), special_[name].environment);
  if (!is_whole())
    throw std::runtime_error("the cluster did not come to rest:\n"
                             + nodes_.front().log());
}

server_process& node_cluster::node(size_t at) {
  return *std::next(nodes_.begin(), static_cast<long>(at));
}

overrides node_cluster::settings_of(const std::string& name) const {
  auto all = with_;
  if (auto found = special_.find(name); found != special_.end())
    all.insert(found->second.settings.begin(), found->second.settings.end());
  const auto listen = on_loopback(free_port());
  all.merge(
      overrides{{"node.id", name},
                {"http.listen", listen},
                {"http.public_url", "http://" + listen},
                {"auth.token_secret_file", keys_.file("token.key")},
                {"push.vapid_key_file", keys_.file("push.key")},
                {"limits.sends_per_s", 0},
                {"cluster.mode", "zookeeper"},
                {"cluster.servers", toml_value::list({zookeeper_.servers()})},
                {"cluster.session_timeout", "2s"},
                {"cluster.partitions", partitions},
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

size_t node_cluster::leader_of(const std::string& name) {
  const auto partition = place_of(name, partitions).partition;
  const auto said = node(0).admin({"--json", "cluster", "partitions"}).output;
  std::istringstream lines(said);
  for (std::string line; std::getline(lines, line);) {
    const auto row = json::parse(line).as_object();
    const auto* which = row.if_contains("partition");
    if (!which || *which != partition)
      continue;
    const auto leader = std::find(names.begin(), names.end(),
                                  std::string_view{text_of(row, "leader")});
    if (leader != names.end())
      return static_cast<size_t>(leader - names.begin());
  }
  throw std::runtime_error("nobody leads " + name + ":\n" + said);
}

} // namespace parley::test
