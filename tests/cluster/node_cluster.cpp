#include "cluster/node_cluster.hpp"

#include "support/deadline.hpp"
#include "support/doctest.hpp"
#include "support/free_port.hpp"
#include "support/json.hpp"

#include "parley/base/hash.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <sstream>
#include <stdexcept>
#include <utility>

namespace parley::test {

namespace {

constexpr std::array node_names{"one", "two", "three", "four", "five"};
static_assert(node_names.size() == node_cluster::nodes_max);

size_t number_of(const std::string& name) {
  const auto at = std::find(node_names.begin(), node_names.end(), name);
  return static_cast<size_t>(at - node_names.begin());
}

} // namespace

node_cluster::node_cluster(cluster_options with) : with_(std::move(with)) {
  zookeeper_options coordinator;
  if (with_.apart) {
    hosts_.emplace(nodes_max + 2);
    at_clients_.emplace(*hosts_, nodes_max + 1);
    coordinator.address = hosts_->address(zookeeper_host());
    coordinator.port = 2181;
    coordinator.launcher = hosts_->on(zookeeper_host(), {});
  }
  zookeeper_.emplace(coordinator);
  if (with_.alone)
    begin_alone();
  while (nodes_.size() < with_.nodes)
    add();
  if (!is_whole())
    throw std::runtime_error("the cluster did not come to rest:\n"
                             + nodes_.front().log());
}

void node_cluster::begin_alone() {
  const auto settings = settings_of(node_names[0]);
  auto alone = settings;
  std::erase_if(alone, [](const auto& x) {
    return x.first.starts_with("cluster.") && x.first != "cluster.partitions";
  });
  auto& first = start(node_names[0], alone);
  with_.alone(*this);
  first.terminate();
  first.configure(settings);
  first.restart();
}

server_process& node_cluster::node(size_t at) {
  return *std::next(nodes_.begin(), static_cast<long>(at));
}

server_process& node_cluster::running(size_t at) {
  for (auto n = at; n < at + size(); ++n)
    if (node(n % size()).running())
      return node(n % size());
  throw std::runtime_error("no node runs");
}

server_process& node_cluster::add() {
  const std::string name = node_names.at(nodes_.size());
  return start(name, settings_of(name));
}

server_process& node_cluster::start(const std::string& name,
                                    const overrides& settings) {
  auto environment = with_.own[name].environment;
  environment.insert(with_.environment.begin(), with_.environment.end());
  return nodes_.emplace_back(settings, environment,
                             hosts_ ? hosts_->on(number_of(name), {})
                                    : std::vector<std::string>{},
                             with_.binary);
}

std::string node_cluster::address(size_t host, uint16_t port) const {
  return hosts_ ? hosts_->address(host) + ":" + std::to_string(port)
                : "127.0.0.1:" + std::to_string(free_port());
}

overrides node_cluster::settings_of(const std::string& name) {
  auto all = with_.own[name].settings;
  all.insert(with_.settings.begin(), with_.settings.end());
  const auto listen = address(number_of(name), 8080);
  all.merge(
      overrides{{"node.id", name},
                {"http.listen", listen},
                {"http.public_url", "http://" + listen},
                {"auth.token_secret_file", keys_.file("token.key")},
                {"push.vapid_key_file", keys_.file("push.key")},
                {"limits.sends_per_s", 0},
                {"cluster.mode", "zookeeper"},
                {"cluster.servers", toml_value::list({zookeeper_->servers()})},
                {"cluster.session_timeout", "2s"},
                {"cluster.partitions", partitions},
                {"cluster.zone", name},
                {"cluster.listen", address(number_of(name), 7080)}});
  if (hosts_) {
    const auto issued = certificates_.issue("ours", name);
    all.merge(overrides{{"cluster.tls.cert", issued + ".crt"},
                        {"cluster.tls.key", issued + ".key"},
                        {"cluster.tls.ca", issued + ".ca"}});
  }
  return all;
}

bool node_cluster::is_whole() {
  const auto says_so = [this] {
    return ask("status").find("\"whole\":true") != std::string::npos;
  };
  if (eventually(says_so, 2 * patience))
    return true;
  for (auto& x : nodes_)
    MESSAGE(ask("partitions"), x.log());
  return false;
}

std::map<size_t, size_t> node_cluster::leaders() {
  std::map<size_t, size_t> found;
  std::istringstream lines(ask("partitions"));
  for (std::string line; std::getline(lines, line);) {
    const auto row = json::parse(line).as_object();
    const auto* which = row.if_contains("partition");
    if (!which)
      continue;
    const auto at = number_of(std::string{text_of(row, "leader")});
    if (at < node_names.size())
      found[which->to_number<size_t>()] = at;
  }
  return found;
}

size_t node_cluster::leader_of(const std::string& name) {
  return leaders().at(place_of(name, partitions).partition);
}

std::string node_cluster::ask(const std::string& what) {
  for (auto& x : nodes_) {
    auto said = x.admin({"--json", "cluster", what});
    if (said.status == 0)
      return std::move(said.output);
  }
  return {};
}

std::string node_cluster::account_of_itself() {
  auto all = ask("partitions");
  for (const auto& x : nodes_)
    all += "\n-- a node:\n" + x.log();
  return all;
}

} // namespace parley::test
