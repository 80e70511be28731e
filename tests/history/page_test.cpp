#include "history/conversation.hpp"
#include "history/json_size.hpp"
#include "history/samples.hpp"

using namespace parley;
using namespace parley::history;

namespace {

constexpr auto all = UINT64_MAX;

using seqs = std::vector<uint64_t>;

seqs from_to(uint64_t first, uint64_t last) {
  seqs result;
  for (; first <= last; ++first)
    result.push_back(first);
  return result;
}

item shown(const store& from, const place& conv, uint64_t seq,
           uint64_t visible = all) {
  auto found = read_item(from, conv, seq, visible);
  REQUIRE(found.has_value());
  return *found;
}

/// Ten messages of two users.
struct ten_messages {
  ten_messages() {
    for (int i = 1; i <= 10; ++i)
      chat.say(i % 2 ? "ann" : "bob", "message " + std::to_string(i));
  }

  std::unique_ptr<store> rows = make_memory_store();
  conversation chat{*rows};
};

} // namespace

TEST_CASE("I2: a page holds each number once, on the side that was asked for") {
  ten_messages ten;
  struct row {
    std::optional<uint64_t> before, after;
    size_t limit;
    uint64_t visible;
    seqs expected;
    bool complete;
  };
  for (auto& x :
       std::vector<row>{// Neither: the newest.
                        {{}, {}, 50, all, from_to(1, 10), true},
                        {{}, {}, 10, all, from_to(1, 10), true},
                        {{}, {}, 9, all, from_to(2, 10), false},
                        {{}, {}, 3, all, from_to(8, 10), false},
                        // Before: the newest of what lies before.
                        {8, {}, 3, all, from_to(5, 7), false},
                        {4, {}, 3, all, from_to(1, 3), true},
                        {3, {}, 3, all, from_to(1, 2), true},
                        {1, {}, 3, all, {}, true},
                        {0, {}, 3, all, {}, true},
                        {11, {}, 3, all, from_to(8, 10), false},
                        {all, {}, 3, all, from_to(8, 10), false},
                        // After: the oldest of what lies beyond.
                        {{}, 0, 3, all, from_to(1, 3), false},
                        {{}, 5, 3, all, from_to(6, 8), false},
                        {{}, 7, 3, all, from_to(8, 10), true},
                        {{}, 8, 3, all, from_to(9, 10), true},
                        {{}, 10, 3, all, {}, true},
                        {{}, 11, 3, all, {}, true},
                        {{}, all, 3, all, {}, true},
                        // Both: starts from after, ends before before.
                        {9, 2, 3, all, from_to(3, 5), false},
                        {9, 5, 3, all, from_to(6, 8), true},
                        {9, 6, 3, all, from_to(7, 8), true},
                        {9, 8, 3, all, {}, true},
                        {3, 8, 3, all, {}, true},
                        // Nothing past what is visible.
                        {{}, {}, 3, 6, from_to(4, 6), false},
                        {{}, {}, 50, 6, from_to(1, 6), true},
                        {{}, 4, 2, 6, from_to(5, 6), true},
                        {{}, 4, 1, 6, {5}, false},
                        {{}, 6, 5, 6, {}, true},
                        {9, {}, 2, 6, from_to(5, 6), false},
                        {5, {}, 2, 6, from_to(3, 4), false},
                        {{}, {}, 5, 0, {}, true},
                        // A page has at least one item.
                        {{}, {}, 0, all, {10}, false}}) {
    CAPTURE(x.before.value_or(777));
    CAPTURE(x.after.value_or(777));
    CAPTURE(x.limit);
    CAPTURE(x.visible);
    auto page = page_of(*ten.rows, ten.chat.at,
                        {x.before, x.after, x.limit, x.visible});
    CHECK(seqs_of(page) == x.expected);
    CHECK(page.complete == x.complete);
  }
}

TEST_CASE("a conversation without a message is empty and complete") {
  ten_messages ten;
  auto other = place_of("dm:ann:cid", 128);
  for (std::optional<uint64_t> after : {std::optional<uint64_t>{}, {0}}) {
    auto page = page_of(*ten.rows, other, {{}, after, 50, all});
    CHECK(page.items.empty());
    CHECK(page.complete);
  }
}

TEST_CASE("a page has at most as many items as the contract allows") {
  auto rows = make_memory_store();
  conversation chat{*rows};
  for (int i = 0; i < 250; ++i)
    chat.say("ann", "hi");
  auto page = page_of(*rows, chat.at, {{}, {}, 10'000, all});
  CHECK(seqs_of(page) == from_to(51, 250));
  CHECK_FALSE(page.complete);
}

TEST_CASE("history that was trimmed at its start is complete at what is left") {
  ten_messages ten;
  write_batch(*ten.rows, [&](batch& x) {
    x.erase_range(family::messages, entry_key(ten.chat.at, 0),
                  entry_key(ten.chat.at, 5));
  });
  auto page = page_of(*ten.rows, ten.chat.at, {{}, {}, 6, all});
  CHECK(seqs_of(page) == from_to(5, 10));
  CHECK(page.complete);
}

TEST_CASE("a message shows its newest edit, an edit shows itself") {
  ten_messages ten;
  auto first = ten.chat.edit(3, "once");
  auto second = ten.chat.edit(3, "twice");
  auto page = page_of(*ten.rows, ten.chat.at, {{}, {}, 50, all});
  REQUIRE(page.items.size() == 12);
  CHECK(page.items[2].what.body == "twice");
  CHECK(page.items[2].what.kind == entry_kind::msg);
  CHECK(page.items[2].edited_ts == ten.chat.entries[second].ts);
  CHECK(page.items[first - 1].what.body == "once");
  CHECK(page.items[first - 1].edited_ts == 0);
  CHECK(page.items[second - 1].what.body == "twice");
  CHECK(page.items[second - 1].what.ref == 3);
  SUBCASE("though the edits lie outside of the page") {
    auto before = page_of(*ten.rows, ten.chat.at, {4, {}, 2, all});
    CHECK(seqs_of(before) == seqs{2, 3});
    CHECK(before.items[1] == page.items[2]);
    auto after = page_of(*ten.rows, ten.chat.at, {{}, 2, 1, all});
    CHECK(after.items[0] == page.items[2]);
  }
  SUBCASE("alone, too") {
    for (auto& each : page.items)
      CHECK(shown(*ten.rows, ten.chat.at, each.what.seq) == each);
  }
}

TEST_CASE("what was deleted keeps its place, and no body of it is left") {
  ten_messages ten;
  auto edited = ten.chat.edit(3, "secret edit");
  ten.chat.react(3, "bob", "👍", true);
  auto deleted = ten.chat.remove(3);
  auto page = page_of(*ten.rows, ten.chat.at, {{}, {}, 50, all});
  REQUIRE(page.items.size() == 13);
  auto& message = page.items[2];
  CHECK(message.what.gone);
  CHECK(message.what.body == "");
  CHECK(message.what.from == "ann");
  CHECK(message.edited_ts == 0);
  CHECK(message.reactions == std::vector<reaction>{{"👍", "bob", edited + 1}});
  CHECK(page.items[edited - 1].what.gone);
  CHECK(page.items[edited - 1].what.body == "");
  CHECK(page.items[deleted - 1].what.kind == entry_kind::deleted);
  CHECK(page.items[deleted - 1].what.ref == 3);
  for (auto& each : page.items)
    CHECK(shown(*ten.rows, ten.chat.at, each.what.seq) == each);
}

TEST_CASE("reactions stand with their message") {
  ten_messages ten;
  ten.chat.react(2, "ann", "👍", true);
  ten.chat.react(2, "bob", "🎉", true);
  ten.chat.react(2, "ann", "👍", false);
  auto last = ten.chat.react(2, "ann", "🎉", true);
  auto page = page_of(*ten.rows, ten.chat.at, {{}, 1, 1, all});
  CHECK(page.items[0].reactions
        == std::vector<reaction>{{"🎉", "bob", last - 2}, {"🎉", "ann", last}});
  CHECK(shown(*ten.rows, ten.chat.at, 2) == page.items[0]);
}

TEST_CASE("I7: nothing past what a former member may read shows in an item") {
  ten_messages ten;
  auto early = ten.chat.edit(3, "early");          // 11
  ten.chat.react(3, "ann", "👍", true);             // 12
  ten.chat.edit(3, "late");                        // 13
  auto late = ten.chat.react(3, "bob", "👎", true); // 14
  struct row {
    uint64_t visible;
    std::string body;
    timestamp edited_ts;
    size_t reactions;
  };
  for (auto& x : std::vector<row>{{10, "message 3", 0, 0},
                                  {11, "early", ten.chat.entries[early].ts, 0},
                                  {12, "early", ten.chat.entries[early].ts, 1},
                                  {13, "late", ten.chat.entries[13].ts, 1},
                                  {late, "late", ten.chat.entries[13].ts, 2}}) {
    CAPTURE(x.visible);
    auto page = page_of(*ten.rows, ten.chat.at, {4, {}, 1, x.visible});
    REQUIRE(page.items.size() == 1);
    CHECK(page.items[0].what.body == x.body);
    CHECK(page.items[0].edited_ts == x.edited_ts);
    CHECK(page.items[0].reactions.size() == x.reactions);
    CHECK(shown(*ten.rows, ten.chat.at, 3, x.visible) == page.items[0]);
  }
}

TEST_CASE("I8: a page of large messages stays within its bytes") {
  auto rows = make_memory_store();
  conversation chat{*rows};
  // Control characters grow to six bytes each on the wire.
  auto large = std::string(100'000, '\1');
  chat.say("ann", large);
  chat.say("ann", large);
  for (auto i = 0; i < 5; ++i)
    chat.say("bob", std::string(400'000, 'x'));
  auto newest = page_of(*rows, chat.at, {{}, {}, 50, all});
  CHECK(seqs_of(newest) == from_to(6, 7));
  CHECK_FALSE(newest.complete);
  auto oldest = page_of(*rows, chat.at, {{}, 0, 50, all});
  CHECK(seqs_of(oldest) == from_to(1, 1));
  CHECK_FALSE(oldest.complete);
  auto next = page_of(*rows, chat.at, {{}, 1, 50, all});
  CHECK(seqs_of(next) == from_to(2, 3));
}

TEST_CASE("one item always fits, however large") {
  auto rows = make_memory_store();
  conversation chat{*rows};
  chat.say("ann", "small");
  chat.say("ann", std::string(2'000'000, 'x'));
  chat.say("ann", "small");
  auto page = page_of(*rows, chat.at, {3, {}, 50, all});
  CHECK(seqs_of(page) == seqs{2});
  CHECK_FALSE(page.complete);
  CHECK(seqs_of(page_of(*rows, chat.at, {{}, 1, 50, all})) == seqs{2});
}

TEST_CASE("a page is cut by what is shown, not by what is stored") {
  auto rows = make_memory_store();
  conversation chat{*rows};
  auto large = std::string(400'000, 'x');
  for (int i = 1; i <= 10; ++i)
    chat.say("ann", i <= 5 ? large : "small");
  for (uint64_t seq = 1; seq <= 10; ++seq)
    chat.edit(seq, seq <= 5 ? "small" : large);
  CHECK(seqs_of(page_of(*rows, chat.at, {{}, 0, 50, all})) == from_to(1, 7));
  CHECK(seqs_of(page_of(*rows, chat.at, {8, {}, 50, all})) == from_to(1, 7));
  CHECK(seqs_of(page_of(*rows, chat.at, {9, {}, 50, all})) == from_to(7, 8));
}

TEST_CASE("a damaged or missing row is an error and not a shorter page") {
  ten_messages ten;
  auto at = ten.chat.at;
  auto edited = ten.chat.edit(3, "edit");
  auto request = page_request{5, {}, 50, all};
  SUBCASE("an entry") {
    write_batch(*ten.rows, [&](batch& x) {
      x.put(family::messages, entry_key(at, 3), "\1\1");
    });
  }
  SUBCASE("an overlay") {
    write_batch(*ten.rows, [&](batch& x) {
      x.put(family::messages, overlay_key(at, 3), "\1\1");
    });
  }
  SUBCASE("an entry under another's key") {
    write_batch(*ten.rows, [&](batch& x) {
      x.put(family::messages, entry_key(at, 3), encode(ten.chat.entries[2]));
    });
  }
  SUBCASE("an overlay without its entry") {
    write_batch(*ten.rows,
                [&](batch& x) { x.erase(family::messages, entry_key(at, 3)); });
  }
  SUBCASE("an edit") {
    write_batch(*ten.rows, [&](batch& x) {
      x.erase(family::messages, entry_key(at, edited));
    });
  }
  SUBCASE("an edit that is no edit") {
    auto other = ten.chat.entries[4];
    other.seq = edited;
    write_batch(*ten.rows, [&](batch& x) {
      x.put(family::messages, entry_key(at, edited), encode(other));
    });
  }
  auto page = read_page(*ten.rows, at, request);
  REQUIRE(!page.has_value());
  CHECK(page.error().code == errc::internal);
  CHECK(!read_item(*ten.rows, at, 3).has_value());
}

TEST_CASE("an item that does not exist is not found") {
  ten_messages ten;
  for (uint64_t seq : {uint64_t{0}, uint64_t{11}, all}) {
    auto found = read_item(*ten.rows, ten.chat.at, seq);
    REQUIRE(!found.has_value());
    CHECK(found.error().code == errc::not_found);
  }
}

TEST_CASE("I2: every number of a lost stretch reads lost, however it is asked "
          "for") {
  auto rows = make_memory_store();
  conversation chat{*rows};
  chat.say("ann", "one");
  chat.say("bob", "two");
  chat.lose(10); // 3 to 12
  chat.say("ann", "three");
  chat.lose(5); // 14 to 18
  struct row {
    std::optional<uint64_t> before, after;
    size_t limit;
    seqs expected;
    bool complete;
  };
  const row table[] = {
      {{}, {}, 50, from_to(1, 18), true},
      {{}, {}, 4, from_to(15, 18), false},
      {{}, {}, 5, from_to(14, 18), false},
      {{}, {}, 7, from_to(12, 18), false},
      {16, {}, 50, from_to(1, 15), true},
      {16, {}, 3, from_to(13, 15), false},
      {13, {}, 3, from_to(10, 12), false},
      {12, {}, 3, from_to(9, 11), false},
      {5, {}, 50, from_to(1, 4), true},
      {5, {}, 2, from_to(3, 4), false},
      {4, {}, 1, from_to(3, 3), false},
      {3, {}, 50, from_to(1, 2), true},
      {{}, 0, 50, from_to(1, 18), true},
      {{}, 0, 2, from_to(1, 2), false},
      {{}, 0, 5, from_to(1, 5), false},
      {{}, 2, 3, from_to(3, 5), false},
      {{}, 5, 7, from_to(6, 12), false},
      {{}, 5, 50, from_to(6, 18), true},
      {{}, 16, 50, from_to(17, 18), true},
      {{}, 17, 1, from_to(18, 18), true},
      {8, 5, 50, from_to(6, 7), true},
      {8, 1, 3, from_to(2, 4), false},
      {8, 0, 50, from_to(1, 7), true},
      {16, 12, 50, from_to(13, 15), true},
      {8, 7, 50, {}, true},
      {14, 12, 50, from_to(13, 13), true},
  };
  for (const auto& x : table) {
    CAPTURE(x.before.value_or(0));
    CAPTURE(x.after.value_or(0));
    CAPTURE(x.limit);
    for (auto visible : {uint64_t{18}, all}) {
      const auto page =
          page_of(*rows, chat.at, {x.before, x.after, x.limit, visible});
      CHECK(seqs_of(page) == x.expected);
      CHECK(page.complete == x.complete);
      for (const auto& each : page.items)
        CHECK((each.what.kind == entry_kind::lost)
              == (each.what.seq > 2 && each.what.seq != 13));
    }
  }
  for (uint64_t seq : {3, 7, 12, 14, 18})
    CHECK(shown(*rows, chat.at, seq).what.kind == entry_kind::lost);
  CHECK(shown(*rows, chat.at, 7).what.seq == 7);
  CHECK(read_item(*rows, chat.at, 19).error().code == errc::not_found);
  page_request whole{{}, 2, 50, 18, false};
  CHECK(seqs_of(page_of(*rows, chat.at, whole)) == seqs{12, 13, 18});
}

TEST_CASE("I2: a conversation of which everything is lost has lost numbers") {
  auto rows = make_memory_store();
  conversation chat{*rows};
  chat.lose(4);
  CHECK(seqs_of(page_of(*rows, chat.at, {{}, {}, 50, 4})) == from_to(1, 4));
  CHECK(seqs_of(page_of(*rows, chat.at, {3, {}, 50, 4})) == from_to(1, 2));
  CHECK(seqs_of(page_of(*rows, chat.at, {{}, 1, 50, 4})) == from_to(2, 4));
}
