#pragma once

#include "parley/actors/wire.hpp"
#include "parley/base/clock.hpp"
#include "parley/base/entry.hpp"
#include "parley/base/shared_bytes.hpp"

#include <caf/all.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

/// The way of a message: from the session that sends it to the conversation,
/// from there to the inboxes of the members, and on to their sessions.
namespace parley {

/// Asks a conversation for one more entry. Answered by `appended` or `refused`
/// to `reply_to` as a plain message; without an answer its outcome is unknown,
/// and the same `cid` may be sent again.
struct append {
  entry_kind kind = entry_kind::msg; ///< msg, edited, deleted or reacted.
  std::string from;
  std::string cid; ///< May be empty, but not for msg.
  std::string body;
  uint64_t ref = 0;
  std::string emoji;
  bool on = false;
  std::string session; ///< Its `ack` stands for the event. Empty: none.
  uint64_t tag = 0;    ///< Comes back in the reply.
  caf::actor reply_to;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, append& x) {
  return fields(f, x.kind, x.from, x.cid, x.body, x.ref, x.emoji, x.on,
                x.session, x.tag, x.reply_to);
}

/// What became of appends of one session that were committed together.
struct appended {
  struct one {
    uint64_t tag = 0;
    uint64_t seq = 0;
    timestamp ts = 0;
    bool dup = false;
  };

  std::string conv;
  std::vector<one> all;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, appended::one& x) {
  return fields(f, x.tag, x.seq, x.ts, x.dup);
}
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, appended& x) {
  return fields(f, x.conv, x.all);
}

struct refused {
  uint64_t tag = 0;
  uint8_t code = 0; ///< An errc.
  std::string message;
  uint32_t retry_after_ms = 0; ///< 0: not said.
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, refused& x) {
  return fields(f, x.tag, x.code, x.message, x.retry_after_ms);
}

/// One committed entry on its way to one member's inbox.
struct delivery {
  uint64_t seq = 0;
  entry_kind kind = entry_kind::msg;
  timestamp ts = 0;
  std::string from;
  std::string session; ///< The session that sent it, or empty.
  std::string subject; ///< member: the user it names.
  member_change change = member_change::added; ///< member.
  bool gone = false;                           ///< group: it was deleted.
  shared_bytes tail;                           ///< protocol::encode_tail.
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, delivery& x) {
  return fields(f, x.seq, x.kind, x.ts, x.from, x.session, x.subject, x.change,
                x.gone, x.tail);
}

/// In place of a `prev` that is not known: an entry that makes someone a
/// member.
inline constexpr uint64_t any_prev = UINT64_MAX;

/// Consecutive entries of one conversation for one member, oldest first. Sent
/// again until `taken`.
struct deliver {
  std::string conv;
  uint64_t prev = 0; ///< The `seq` addressed to this member before the first.
  std::shared_ptr<const std::vector<delivery>> entries;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, deliver& x) {
  return fields(f, x.conv, x.prev, part(x.entries));
}

/// The member's inbox holds everything up to `seq` durably.
struct taken {
  std::string user;
  uint64_t seq = 0;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, taken& x) {
  return fields(f, x.user, x.seq);
}

/// The member's inbox took nothing past `seq` and was offered a later entry.
struct missing {
  std::string user;
  uint64_t seq = 0;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, missing& x) {
  return fields(f, x.user, x.seq);
}

/// Looks whether anything is undelivered; sent at start for each outbox row.
struct wake {};

struct live_event {
  uint64_t useq = 0;
  entry_kind kind = entry_kind::msg;
  std::string session; ///< The session that sent it, or empty.
  std::shared_ptr<const std::string> conv;
  uint64_t seq = 0;
  shared_bytes tail;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, live_event& x) {
  return fields(f, x.useq, x.kind, x.session, part(x.conv), x.seq, x.tail);
}

/// New events of an inbox, for all live sessions of its user.
struct live_events {
  uint64_t epoch = 0; ///< Of the user's partition; lower ones are dropped.
  uint64_t prev = 0;  ///< The `useq` before the first, or the head if none.
  std::shared_ptr<const std::vector<live_event>> events;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, live_events& x) {
  return fields(f, x.epoch, x.prev, part(x.events));
}

/// Asks a user for events past `after`, within the session's open window.
struct fetch {
  uint64_t after = 0;
  size_t max_events = 0;
  size_t max_bytes = 0;
  caf::actor session;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, fetch& x) {
  return fields(f, x.after, x.max_events, x.max_bytes, x.session);
}

/// The answer to `fetch`: as many events as fit, at least one if there is any.
struct fetched {
  uint64_t after = 0; ///< As asked.
  uint64_t upto = 0;  ///< Everything in (after, upto] is in `events`.
  bool head = false;  ///< `upto` was the inbox's head.
  std::shared_ptr<const std::vector<live_event>> events;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, fetched& x) {
  return fields(f, x.after, x.upto, x.head, part(x.events));
}

/// The device has everything up to `useq`.
struct received {
  std::string device;
  uint64_t useq = 0;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, received& x) {
  return fields(f, x.device, x.useq);
}

} // namespace parley
