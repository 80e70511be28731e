#include "history/conversation.hpp"
#include "history/json_size.hpp"
#include "history/samples.hpp"

#include <algorithm>

using namespace parley;
using namespace parley::history;

namespace {

/// What each of the two users does next, at random.
void act(conversation& chat, sampler& random, bool large) {
  auto body = [&] {
    return std::string(large && random.below(4) == 0 ? random.below(500'000)
                                                     : random.below(50),
                       random.flag() ? 'x' : '"');
  };
  std::vector<uint64_t> alive;
  for (auto& [seq, x] : chat.entries)
    if (x.kind == entry_kind::msg && !x.gone)
      alive.push_back(seq);
  auto user = random.flag() ? "ann" : "bob";
  auto what = random.below(10);
  if (alive.empty() || what < 4) {
    chat.say(user, body());
    return;
  }
  auto ref = alive[random.below(alive.size())];
  if (what < 6) {
    chat.edit(ref, body());
  } else if (what < 7) {
    chat.remove(ref);
  } else if (what < 9) {
    chat.react(ref, user, random.flag() ? "👍" : "🎉", random.flag());
  } else {
    entry x;
    x.kind = random.flag() ? entry_kind::member : entry_kind::lost;
    if (x.kind == entry_kind::member)
      x.text = "cid";
    chat.add(std::move(x));
  }
}

/// The item at `seq` by the contract's words, from the whole conversation.
item naive_item(conversation& chat, uint64_t seq, uint64_t visible) {
  item x;
  x.what = chat.entries.at(seq);
  auto changes = chat.overlays.find(seq);
  if (changes == chat.overlays.end())
    return x;
  for (auto& r : changes->second.reactions)
    if (r.seq <= visible)
      x.reactions.push_back(r);
  if (!x.what.gone)
    for (auto edit : changes->second.edits)
      if (edit <= visible) {
        x.what.body = chat.entries.at(edit).body;
        x.edited_ts = chat.entries.at(edit).ts;
      }
  return x;
}

page naive_page(conversation& chat, const page_request& what) {
  std::vector<item> range;
  for (auto& [seq, x] : chat.entries)
    if (seq <= what.visible && seq > what.after.value_or(0)
        && seq < what.before.value_or(UINT64_MAX))
      range.push_back(naive_item(chat, seq, what.visible));
  if (!what.after)
    std::ranges::reverse(range);
  page result;
  size_t bytes = 0;
  for (auto& x : range) {
    bytes += json_size(x);
    if (result.items.size() == what.limit
        || (!result.items.empty() && bytes > limits::history_page_bytes - 1024))
      break;
    result.items.push_back(x);
  }
  result.complete = result.items.size() == range.size();
  if (!what.after)
    std::ranges::reverse(result.items);
  return result;
}

void compare(uint64_t seed, bool large, int acts) {
  CAPTURE(seed);
  auto random = sampler{seed};
  auto rows = make_memory_store();
  conversation neighbour{*rows, "dm:ann:cid"};
  conversation chat{*rows};
  for (int i = 0; i < acts; ++i) {
    act(chat, random, large);
    act(neighbour, random, false);
  }
  for (int i = 0; i < 60; ++i) {
    auto any = [&] {
      return random.below(chat.last() + 3);
    };
    page_request what;
    if (random.flag())
      what.before = any();
    if (random.flag())
      what.after = any();
    what.limit = 1 + random.below(40);
    what.visible = random.flag() ? UINT64_MAX : any();
    CAPTURE(what.before.value_or(0));
    CAPTURE(what.after.value_or(0));
    CAPTURE(what.limit);
    CAPTURE(what.visible);
    auto expected = naive_page(chat, what);
    auto found = page_of(*rows, chat.at, what);
    CHECK(found.items == expected.items);
    CHECK(found.complete == expected.complete);
  }
  for (auto& [seq, x] : chat.entries) {
    auto visible = random.flag() ? UINT64_MAX : seq + random.below(20);
    auto found = read_item(*rows, chat.at, seq, visible);
    REQUIRE(found.has_value());
    CHECK(*found == naive_item(chat, seq, visible));
  }
}

} // namespace

TEST_CASE("I2: pages of random conversations are as a naive reader has them") {
  for (uint64_t seed = 1; seed <= 40; ++seed)
    compare(seed, false, 80);
}

TEST_CASE("I8: so are those of conversations with large bodies") {
  for (uint64_t seed = 1; seed <= 10; ++seed)
    compare(seed, true, 40);
}

TEST_CASE("I2: paging either way from any end gives the whole history") {
  for (uint64_t seed = 1; seed <= 10; ++seed) {
    CAPTURE(seed);
    auto random = sampler{seed};
    auto rows = make_memory_store();
    conversation chat{*rows};
    for (int i = 0; i < 100; ++i)
      act(chat, random, seed % 2 == 0);
    std::vector<uint64_t> expected;
    for (auto& [seq, x] : chat.entries)
      expected.push_back(seq);

    std::vector<uint64_t> forward;
    page_request what{{}, 0, 1 + random.below(30), UINT64_MAX};
    for (bool complete = false; !complete;) {
      auto page = page_of(*rows, chat.at, what);
      for (auto& x : page.items)
        forward.push_back(x.what.seq);
      complete = page.complete;
      what.after = forward.back();
      REQUIRE(forward.size() <= expected.size());
    }
    CHECK(forward == expected);

    std::vector<uint64_t> backward;
    what = {{}, {}, 1 + random.below(30), UINT64_MAX};
    for (bool complete = false; !complete;) {
      auto page = page_of(*rows, chat.at, what);
      auto older = seqs_of(page);
      backward.insert(backward.begin(), older.begin(), older.end());
      complete = page.complete;
      what.before = backward.front();
      REQUIRE(backward.size() <= expected.size());
    }
    CHECK(backward == expected);
  }
}
