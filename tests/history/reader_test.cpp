#include "history/conversation.hpp"

#include "parley/history/reader.hpp"

using namespace parley;
using namespace parley::history;

namespace {

constexpr uint32_t partitions = 16;

entry group_entry(std::string from, std::string name) {
  entry x;
  x.kind = entry_kind::group;
  x.from = std::move(from);
  x.text = std::move(name);
  return x;
}

} // namespace

TEST_CASE("the last entry is the highest number, with or without an overlay") {
  auto rows = make_memory_store();
  conversation chat{*rows};
  conversation neighbour{*rows, "dm:ann:cid"};
  auto last = [&](const place& conv) {
    auto found = last_entry(*rows, conv);
    REQUIRE(found.has_value());
    return *found;
  };
  using pair = std::pair<uint64_t, timestamp>;
  CHECK(last(chat.at) == pair{0, 0});
  chat.say("ann", "hi");
  CHECK(last(chat.at) == pair{1, chat.entries[1].ts});
  chat.overlays[1].reactions.push_back({"👍", "bob", 1});
  chat.edit(1, "ho");
  CHECK(last(chat.at) == pair{2, chat.entries[2].ts});
  write_batch(*rows, [&](batch& x) {
    x.put(family::messages, overlay_key(chat.at, 2), encode(overlay{}));
  });
  CHECK(last(chat.at) == pair{2, chat.entries[2].ts});
  CHECK(last(neighbour.at) == pair{0, 0});
  write_batch(*rows, [&](batch& x) {
    x.put(family::messages, entry_key(chat.at, 3), "?");
  });
  CHECK(last_entry(*rows, chat.at).error().code == errc::internal);
}

TEST_CASE("an entry is read as it was committed, beside its overlay") {
  auto rows = make_memory_store();
  conversation chat{*rows};
  chat.say("ann", "one");
  chat.say("bob", "two");
  chat.edit(1, "three");
  for (uint64_t seq : {1, 2, 3}) {
    CAPTURE(seq);
    auto found = read_entry(*rows, chat.at, seq);
    REQUIRE(found.has_value());
    CHECK(found->first == chat.entries[seq]);
    CHECK(found->second == chat.overlays[seq]);
  }
  for (uint64_t seq : {uint64_t{0}, uint64_t{4}, UINT64_MAX})
    CHECK(read_entry(*rows, chat.at, seq).error().code == errc::not_found);
}

TEST_CASE("entries are read in order, from after one up to another") {
  auto rows = make_memory_store();
  conversation chat{*rows};
  for (int i = 1; i <= 6; ++i)
    chat.say("ann", std::to_string(i));
  chat.edit(2, "edit");
  chat.remove(4);
  auto read = [&](uint64_t after, uint64_t until, size_t max) {
    auto found = read_entries(*rows, chat.at, after, until, max);
    REQUIRE(found.has_value());
    std::string text;
    for (auto& x : *found) {
      CHECK(x == chat.entries[x.seq]);
      text += std::to_string(x.seq) + " ";
    }
    return text;
  };
  CHECK(read(0, UINT64_MAX, SIZE_MAX) == "1 2 3 4 5 6 7 8 ");
  CHECK(read(0, 8, 8) == "1 2 3 4 5 6 7 8 ");
  CHECK(read(1, 4, 100) == "2 3 4 ");
  CHECK(read(1, 8, 2) == "2 3 ");
  CHECK(read(7, 100, 100) == "8 ");
  CHECK(read(8, 100, 100) == "");
  CHECK(read(4, 4, 100) == "");
  CHECK(read(5, 4, 100) == "");
  CHECK(read(0, 8, 0) == "");
  CHECK(read(UINT64_MAX, UINT64_MAX, 100) == "");
}

TEST_CASE("unread are the messages of others, tombstones too, nothing else") {
  auto rows = make_memory_store();
  conversation chat{*rows};
  chat.say("bob", "1");
  chat.say("ann", "2");
  chat.say("bob", "3");
  chat.edit(1, "4");
  chat.react(3, "bob", "👍", true); // 5
  chat.add(group_entry("bob", "6"));
  chat.say("cid", std::string(5000, '7'));
  chat.remove(3); // 8
  auto unread = [&](std::string_view user, uint64_t after, uint64_t until) {
    auto found = count_unread(*rows, chat.at, user, after, until);
    REQUIRE(found.has_value());
    return *found;
  };
  CHECK(unread("ann", 0, 8) == 3);
  CHECK(unread("bob", 0, 8) == 2);
  CHECK(unread("eve", 0, UINT64_MAX) == 4);
  CHECK(unread("ann", 1, 8) == 2);
  CHECK(unread("ann", 2, 3) == 1);
  CHECK(unread("ann", 3, 6) == 0);
  CHECK(unread("ann", 7, 7) == 0);
  CHECK(unread("ann", 8, 3) == 0);
  write_batch(*rows, [&](batch& x) {
    x.put(family::messages, entry_key(chat.at, 2), "?");
  });
  CHECK(count_unread(*rows, chat.at, "ann", 0, 8).error().code
        == errc::internal);
}

TEST_CASE("a state row is read typed: there, not there, or damaged") {
  auto rows = make_memory_store();
  auto user = place_of("ann", partitions);
  auto key = state_key(record::device, user, "tv");
  write_batch(*rows, [&](batch& x) {
    x.put(family::state, key, encode(device_record{"tv", 7, 8}));
  });
  auto found = load<device_record>(*rows, key);
  REQUIRE(found.has_value());
  CHECK(*found == device_record{"tv", 7, 8});
  auto absent = load<device_record>(
      *rows, state_key(record::device, user, "radio"), reach::memory);
  REQUIRE(absent.has_value());
  CHECK(*absent == std::nullopt);
  write_batch(*rows, [&](batch& x) { x.put(family::state, key, "\1"); });
  CHECK(load<device_record>(*rows, key).error().code == errc::internal);
}

TEST_CASE("all rows of a kind are read, in order and up to a number") {
  auto rows = make_memory_store();
  auto user = place_of("ann", partitions);
  auto put = [&](batch& x, std::string name) {
    x.put(family::state, state_key(record::device, user, name),
          encode(device_record{name, 1, 1}));
  };
  write_batch(*rows, [&](batch& x) {
    for (auto name : {"c", "a", "b"})
      put(x, name);
    x.put(family::state, state_key(record::block, user, "z"), "other");
    x.put(family::state, state_key(record::presence, user), "other");
  });
  auto names = [&](size_t max) {
    auto found =
        load_all<device_record>(*rows, state_key(record::device, user), max);
    REQUIRE(found.has_value());
    std::string text;
    for (auto& x : *found)
      text += x.device;
    return text;
  };
  CHECK(names(SIZE_MAX) == "abc");
  CHECK(names(2) == "ab");
  CHECK(names(0) == "");
  write_batch(*rows, [&](batch& x) {
    x.put(family::state, state_key(record::device, user, "b"), "?");
  });
  CHECK(load_all<device_record>(*rows, state_key(record::device, user))
            .error()
            .code
        == errc::internal);
}

TEST_CASE("accounts are searched over all partitions, by name") {
  auto rows = make_memory_store();
  write_batch(*rows, [](batch& x) {
    for (auto name : {"alice", "al", "albert", "alan", "bob", "a", "am", "alba",
                      "alb", "zoe"}) {
      account_record account;
      account.user = name;
      x.put(family::state,
            account_key(place_of(name, partitions).partition, name),
            encode(account));
    }
  });
  std::vector<uint16_t> everywhere;
  for (uint16_t i = 0; i < partitions; ++i)
    everywhere.push_back(i);
  auto names = [&](std::string_view prefix, size_t max) {
    auto found = search_accounts(*rows, everywhere, prefix, max);
    REQUIRE(found.has_value());
    std::string text;
    for (auto& x : *found)
      text += x.user + " ";
    return text;
  };
  CHECK(names("al", 20) == "al alan alb alba albert alice ");
  CHECK(names("al", 3) == "al alan alb ");
  CHECK(names("alice", 20) == "alice ");
  CHECK(names("alicea", 20) == "");
  CHECK(names("", 2) == "a al ");
  CHECK(names("al", 0) == "");
  everywhere = {place_of("albert", partitions).partition};
  CHECK(names("albert", 20) == "albert ");
  everywhere.clear();
  CHECK(names("al", 20) == "");
}
