#include "e2e/pair_of_users.hpp"
#include "support/doctest.hpp"

namespace parley::test {
namespace {

/// A conversation of so many messages.
struct conversation : pair_of_users {
  explicit conversation(int64_t count) : reader(alice.open()) {
    std::vector<int64_t> ids;
    for (int64_t i = 1; i <= count; ++i)
      ids.push_back(reader.start({{"t", "send"},
                                  {"cid", "c" + std::to_string(i)},
                                  {"conv", conv},
                                  {"body", std::to_string(i)}}));
    for (auto id : ids)
      reader.reply_to(id);
  }

  json::object page(const json::object& bounds) {
    return reader.request(with({{"t", "history"}, {"conv", conv}}, bounds));
  }

  session reader;
};

/// The first and last seq of a page, its size and whether it is complete; a
/// page is always oldest first and without gaps.
struct extent {
  int64_t first;
  int64_t last;
  bool complete;

  bool operator==(const extent&) const = default;
  friend std::ostream& operator<<(std::ostream& to, const extent& x) {
    return to << x.first << " to " << x.last
              << (x.complete ? ", complete" : "");
  }
};

extent extent_of(const json::object& page) {
  const auto seqs = numbers_of(objects_of(page, "items"), "seq");
  for (size_t i = 1; i < seqs.size(); ++i)
    CHECK(seqs[i] == seqs[i - 1] + 1);
  return {seqs.empty() ? 0 : seqs.front(), seqs.empty() ? 0 : seqs.back(),
          field(page, "complete").as_bool()};
}

TEST_CASE("history is paged by exclusive bounds to the letter") {
  conversation talk(120);
  struct row {
    json::object bounds;
    extent expected;
  };
  const row rows[] = {
      {{}, {71, 120, false}},
      {{{"limit", 10}}, {111, 120, false}},
      {{{"limit", 120}}, {1, 120, true}},
      {{{"limit", 200}}, {1, 120, true}},
      {{{"before", 71}}, {21, 70, false}},
      {{{"before", 51}}, {1, 50, true}},
      {{{"before", 21}}, {1, 20, true}},
      {{{"before", 2}}, {1, 1, true}},
      {{{"before", 1}}, {0, 0, true}},
      {{{"before", 1000}, {"limit", 2}}, {119, 120, false}},
      {{{"after", 0}}, {1, 50, false}},
      {{{"after", 50}}, {51, 100, false}},
      {{{"after", 70}}, {71, 120, true}},
      {{{"after", 119}}, {120, 120, true}},
      {{{"after", 120}}, {0, 0, true}},
      {{{"after", 1000}}, {0, 0, true}},
      {{{"after", 10}, {"limit", 1}}, {11, 11, false}},
      {{{"after", 10}, {"before", 100}, {"limit", 5}}, {11, 15, false}},
  };
  for (const auto& [bounds, expected] : rows) {
    CAPTURE(bounds);
    CHECK(extent_of(talk.page(bounds)) == expected);
  }
}

TEST_CASE("with both bounds the page starts from after and ends by before") {
  conversation talk(20);
  const auto page = talk.page({{"after", 4}, {"before", 8}});
  CHECK(numbers_of(objects_of(page, "items"), "seq")
        == std::vector<int64_t>{5, 6, 7});
  const auto nothing = talk.page({{"after", 4}, {"before", 5}});
  CHECK(objects_of(nothing, "items").empty());
}

TEST_CASE("a page has at most 200 items") {
  conversation talk(201);
  CHECK(extent_of(talk.page({{"limit", 200}})) == extent{2, 201, false});
  const auto more = talk.page({{"limit", 201}});
  if (text_of(more, "t") == "history")
    CHECK(extent_of(more) == extent{2, 201, false});
  else
    CHECK(error_code(more) == "bad_request");
}

TEST_CASE("bounds and limits out of range are bad_request") {
  conversation talk(1);
  for (const auto& bounds :
       {json::object{{"before", -1}}, json::object{{"after", -1}},
        json::object{{"limit", -1}}, json::object{{"before", "2"}},
        json::object{{"after", 1.5}}, json::object{{"limit", true}}}) {
    CAPTURE(bounds);
    CHECK(error_code(talk.page(bounds)) == "bad_request");
  }
}

TEST_CASE("an item is the event without useq") {
  conversation talk(0);
  auto phone = talk.bob.open();
  talk.reader.say(talk.conv, "hello");
  auto event = phone.wait_for({{"t", "msg"}});
  event.erase("useq");
  CHECK(objects_of(talk.page({}), "items") == std::vector<json::object>{event});
}

TEST_CASE("a page is at most 1 MiB, from whichever end") {
  conversation talk(0);
  const auto body = repeated("\xF0\x9F\x98\x80", 100'000);
  for (int i = 0; i < 5; ++i)
    talk.reader.say(talk.conv, body);
  const auto newest = talk.page({});
  CHECK(extent_of(newest) == extent{4, 5, false});
  CHECK(json::serialize(newest).size() <= (1 << 20) + 1000);
  CHECK(extent_of(talk.page({{"after", 0}})) == extent{1, 2, false});
  CHECK(extent_of(talk.page({{"before", 3}})) == extent{1, 2, true});
}

TEST_CASE("one item always fits, however its body is written") {
  conversation talk(0);
  const auto body = repeated("\x01", 100'000);
  for (int i = 0; i < 2; ++i)
    talk.reader.say(talk.conv, body);
  const auto page = talk.page({});
  CHECK(text_of(objects_of(page, "items").at(0), "body") == body);
  CHECK(extent_of(page).last == 2);
}

TEST_CASE("to a stranger the conversation does not exist (I7)") {
  conversation talk(3);
  const auto group = create_group(talk.alice, {talk.bob});
  auto stranger = register_account(node(), "carol").open();
  for (const auto& conv : {talk.conv, group})
    CHECK(error_code(stranger.request({{"t", "history"}, {"conv", conv}}))
          == "not_found");
}

TEST_CASE("one's own direct conversation without a message is empty and "
          "complete") {
  conversation talk(0);
  const auto page = talk.page({});
  CHECK(text_of(page, "conv") == talk.conv);
  CHECK(extent_of(page) == extent{0, 0, true});
}

TEST_CASE("history survives a crash (I1)") {
  server_process mine;
  const pair_of_users we(mine);
  auto sender = we.alice.open();
  for (int i = 0; i < 20; ++i)
    sender.say(we.conv, std::to_string(i));
  const auto before = whole_history(we.bob, we.conv);
  mine.kill();
  mine.restart();
  CHECK(before.size() == 20);
  CHECK(whole_history(we.bob, we.conv) == before);
}

} // namespace
} // namespace parley::test
