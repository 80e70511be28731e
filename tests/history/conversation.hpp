#pragma once

#include "history/rows.hpp"

#include "parley/history/codecs.hpp"
#include "parley/history/keys.hpp"
#include "parley/history/open.hpp"
#include "parley/history/reader.hpp"

#include <map>

namespace parley::history {

/// A conversation that is written as its actor writes it: each act one entry,
/// with what it does to the message it is about.
class conversation {
public:
  explicit conversation(store& rows, std::string_view name = "dm:ann:bob")
      : at(place_of(name, 128)), rows_(rows) {}

  /// A message. @returns its `seq`, as all of these.
  uint64_t say(std::string from, std::string body) {
    entry x;
    x.from = std::move(from);
    x.body = std::move(body);
    return add(std::move(x));
  }

  uint64_t edit(uint64_t ref, std::string body) {
    entry x;
    x.kind = entry_kind::edited;
    x.from = entries[ref].from;
    x.ref = ref;
    x.body = std::move(body);
    auto seq = add(std::move(x));
    overlays[ref].edits.push_back(seq);
    overlays[ref].edited_ts = entries[seq].ts;
    write(ref);
    return seq;
  }

  uint64_t remove(uint64_t ref) {
    entry x;
    x.kind = entry_kind::deleted;
    x.from = entries[ref].from;
    x.ref = ref;
    auto seq = add(std::move(x));
    auto& changes = overlays[ref];
    changes.deleted_seq = seq;
    changes.deleted_ts = entries[seq].ts;
    auto gone = changes.edits;
    gone.push_back(ref);
    for (auto each : gone) {
      entries[each].gone = true;
      entries[each].body.clear();
      write(each);
    }
    return seq;
  }

  uint64_t react(uint64_t ref, std::string user, std::string emoji, bool on) {
    entry x;
    x.kind = entry_kind::reacted;
    x.from = user;
    x.ref = ref;
    x.text = emoji;
    x.on = on;
    auto seq = add(std::move(x));
    auto& reactions = overlays[ref].reactions;
    std::erase_if(reactions, [&](const reaction& r) {
      return r.emoji == emoji && r.user == user;
    });
    if (on)
      reactions.push_back({std::move(emoji), std::move(user), seq});
    write(ref);
    return seq;
  }

  /// An entry of any other kind; `seq` and `ts` are set here.
  uint64_t add(entry x) {
    x.seq = entries.empty() ? 1 : entries.rbegin()->first + 1;
    x.ts = 1'700'000'000'000 + static_cast<timestamp>(x.seq) * 1000;
    auto seq = x.seq;
    entries[seq] = std::move(x);
    write(seq);
    return seq;
  }

  /// So many numbers are lost: the last of them has a row.
  void lose(uint64_t count) {
    entry x;
    x.kind = entry_kind::lost;
    x.seq = last() + count;
    entries[x.seq] = x;
    write(x.seq);
  }

  uint64_t last() const {
    return entries.empty() ? 0 : entries.rbegin()->first;
  }

  place at;
  std::map<uint64_t, entry> entries; ///< As they are stored.
  std::map<uint64_t, overlay> overlays;

private:
  void write(uint64_t seq) {
    write_batch(rows_, [&](batch& x) {
      x.put(family::messages, entry_key(at, seq), encode(entries[seq]));
      if (auto found = overlays.find(seq); found != overlays.end())
        x.put(family::messages, overlay_key(at, seq), encode(found->second));
    });
  }

  store& rows_;
};

/// The page, or a failed test.
inline page page_of(const store& from, const place& conv,
                    const page_request& what) {
  auto found = read_page(from, conv, what);
  REQUIRE(found.has_value());
  return *found;
}

inline std::vector<uint64_t> seqs_of(const page& x) {
  std::vector<uint64_t> seqs;
  for (auto& each : x.items)
    seqs.push_back(each.what.seq);
  return seqs;
}

} // namespace parley::history
