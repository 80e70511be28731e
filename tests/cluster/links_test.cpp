#include "cluster/link_process.hpp"
#include "support/doctest.hpp"

#include <csignal>

using namespace parley::test;

namespace {

/// Two processes on loopback, 1 dials 2, each with its incarnation of 10 and
/// 20.
struct pair_of_nodes {
  link_process one;
  link_process two;

  explicit pair_of_nodes(const std::vector<std::string>& more_one = {},
                         const std::vector<std::string>& more_two = {})
      : one(link_process::options{1, "127.0.0.1", "", more_one}),
        two(link_process::options{2, "127.0.0.1", "", more_two}) {}

  void introduce() {
    two.tell("reach 20" + one.as_peer(10));
    one.tell("reach 10" + two.as_peer(20));
  }
  void expect_up(const std::string& version = "1") {
    const auto rest = " version=" + version + " partitions=2";
    CHECK(one.next_event() == "up 2 20" + rest);
    CHECK(two.next_event() == "up 1 10" + rest);
  }

  /// Both are asked until both answer. Who was stopped may find the end of its
  /// old connection after the new one is up, and lose that with it.
  bool come_to_terms() {
    for (int tries = 0; tries < 30; ++tries) {
      auto answered = one.answer_to("ask", "2 1") == "1"
                      && two.answer_to("ask", "1 1") == "1";
      while (!one.next_event(milliseconds{0}).empty()) {}
      while (!two.next_event(milliseconds{0}).empty()) {}
      if (answered)
        return true;
    }
    return false;
  }
};

} // namespace

TEST_CASE("two nodes find each other and can be asked") {
  pair_of_nodes nodes;
  nodes.introduce();
  nodes.expect_up();
  CHECK(nodes.one.answer_to("ask", "2 1") == "1");
  CHECK(nodes.two.answer_to("ask", "1 0") == "0");
}

TEST_CASE("replication messages arrive in both directions") {
  pair_of_nodes nodes;
  nodes.introduce();
  nodes.expect_up();
  nodes.one.tell("post 2 1000 100");
  nodes.two.tell("post 1 10 100000");
  CHECK(nodes.two.process().wait_for_line("arrived 1000"));
  CHECK(nodes.one.process().wait_for_line("arrived 10"));
}

TEST_CASE("a peer that ends is down, and up again with another incarnation") {
  pair_of_nodes nodes;
  nodes.introduce();
  nodes.expect_up();
  nodes.two.process().signal(SIGKILL);
  CHECK(nodes.one.next_event() == "down 2 20 its connection ended");
  link_process again{link_process::options{2, "127.0.0.1", "", {}}};
  again.tell("reach 21" + nodes.one.as_peer(10));
  nodes.one.tell("reach 10" + again.as_peer(21));
  CHECK(nodes.one.next_event() == "up 2 21 version=1 partitions=2");
  CHECK(again.next_event() == "up 1 10 version=1 partitions=2");
  CHECK(nodes.one.answer_to("ask", "2 1") == "1");
}

TEST_CASE("a peer that is stopped is down, and up again when it goes on") {
  pair_of_nodes nodes;
  nodes.introduce();
  nodes.expect_up();
  for (auto round = 0; round < 2; ++round) {
    nodes.two.process().signal(SIGSTOP);
    CHECK(nodes.one.next_event() == "down 2 20 it is silent");
    CHECK(nodes.one.answer_to("ask", "2 1").starts_with("failed: "));
    nodes.two.process().signal(SIGCONT);
    CHECK(nodes.two.next_event().starts_with("down 1 10"));
    CHECK(nodes.come_to_terms());
  }
}

TEST_CASE("who dials and was stopped finds its way back as well") {
  pair_of_nodes nodes;
  nodes.introduce();
  nodes.expect_up();
  nodes.one.process().signal(SIGSTOP);
  CHECK(nodes.two.next_event() == "down 1 10 it is silent");
  nodes.one.process().signal(SIGCONT);
  CHECK(nodes.one.next_event().starts_with("down 2 20"));
  nodes.expect_up();
  CHECK(nodes.two.answer_to("ask", "1 1") == "1");
}

TEST_CASE("a peer that membership drops is down; back in it, it is up") {
  pair_of_nodes nodes;
  nodes.introduce();
  nodes.expect_up();
  nodes.one.tell("reach 10");
  CHECK(nodes.one.next_event().starts_with("down 2 20 membership"));
  CHECK(nodes.two.next_event().starts_with("down 1 10"));
  CHECK(nodes.one.answer_to("ask", "2 1").starts_with("failed: "));
  nodes.introduce();
  nodes.expect_up();
}

TEST_CASE("a node that gets another incarnation makes its links anew") {
  pair_of_nodes nodes;
  nodes.introduce();
  nodes.expect_up();
  nodes.two.tell("reach 25" + nodes.one.as_peer(10));
  CHECK(nodes.two.next_event().starts_with("down 1 10"));
  CHECK(nodes.one.next_event().starts_with("down 2 20"));
  nodes.one.tell("reach 10" + nodes.two.as_peer(25));
  CHECK(nodes.one.next_event() == "up 2 25 version=1 partitions=2");
  CHECK(nodes.two.next_event() == "up 1 10 version=1 partitions=2");
}

TEST_CASE("the highest version that both speak is told") {
  pair_of_nodes nodes{{"--version-min", "2", "--version-max", "4"},
                      {"--version-min", "1", "--version-max", "3"}};
  nodes.introduce();
  nodes.expect_up("3");
}

TEST_CASE("who does not fit is refused, and the log says why") {
  struct {
    std::vector<std::string> more;
    const char* why;
  } cases[] = {
      {{"--cluster", "c2"}, "cluster: it is of \"c1\", this is \"c2\""},
      {{"--version-min", "3", "--version-max", "4"},
       "protocol version: it speaks 1 to 1, this node 3 to 4"},
      {{"--partitions", "4"}, "partitions: it has 2, this node 4"},
      {{"--node", "3"}, "node: it is 3, 2 was expected"},
  };
  for (const auto& each : cases) {
    CAPTURE(each.why);
    pair_of_nodes nodes{{}, each.more};
    nodes.introduce();
    const auto said = [&] {
      return nodes.one.process().errors().find(each.why) != std::string::npos;
    };
    CHECK(eventually(said));
    CHECK(nodes.one.answer_to("links").find(" up ") == std::string::npos);
  }
}

TEST_CASE("a peer that stalls costs no more than its window") {
  constexpr auto window = 4U << 20;
  const std::vector<std::string> slow{"--deadline-ms", "60000", "--window",
                                      std::to_string(window)};
  pair_of_nodes nodes{slow, slow};
  nodes.introduce();
  nodes.expect_up();
  const auto number_of = [](const std::string& line, const std::string& name) {
    return std::stoull(line.substr(line.find(name + "=") + name.size() + 1));
  };
  const auto before = nodes.one.answer_to("links");
  nodes.two.process().signal(SIGSTOP);
  nodes.one.tell("post 2 20000 10000"); // 200 MB
  std::string after;
  const auto all_seen = [&] {
    after = nodes.one.answer_to("links");
    return number_of(after, "sent") + number_of(after, "dropped") == 20'000;
  };
  CHECK(eventually(all_seen));
  CHECK(number_of(after, "dropped") > 19'000);
  CHECK(number_of(after, "under_way") <= window);
  // CAF's buffers double when they grow, and there are two.
  CHECK(number_of(after, "rss") < number_of(before, "rss") + 40 * 1024);
  nodes.two.process().signal(SIGCONT);
  const auto drained = [&] {
    return number_of(nodes.one.answer_to("links"), "under_way") == 0;
  };
  CHECK(eventually(drained));
}

TEST_CASE("a replicator that takes nothing holds the window shut") {
  constexpr auto window = 1U << 20;
  const std::vector<std::string> small{"--window", std::to_string(window)};
  pair_of_nodes nodes{small, small};
  nodes.two.tell("hold");
  nodes.introduce();
  nodes.expect_up();
  nodes.one.tell("post 2 2000 10000");
  const auto full = [&] {
    const auto line = nodes.one.answer_to("links");
    return line.find("dropped=0") == std::string::npos
           && line.find(" up ") != std::string::npos;
  };
  CHECK(eventually(full));
}
