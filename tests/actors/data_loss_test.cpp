#include "actors/fake_connection.hpp"
#include "actors/node.hpp"
#include "actors/stored.hpp"

#include <doctest/doctest.h>

#include <string>
#include <tuple>
#include <vector>

// After a forced election a partition lacks what it had acknowledged.

using namespace parley;
using namespace parley::test;
using std::chrono::seconds;

namespace {

constexpr uint64_t gap = 10;

/// Alice and bob, whose conversation is in a partition of its own.
struct lossy {
  explicit lossy() : n(calm_settings(), 1, 2) {
    n.run();
    for (auto i = 0; bob.empty(); ++i) {
      const auto name = "bob" + std::to_string(i);
      const auto chat = n.partition_of("dm:alice:" + name);
      if (chat != n.partition_of("alice") && chat != n.partition_of(name)
          && n.partition_of("alice") != n.partition_of(name))
        bob = name;
    }
    conv = "dm:alice:" + bob;
    n.register_users({"alice", bob});
    alice = n.connect("alice", "phone");
    phone = n.connect(bob, "phone");
    phone->heard();
  }

  /// From here on, everything in this one's partition will be lost.
  void remember(const std::string& name) {
    which_ = n.partition_of(name);
    rows_.clear();
    for (auto in : all_families)
      (void)n.disk().scan(in, first(), end(), false, [&](auto key, auto value) {
        rows_.emplace_back(in, key, value);
        return true;
      });
  }

  /// The other node leads, with what there was then.
  void lose() {
    const auto leader = n.leader_of(which_);
    n.lead(which_, std::nullopt);
    history::batch before;
    for (auto in : all_families)
      before.erase_range(in, first(), end());
    for (const auto& [in, key, value] : rows_)
      before.put(in, key, value);
    REQUIRE(n.disk().write({before}).has_value());
    n.lose(which_, gap);
    lead(1 - leader.value());
  }

  void lead(size_t member) {
    n.lead(which_, member);
    for (size_t i = 0; i < n.members(); ++i)
      n.notify(i, which_);
    n.run();
  }

  json::object page() {
    return alice->request({{"t", "history"}, {"conv", conv}});
  }

  node n;
  std::string bob;
  std::string conv;
  client_ptr alice;
  client_ptr phone;

private:
  static constexpr history::family all_families[] = {history::family::messages,
                                                     history::family::inbox,
                                                     history::family::state};

  std::string first() const {
    return history::partition_prefix(static_cast<uint16_t>(which_));
  }
  std::string end() const { return history::prefix_end(first()); }

  size_t which_ = 0;
  std::vector<std::tuple<history::family, std::string, std::string>> rows_;
};

/// Each item's type and `seq`.
std::vector<std::string> words(const json::array& items) {
  std::vector<std::string> all;
  for (const auto& x : items)
    all.push_back(text_of(x.as_object(), "t") + " "
                  + std::to_string(number_of(x.as_object(), "seq")));
  return all;
}

std::vector<std::string> words(const std::vector<json::object>& events) {
  json::array all;
  for (const auto& x : events)
    all.push_back(x);
  return words(all);
}

/// `msg 1`, `lost 2` to `lost 11`, `msg 12`.
std::vector<std::string> one_lost_one() {
  std::vector<std::string> all{"msg 1"};
  for (int seq = 2; seq <= 11; ++seq)
    all.push_back("lost " + std::to_string(seq));
  all.push_back("msg 12");
  return all;
}

} // namespace

TEST_CASE("I2: numbers that were lost read lost, and are not given out again") {
  lossy x;
  CHECK(x.alice->post(x.conv, "one") == 1);
  x.remember(x.conv);
  CHECK(x.alice->post(x.conv, "two") == 2);
  CHECK(x.alice->post(x.conv, "three") == 3);
  x.phone->events();
  x.lose();
  CHECK(x.alice->post(x.conv, "four") == 12);
  CHECK(words(x.page().at("items").as_array()) == one_lost_one());
  // Once for all leaders, and all actors to come.
  x.n.advance(seconds{200});
  for (size_t member : {0, 1, 0})
    x.lead(member);
  CHECK(stored_last(x.n, x.conv) == 12);
  CHECK(x.alice->post(x.conv, "five") == 13);
}

TEST_CASE("I4: whoever had some of the lost ones goes on behind all of them") {
  lossy x;
  x.alice->post(x.conv, "one");
  x.remember(x.conv);
  x.alice->post(x.conv, "two");
  x.phone->events();
  x.lose();
  x.alice->post(x.conv, "three");
  x.n.advance(seconds{20});
  CHECK(words(x.phone->events())
        == std::vector<std::string>{"lost 11", "msg 12"});
  // A device that has seen nothing: what was delivered as 2 is lost.
  auto laptop = x.n.connect(x.bob, "laptop", 0);
  x.n.advance(seconds{5});
  CHECK(words(laptop->events())
        == std::vector<std::string>{"msg 1", "lost 2", "lost 11", "msg 12"});
}

TEST_CASE("I2, I4: a conversation that is lost from its first message on") {
  lossy x;
  x.remember(x.conv);
  CHECK(x.alice->post(x.conv, "one") == 1);
  x.phone->events();
  x.lose();
  // The inbox points to what is not there: the first reader finds out.
  auto laptop = x.n.open(x.bob, "laptop");
  laptop->say({{"t", "auth"},
               {"id", 1},
               {"token", "token-" + x.bob},
               {"device", "laptop"},
               {"since", 0}});
  x.n.advance(seconds{5});
  laptop = x.n.connect(x.bob, "laptop", 0);
  x.n.advance(seconds{5});
  CHECK(words(laptop->events())
        == std::vector<std::string>{"lost 1", "lost 10"});
  CHECK(x.alice->post(x.conv, "two") == 11);
}

TEST_CASE("I5: a user's numbers are not given out again") {
  lossy x;
  x.remember(x.bob);
  int64_t before = 0;
  for (int i = 0; i < 3; ++i)
    x.alice->post(x.conv, std::to_string(i));
  for (const auto& event : x.phone->events())
    before = number_of(event, "useq");
  CHECK(before > 0);
  x.lose();
  x.n.advance(seconds{20});
  x.alice->post(x.conv, "more");
  x.n.advance(seconds{20});
  auto laptop = x.n.connect(x.bob, "laptop", before);
  x.n.advance(seconds{5});
  const auto events = laptop->events();
  // All that its inbox has lost comes again.
  CHECK(words(events)
        == std::vector<std::string>{"msg 1", "msg 2", "msg 3", "msg 4"});
  for (const auto& event : events)
    CHECK(number_of(event, "useq") > (int64_t{1} << 32));
}
