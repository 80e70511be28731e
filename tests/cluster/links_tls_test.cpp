#include "cluster/certificates.hpp"
#include "cluster/link_process.hpp"
#include "support/doctest.hpp"

#include <csignal>
#include <filesystem>

using namespace parley::test;

namespace {

link_process start(uint32_t node, const std::string& tls) {
  return link_process{link_process::options{node, "127.0.0.1", tls, {}}};
}

void introduce(link_process& one, link_process& two) {
  two.tell("reach 20" + one.as_peer(10));
  one.tell("reach 10" + two.as_peer(20));
}

/// That the dialer has tried, and failed.
bool gives_up(link_process& one) {
  return eventually([&one] {
    return one.answer_to("links").find("failed=0") == std::string::npos;
  });
}

} // namespace

TEST_CASE("with certificates of one authority nodes are linked by TLS") {
  certificates all;
  auto one = start(1, all.issue("ours", "one"));
  auto two = start(2, all.issue("ours", "two"));
  introduce(one, two);
  CHECK(one.next_event() == "up 2 20 version=1 partitions=2");
  CHECK(two.next_event() == "up 1 10 version=1 partitions=2");
  one.tell("post 2 1000 1000");
  two.tell("post 1 20 400000");
  CHECK(two.process().wait_for_line("arrived 1000"));
  CHECK(one.process().wait_for_line("arrived 20"));
  CHECK(one.answer_to("ask", "2 1") == "1");
}

TEST_CASE("over TLS too, a stopped peer is down, and up when it goes on") {
  certificates all;
  auto one = start(1, all.issue("ours", "one"));
  auto two = start(2, all.issue("ours", "two"));
  introduce(one, two);
  REQUIRE(one.next_event() == "up 2 20 version=1 partitions=2");
  REQUIRE(two.next_event() == "up 1 10 version=1 partitions=2");
  two.process().signal(SIGSTOP);
  CHECK(one.next_event() == "down 2 20 it is silent");
  two.process().signal(SIGCONT);
  CHECK(two.next_event().starts_with("down 1 10"));
  CHECK(one.next_event() == "up 2 20 version=1 partitions=2");
  CHECK(two.next_event() == "up 1 10 version=1 partitions=2");
}

TEST_CASE("a certificate of another authority is refused by either side") {
  certificates all;
  for (auto turned : {false, true}) {
    CAPTURE(turned);
    const auto stranger = turned ? "c" : "a";
    const auto ours = all.issue("ours", turned ? "d" : "b");
    const auto theirs = all.issue("theirs", stranger);
    // The stranger knows our authority, but is not of it.
    std::filesystem::copy_file(
        ours + ".ca", theirs + ".ca",
        std::filesystem::copy_options::overwrite_existing);
    auto one = start(1, turned ? theirs : ours);
    auto two = start(2, turned ? ours : theirs);
    introduce(one, two);
    CHECK(gives_up(one));
    CHECK(one.answer_to("links").find(" up ") == std::string::npos);
    CHECK(two.answer_to("links").find(" up ") == std::string::npos);
  }
}

TEST_CASE("who speaks without TLS is refused by either side") {
  certificates all;
  for (auto turned : {false, true}) {
    CAPTURE(turned);
    const auto ours = all.issue("ours", turned ? "b" : "a");
    auto one = start(1, turned ? "" : ours);
    auto two = start(2, turned ? ours : "");
    introduce(one, two);
    CHECK(gives_up(one));
    CHECK(one.answer_to("links").find(" up ") == std::string::npos);
    CHECK(two.answer_to("links").find(" up ") == std::string::npos);
  }
}

TEST_CASE("a client that shows no certificate gets no handshake") {
  certificates all;
  const auto ours = all.issue("ours", "one");
  auto one = start(1, ours);
  const auto connect = [&](const std::vector<std::string>& with) {
    std::vector<std::string> argv{"/usr/bin/timeout",
                                  "2",
                                  "/usr/bin/openssl",
                                  "s_client",
                                  "-quiet",
                                  "-CAfile",
                                  ours + ".ca",
                                  "-connect",
                                  "127.0.0.1:" + std::to_string(one.port())};
    argv.insert(argv.end(), with.begin(), with.end());
    return run(argv);
  };
  const auto refused = connect({});
  CHECK(refused.errors.find("certificate required") != std::string::npos);
  CHECK(refused.output.empty());
  // CAF's own greeting shows that the same client is let in with one.
  const auto let_in = connect({"-cert", ours + ".crt", "-key", ours + ".key"});
  CHECK(!let_in.output.empty());
}
