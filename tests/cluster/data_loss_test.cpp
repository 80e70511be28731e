#include "cluster/node_cluster.hpp"
#include "crash/durable_client.hpp"
#include "crash/outcome.hpp"
#include "support/account.hpp"
#include "support/deadline.hpp"
#include "support/doctest.hpp"

#include <set>
#include <string>
#include <vector>

// The last copies are gone, and an operator accepts that.

namespace parley::test {
namespace {

/// Has so many more acknowledged, however often the client has to come again.
bool post_more(durable_client& client, server_process& at,
               const std::string& conv, size_t more) {
  const auto all = client.acknowledged() + more;
  for (size_t i = 0; i < more; ++i)
    client.post(conv, "message " + std::to_string(client.acknowledged() + i));
  return eventually(
      [&] {
        if (client.connected() || client.connect(at.where()))
          client.read(milliseconds(50));
        return client.acknowledged() >= all;
      },
      4 * patience);
}

/// `msg` of 1 to some number, `lost` up to another, `msg` of the last.
bool has_one_gap(const reading& all) {
  int64_t seq = 0;
  size_t changes = 0;
  std::string kind = "msg";
  for (const auto& x : all.entries) {
    if (x.seq != ++seq)
      return false;
    changes += x.kind != kind ? 1 : 0;
    kind = x.kind;
  }
  return changes == 2 && kind == "msg";
}

} // namespace

TEST_CASE("what only nodes had that are gone for ever is lost, and an operator "
          "has the rest go on behind it (I2)") {
  node_cluster all;
  auto& left = all.node(2);
  const auto people = register_accounts(left, "user", 2);
  const auto conv = direct(people[0], people[1]);
  durable_client alice{people[0], "phone"};
  CHECK(post_more(alice, left, conv, 20));
  left.kill();
  CHECK(post_more(alice, all.node(0), conv, 20));
  all.node(0).kill();
  all.node(1).kill();
  left.restart();
  std::string refusal;
  const auto say = [&](std::vector<std::string> words) {
    words.insert(words.begin(), "cluster");
    const auto said = left.admin(words);
    refusal = said.output + said.errors;
    return said.status == 0;
  };
  const std::vector<std::string> force{"force-elect", "all",
                                       "--accept-data-loss", "--gap", "100"};
  CHECK(!say({"force-elect", "all"}));
  CHECK(eventually([&] {
    return !say(force) && refusal.find("waits for") != std::string::npos;
  }));
  CHECK(eventually([&] { return say({"replace", "one"}); }));
  CHECK(eventually(
      [&] { return all.ask("status").find("\"one\"") == std::string::npos; }));
  CHECK(!say({"replace", "two"}));
  CHECK(refusal.find("accept-data-loss") != std::string::npos);
  CHECK(say({"replace", "two", "--accept-data-loss"}));
  all.add();
  all.add();
  CHECK_MESSAGE(eventually([&] { return say(force); }), refusal);
  CHECK(post_more(alice, left, conv, 1));
  for (const auto& reading : read_histories({{conv, people}}))
    CHECK(has_one_gap(reading));
  std::set<int64_t> numbers;
  for (const auto& x : alice.records().acks)
    CHECK(numbers.insert(x.seq).second);
}

} // namespace parley::test
