#include "history/encoding.hpp"
#include "history/entry_head.hpp"

#include "parley/history/codecs.hpp"

namespace parley::history {

namespace {

constexpr size_t entry_head_bytes = 128; ///< Reserved beside the body.
constexpr size_t inbox_entry_bytes = 32; ///< Reserved for each.

/// What stands first in every entry, so that it can be read alone.
bool head_fields(auto& io, auto& x) {
  return io.choice(x.kind, entry_kind::lost) && io.text(x.from)
         && io.number(x.seq) && io.signed_number(x.ts);
}

/// A body that is gone is not there: no bytes of it remain.
bool body_fields(auto& io, is<entry> auto& x) {
  return io.flag(x.gone) && (x.gone || io.text(x.body));
}

/// Only the fields that the kind has.
bool fields(auto& io, is<entry> auto& x) {
  if (!head_fields(io, x))
    return false;
  if (x.kind == entry_kind::lost)
    return true;
  if (!io.text(x.cid))
    return false;
  switch (x.kind) {
    case entry_kind::msg:
    case entry_kind::edited:
      return io.number(x.ref) && body_fields(io, x);
    case entry_kind::deleted:
      return io.number(x.ref);
    case entry_kind::reacted:
      return io.number(x.ref) && io.text(x.text) && io.flag(x.on);
    case entry_kind::group:
      return io.text(x.text) && io.flag(x.gone)
             && io.each(x.members, [&io](auto& user) { return io.text(user); });
    case entry_kind::member:
      return io.text(x.text) && io.choice(x.change, member_change::role)
             && io.choice(x.as, role::owner);
    case entry_kind::lost:
      break;
  }
  return true;
}

bool fields(auto& io, is<overlay> auto& x) {
  uint64_t last = 0;
  return io.number(x.deleted_seq) && io.signed_number(x.deleted_ts)
         && io.each(x.edits, [&](auto& seq) { return io.rising(seq, last); })
         && io.signed_number(x.edited_ts)
         && io.each(x.reactions, [&io](auto& r) {
              return io.text(r.emoji) && io.text(r.user) && io.number(r.seq);
            });
}

// A chunk's entries share what they can with the one before: the conversation
// if it is the same, the time as a difference. The tag holds the kind (3
// bits), whether it is one's own, and whether the conversation is the same.
constexpr uint8_t tag_kind = 0x07;
constexpr uint8_t tag_own = 0x08;
constexpr uint8_t tag_same = 0x10;

constexpr uint64_t since(timestamp now, timestamp before) noexcept {
  return static_cast<uint64_t>(now) - static_cast<uint64_t>(before);
}

void write_next(byte_writer& out, const inbox_entry& x, inbox_entry& last,
                bool first) {
  auto same = !first && x.conv == last.conv;
  auto tag = static_cast<uint8_t>(x.kind) | (x.own ? tag_own : 0)
             | (same ? tag_same : 0);
  out.byte(static_cast<uint8_t>(tag));
  out.rising(x.useq, last.useq);
  if (!same)
    out.hash(x.conv);
  out.number(x.seq);
  out.signed_number(static_cast<timestamp>(since(x.ts, last.ts)));
  last = x;
}

bool read_next(byte_reader& in, inbox_entry& x, inbox_entry& last,
               bool first) noexcept {
  uint8_t tag = 0;
  if (!in.byte(tag) || (tag & ~(tag_kind | tag_own | tag_same)) != 0)
    return false;
  auto same = (tag & tag_same) != 0;
  x.kind = static_cast<entry_kind>(tag & tag_kind);
  x.own = (tag & tag_own) != 0;
  x.conv = last.conv;
  timestamp step = 0;
  if (x.kind < entry_kind::msg || (first && same)
      || !in.rising(x.useq, last.useq) || (!same && !in.hash(x.conv))
      || !in.number(x.seq) || !in.signed_number(step))
    return false;
  if (!first && !same && x.conv == last.conv)
    return false;
  x.ts = static_cast<timestamp>(static_cast<uint64_t>(last.ts)
                                + static_cast<uint64_t>(step));
  last = x;
  return true;
}

bool fields(byte_writer& out, const inbox_chunk& x) {
  inbox_entry last;
  bool first = true;
  out.number(x.ordinal);
  return out.each(x.entries, [&](const inbox_entry& e) {
    write_next(out, e, last, std::exchange(first, false));
  });
}

bool fields(byte_reader& in, inbox_chunk& x) {
  inbox_entry last;
  bool first = true;
  return in.number(x.ordinal) && in.each(x.entries, [&](inbox_entry& e) {
    return read_next(in, e, last, std::exchange(first, false));
  });
}

} // namespace

bool decode_head(std::string_view bytes, entry_head& x) noexcept {
  auto in = byte_reader{bytes};
  uint8_t version = 0;
  return in.byte(version) && version == value_version && head_fields(in, x);
}

PARLEY_RECORD_CODEC(entry, entry_head_bytes + x.body.size())
PARLEY_RECORD_CODEC(overlay, entry_head_bytes)
PARLEY_RECORD_CODEC(inbox_chunk, (x.entries.size() + 1) * inbox_entry_bytes)

} // namespace parley::history
