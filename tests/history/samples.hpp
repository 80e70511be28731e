#pragma once

#include "parley/history/records.hpp"

#include <random>
#include <string>
#include <vector>

/// Random records for tests; a seed gives the same ones again.
namespace parley::history {

class sampler {
public:
  explicit sampler(uint64_t seed) : random_(seed) {}

  uint64_t below(uint64_t end) { return random_() % end; }
  bool flag() { return below(2) == 1; }

  /// Of any magnitude: most numbers are small, some are huge.
  uint64_t number() { return random_() >> below(64); }
  int64_t time() {
    return static_cast<int64_t>(number() ^ (flag() ? 0 : ~0ull));
  }

  std::string text(uint64_t size_max = 40) {
    std::string result(below(size_max), '\0');
    for (auto& c : result)
      c = static_cast<char>(random_());
    return result;
  }

  hash128 hash() {
    hash128 result;
    for (auto& x : result.bytes)
      x = static_cast<uint8_t>(random_());
    return result;
  }

  template <class Make>
  auto some(uint64_t count_max, Make&& make) {
    std::vector<decltype(make())> result;
    for (auto count = below(count_max + 1); count > 0; --count)
      result.push_back(make());
    return result;
  }

  role any_role() { return static_cast<role>(1 + below(3)); }

  void fill(meta_record& x) {
    x = {static_cast<uint32_t>(number()), static_cast<uint32_t>(number()),
         number()};
  }

  void fill(account_record& x) {
    x = {text(), text(), text(300), time(), text(), flag()};
  }

  void fill(conversation_record& x) {
    x = {text(), text(), flag(), text(), text(), {}, {}, {}};
    x.members = some(100, [&] {
      return member_record{text(), any_role(), number(), number()};
    });
    x.former = some(5, [&] { return former_record{text(), number()}; });
    x.closed = some(2, [&] { return closed_record{text(), number(), flag()}; });
  }

  void fill(cursors_record& x) {
    x.clear();
    for (auto count = below(100); count > 0; --count)
      x[text()] = cursor{number(), number()};
  }

  void fill(dedupe_record& x) { x = {number(), time(), hash()}; }
  void fill(outbox_record& x) { x = {text(), number()}; }
  void fill(skipped_record& x) { x = {number()}; }

  void fill(inbox_record& x) {
    x = {text(), number(), number(), number(), number(), number(), number()};
  }

  void fill(list_record& x) {
    x = {text(),   number(), number(), time(),
         number(), number(), time(),   flag()};
  }

  void fill(device_record& x) { x = {text(), number(), time(), text()}; }
  void fill(block_record& x) { x = {text(), number(), flag(), flag()}; }
  void fill(login_record& x) { x = {text(), hash(), time(), time()}; }
  void fill(presence_record& x) { x = {time()}; }

  void fill(subscription_record& x) {
    x = {text(),    static_cast<push_kind>(1 + below(3)),
         text(200), text(),
         text(),    text(),
         text(),    time()};
  }

  void fill(push_record& x) {
    x = {text(),   number(), number(), time(), time(),
         text(60), text(),   number(), {}};
    x.left = some(5, [&] { return text(); });
  }

  void fill(push_mark_record& x) { x = {text(), number()}; }

  void fill(quiet_record& x) {
    x = {static_cast<uint32_t>(number()), static_cast<uint32_t>(number()),
         time()};
  }

  void fill(inbox_chunk& x) {
    x.ordinal = number();
    x.entries.clear();
    uint64_t useq = 0;
    auto conv = hash();
    for (auto count = below(20); count > 0; --count) {
      useq += 1 + (number() >> 8);
      if (flag())
        conv = hash();
      x.entries.push_back({useq, conv, number(),
                           static_cast<entry_kind>(1 + below(7)), flag(),
                           time()});
    }
  }

  /// Only the fields that its kind has.
  void fill(entry& x) {
    x = {};
    x.kind = static_cast<entry_kind>(1 + below(7));
    x.seq = number();
    x.ts = time();
    x.from = text();
    if (x.kind == entry_kind::lost)
      return;
    x.cid = text();
    switch (x.kind) {
      case entry_kind::msg:
      case entry_kind::edited:
        x.ref = number();
        x.gone = below(5) == 0;
        if (!x.gone)
          x.body = text(2000);
        break;
      case entry_kind::deleted:
        x.ref = number();
        break;
      case entry_kind::reacted:
        x.ref = number();
        x.text = text();
        x.on = flag();
        break;
      case entry_kind::group:
        x.text = text();
        x.gone = flag();
        x.members = some(100, [&] { return text(); });
        break;
      default:
        x.text = text();
        x.change = static_cast<member_change>(1 + below(4));
        x.as = any_role();
    }
  }

  void fill(overlay& x) {
    x = {};
    x.deleted_seq = number();
    x.deleted_ts = time();
    uint64_t seq = 0;
    x.edits = some(30, [&] { return seq += 1 + (number() >> 8); });
    x.edited_ts = time();
    x.reactions = some(30, [&] { return reaction{text(), text(), number()}; });
  }

private:
  std::mt19937_64 random_;
};

} // namespace parley::history
