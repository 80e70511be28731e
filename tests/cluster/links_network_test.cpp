#include "cluster/certificates.hpp"
#include "cluster/link_process.hpp"
#include "support/doctest.hpp"

#include <utility>

using namespace parley::test;

namespace {

/// Two nodes on hosts of their own, linked by TLS.
struct apart {
  certificates issued;
  network_hosts hosts{2};
  link_process one;
  link_process two;

  explicit apart(const std::string& deadline_one = "3000",
                 const std::string& deadline_two = "3000")
      : one(host(1, deadline_one)), two(host(2, deadline_two)) {
    two.tell("reach 20" + one.as_peer(10));
    one.tell("reach 10" + two.as_peer(20));
    expect_up();
  }

  link_process::options host(uint32_t node, const std::string& deadline) {
    return {node,
            "",
            issued.issue("ours", "n" + std::to_string(node)),
            {"--port", "7000", "--deadline-ms", deadline},
            &hosts};
  }
  void expect_up() {
    CHECK(one.next_event() == "up 2 20 version=1 partitions=2");
    CHECK(two.next_event() == "up 1 10 version=1 partitions=2");
  }
  void expect_down() {
    CHECK(one.next_event().starts_with("down 2 20"));
    CHECK(two.next_event().starts_with("down 1 10"));
  }
  void expect_talk() {
    CHECK(one.answer_to("ask", "2 1") == "1");
    CHECK(two.answer_to("ask", "1 0") == "0");
  }
};

bool may_run() {
  if (network_hosts::possible())
    return true;
  MESSAGE("not run: network namespaces take root, ip and nft");
  return false;
}

} // namespace

TEST_CASE("a cut network is noticed by both, and healed") {
  if (!may_run())
    return;
  apart nodes;
  for (auto round = 0; round < 2; ++round) {
    nodes.hosts.cut(0, 1);
    nodes.expect_down();
    nodes.hosts.heal();
    nodes.expect_up();
    nodes.expect_talk();
  }
}

TEST_CASE("a network that is cut one way is noticed by both, and healed") {
  if (!may_run())
    return;
  apart nodes;
  for (auto [from, to] : {std::pair{0, 1}, std::pair{1, 0}}) {
    CAPTURE(from);
    nodes.hosts.cut_one_way(static_cast<size_t>(from), static_cast<size_t>(to));
    nodes.expect_down();
    nodes.hosts.heal();
    nodes.expect_up();
    nodes.expect_talk();
  }
}

TEST_CASE("a cut that is shorter than the deadline loses nothing") {
  if (!may_run())
    return;
  apart nodes{"60000", "60000"};
  nodes.hosts.cut(0, 1);
  nodes.one.tell("post 2 100 1000");
  CHECK(eventually([&] {
    return nodes.one.answer_to("links").find("sent=100 ") != std::string::npos;
  }));
  nodes.hosts.heal();
  CHECK(nodes.two.process().wait_for_line("arrived 100"));
  nodes.expect_talk();
}

TEST_CASE("who lost the link alone makes it anew against the other's belief") {
  if (!may_run())
    return;
  struct {
    const char* one;
    const char* two;
  } cases[] = {{"1000", "60000"}, {"60000", "1000"}};
  for (const auto& deadline : cases) {
    CAPTURE(deadline.one);
    apart nodes{deadline.one, deadline.two};
    nodes.hosts.cut(0, 1);
    const auto first = std::string{deadline.one} == "1000" ? 0 : 1;
    CHECK((first == 0 ? nodes.one : nodes.two).next_event().find("it is silent")
          != std::string::npos);
    nodes.hosts.heal();
    CHECK(
        (first == 0 ? nodes.two : nodes.one).next_event().starts_with("down"));
    nodes.expect_up();
    nodes.expect_talk();
  }
}
