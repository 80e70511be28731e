#include "history/encoding.hpp"

#include "parley/history/codecs.hpp"

// One function per record lists its fields for both ways. The order is the
// stored form: a change of it needs a new version.
namespace parley::history {

namespace {

constexpr size_t small_value_bytes = 64; ///< Reserved; more is allocated.

bool fields(auto& io, is<meta_record> auto& x) {
  return io.number(x.format) && io.number(x.partitions) && io.number(x.starts);
}

bool fields(auto& io, is<account_record> auto& x) {
  return io.text(x.user) && io.text(x.display_name) && io.text(x.about)
         && io.signed_number(x.created) && io.text(x.password_hash)
         && io.flag(x.disabled);
}

bool fields(auto& io, is<conversation_record> auto& x) {
  return io.text(x.conv) && io.text(x.name) && io.flag(x.deleted)
         && io.text(x.created_by) && io.text(x.created_cid)
         && io.each(x.members,
                    [&io](auto& m) {
                      return io.text(m.user) && io.choice(m.as, role::owner)
                             && io.number(m.since) && io.number(m.addressed);
                    })
         && io.each(
             x.former,
             [&io](auto& f) { return io.text(f.user) && io.number(f.until); })
         && io.each(x.closed, [&io](auto& c) {
              return io.text(c.by) && io.number(c.version) && io.flag(c.on);
            });
}

bool fields(auto& io, is<dedupe_record> auto& x) {
  return io.number(x.seq) && io.signed_number(x.ts) && io.hash(x.content);
}

bool fields(auto& io, is<outbox_record> auto& x) {
  return io.text(x.conv) && io.number(x.delivered);
}

bool fields(auto& io, is<skipped_record> auto& x) {
  return io.number(x.epoch);
}

bool fields(auto& io, is<inbox_record> auto& x) {
  return io.text(x.user) && io.number(x.reserved) && io.number(x.last)
         && io.number(x.start) && io.number(x.listed) && io.number(x.trimmed)
         && io.number(x.entries);
}

bool fields(auto& io, is<list_record> auto& x) {
  return io.text(x.conv) && io.number(x.taken) && io.number(x.last_msg)
         && io.signed_number(x.last_ts) && io.number(x.read)
         && io.number(x.unread) && io.signed_number(x.muted_until)
         && io.flag(x.left);
}

/// The name came with version 2; a device without one is still of version 1.
constexpr uint8_t named_device_version = 2;

bool fields(auto& io, is<device_record> auto& x) {
  return io.text(x.device) && io.number(x.acked)
         && io.signed_number(x.last_seen);
}

bool fields(auto& io, is<block_record> auto& x) {
  return io.text(x.user) && io.number(x.version) && io.flag(x.on)
         && io.flag(x.pending);
}

bool fields(auto& io, is<login_record> auto& x) {
  return io.text(x.login) && io.hash(x.secret) && io.signed_number(x.issued)
         && io.signed_number(x.expires);
}

bool fields(auto& io, is<presence_record> auto& x) {
  return io.signed_number(x.last_active);
}

bool fields(auto& io, is<subscription_record> auto& x) {
  return io.text(x.id) && io.choice(x.kind, push_kind::fcm)
         && io.text(x.address) && io.text(x.p256dh) && io.text(x.auth)
         && io.text(x.device) && io.text(x.login)
         && io.signed_number(x.renewed);
}

bool fields(auto& io, is<push_record> auto& x) {
  return io.text(x.conv) && io.number(x.useq) && io.number(x.seq)
         && io.signed_number(x.ts) && io.signed_number(x.made)
         && io.text(x.title) && io.text(x.body) && io.number(x.badge)
         && io.each(x.left, [&io](auto& id) { return io.text(id); });
}

bool fields(auto& io, is<push_mark_record> auto& x) {
  return io.text(x.user) && io.number(x.decided);
}

bool fields(auto& io, is<quiet_record> auto& x) {
  return io.number(x.from) && io.number(x.to)
         && io.signed_number(x.offset_minutes);
}

/// A map has its keys in order and each once; anything else was not written
/// by `encode`.
bool fields(byte_reader& in, cursors_record& x) {
  uint64_t count = 0;
  if (!in.number(count))
    return false;
  for (; count > 0; --count) {
    std::string user;
    cursor at;
    if (!in.text(user) || !in.number(at.read) || !in.number(at.delivered)
        || (!x.empty() && user <= x.rbegin()->first))
      return false;
    x.emplace_hint(x.end(), std::move(user), at);
  }
  return true;
}

bool fields(byte_writer& out, const cursors_record& x) {
  return out.each(x, [&out](const auto& row) {
    return out.text(row.first) && out.number(row.second.read)
           && out.number(row.second.delivered);
  });
}

} // namespace

PARLEY_RECORD_CODEC(meta_record, small_value_bytes)
PARLEY_RECORD_CODEC(account_record, small_value_bytes)
PARLEY_RECORD_CODEC(conversation_record, small_value_bytes)
PARLEY_RECORD_CODEC(cursors_record, small_value_bytes)
PARLEY_RECORD_CODEC(dedupe_record, small_value_bytes)
PARLEY_RECORD_CODEC(outbox_record, small_value_bytes)
PARLEY_RECORD_CODEC(skipped_record, small_value_bytes)
PARLEY_RECORD_CODEC(inbox_record, small_value_bytes)
PARLEY_RECORD_CODEC(list_record, small_value_bytes)
PARLEY_RECORD_CODEC(block_record, small_value_bytes)
PARLEY_RECORD_CODEC(login_record, small_value_bytes)
PARLEY_RECORD_CODEC(presence_record, small_value_bytes)
PARLEY_RECORD_CODEC(subscription_record, x.address.size() + 256)
PARLEY_RECORD_CODEC(push_record, x.title.size() + x.body.size() + 128)
PARLEY_RECORD_CODEC(push_mark_record, small_value_bytes)
PARLEY_RECORD_CODEC(quiet_record, small_value_bytes)

std::string encode(const device_record& x) {
  std::string value;
  value.reserve(small_value_bytes);
  byte_writer out{value};
  out.byte(x.name.empty() ? value_version : named_device_version);
  fields(out, x);
  if (!x.name.empty())
    out.text(x.name);
  return value;
}

bool decode(std::string_view bytes, device_record& x) {
  byte_reader in{bytes};
  uint8_t version = 0;
  x = {};
  if (!in.byte(version) || version < value_version
      || version > named_device_version || !fields(in, x))
    return false;
  auto is_named = version == named_device_version;
  return (!is_named || (in.text(x.name) && !x.name.empty())) && in.done();
}

} // namespace parley::history
