#pragma once

#include "parley/actors/outbox.hpp"
#include "parley/base/entry.hpp"
#include "parley/base/error.hpp"
#include "parley/base/hash.hpp"
#include "parley/base/shared_bytes.hpp"
#include "parley/history/batch.hpp"
#include "parley/history/records.hpp"
#include "parley/protocol/events.hpp"
#include "parley/protocol/requests.hpp"

#include <caf/all.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

/// Every message that actors exchange. A message for a user, a conversation or
/// a presence tracker begins with its address (`to_user`, …) and goes to the
/// partition that the name lives in, which activates the actor and passes the
/// message on.
namespace parley {

namespace history {
class store;
}

// -- addresses ---------------------------------------------------------------

struct to_user {
  std::string name;
};
struct to_conversation {
  std::string name;
};
struct to_presence {
  std::string name; ///< The user whose presence it is.
};

// -- replies -----------------------------------------------------------------

/// The reply to every request that a client's words caused: the members of a
/// JSON object, without its braces, encoded where they were known.
struct answer {
  shared_bytes fields;
};

// -- the way of a message ----------------------------------------------------

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

struct refused {
  uint64_t tag = 0;
  uint8_t code = 0; ///< An errc.
  std::string message;
};

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

/// The member's inbox holds everything up to `seq` durably.
struct taken {
  std::string user;
  uint64_t seq = 0;
};

/// The member's inbox took nothing past `seq` and was offered a later entry.
struct missing {
  std::string user;
  uint64_t seq = 0;
};

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

/// New events of an inbox, for all live sessions of its user.
struct live_events {
  uint64_t epoch = 0; ///< Of the user's partition; lower ones are dropped.
  uint64_t prev = 0;  ///< The `useq` before the first, or the head if none.
  std::shared_ptr<const std::vector<live_event>> events;
};

/// Asks a user for events past `after`, within the session's open window.
struct fetch {
  uint64_t after = 0;
  size_t max_events = 0;
  size_t max_bytes = 0;
  caf::actor session;
};

/// The answer to `fetch`: as many events as fit, at least one if there is any.
struct fetched {
  uint64_t after = 0; ///< As asked.
  uint64_t upto = 0;  ///< Everything in (after, upto] is in `events`.
  bool head = false;  ///< `upto` was the inbox's head.
  std::shared_ptr<const std::vector<live_event>> events;
};

/// The device has everything up to `useq`.
struct received {
  std::string device;
  uint64_t useq = 0;
};

// -- sessions ----------------------------------------------------------------

/// What a connection read in one frame, in order.
struct inbound {
  std::shared_ptr<std::vector<protocol::request>> requests;
};

/// A session begins: the partition of its user remembers it, ends the one that
/// it replaces, and passes this on to the user, who answers `attached` or
/// `detached_by`.
struct attach {
  caf::actor session;
  std::string id;
  std::string device;
  std::string login;   ///< The token's `sid`; empty for external tokens.
  bool create = false; ///< An external login: make the user at first sight.
  bool resumes = false;
  uint64_t since = 0; ///< If `resumes`.
};

struct attached {
  uint64_t epoch = 0;
  uint64_t head = 0;  ///< The inbox's head, for `ready`.
  uint64_t start = 0; ///< Events past this follow.
  std::string reset;  ///< Not empty: why `since` was not honoured.
};

/// A session is over; so that nobody sends to it any more.
struct detach {
  std::string id;
};

/// Tells a session to close its connection with this code.
struct end_session {
  uint16_t code = 0; ///< A protocol::close_code.
};

/// Ends those sessions of a user that match; empty members match all.
struct end_sessions {
  std::string id;
  std::string device;
  std::string login;
  std::string except_login; ///< Not empty: spare this login's sessions.
  uint16_t code = 0;
};

/// The client says that it is here, or away.
struct set_status {
  std::string id;
  bool away = false;
};

/// An ephemeral event for a session; dropped when it cannot keep up.
struct ephemeral {
  shared_bytes json;
};

/// A member's cursor moved, for a session to merge and tell at most once a
/// second.
struct cursor_moved {
  std::string conv;
  std::string user;
  uint64_t read = 0;      ///< 0: did not move.
  uint64_t delivered = 0; ///< 0: did not move.
};

/// Asks a partition for its live sessions; answered by `session_rows`.
struct get_sessions {};
struct session_row {
  std::string user;
  std::string id;
  std::string device;
  std::string login;
  bool away = false;
  timestamp since = 0;
};
struct session_rows {
  std::vector<session_row> rows;
};

/// The same for all sessions of a user, by way of the partition.
struct tell_sessions {
  std::string except; ///< A session id that already knows, or empty.
  caf::message what;
};

/// The node stops: tell the client where to go, and end with 4000.
struct drain {
  std::vector<std::string> urls;
  int64_t within_ms = 0;
};

// -- requests to a conversation; each answered by `answer` or an error ------

struct get_history {
  std::string reader;
  std::optional<uint64_t> before;
  std::optional<uint64_t> after;
  size_t limit = 0;
};
struct get_conversation {
  std::string reader; ///< Empty: the operator, who may see it all.
};
struct create_group {
  std::string by;
  std::string cid;
  std::string name;
  std::vector<std::string> members;
};
struct rename_group {
  std::string by;
  std::string name;
};
struct delete_group {
  std::string by;
};
struct add_members {
  std::string by;
  std::vector<std::string> users;
};
struct set_role {
  std::string by;
  std::string user;
  role as = role::member;
};
struct remove_member {
  std::string by;
  std::string user;
};
/// Closes (or opens) a direct conversation for a block; answered when durable.
struct set_closed {
  std::string by;
  uint64_t version = 0;
  bool on = false;
};
/// A member's cursors move forward; no answer.
struct move_cursor {
  std::string user;
  uint64_t read = 0;
  uint64_t delivered = 0;
  std::string session; ///< Which caused it, or empty.
  bool ahead = false;  ///< The user's inbox does not know `read` yet.
};
/// Passed on to the other members' sessions; no answer.
struct typing {
  std::string user;
};

// -- requests to a user ------------------------------------------------------

struct create_account {
  std::string display_name;
  std::string password_hash;
};
/// May the user of a sound token act? Makes the account of an external login at
/// first sight. Answered by an empty `answer`; errors: `unauthenticated` (no
/// such account, or disabled).
struct admit {
  bool create = false;
};
/// Answered by `account`.
struct get_account {};
struct account {
  history::account_record record;
};
struct get_profile {};
struct patch_profile {
  std::optional<std::string> display_name;
  std::optional<std::string> about;
};
/// Replaces the password and ends all logins but `except_login`.
struct set_password {
  std::string password_hash;
  std::string except_login;
};
struct set_disabled {
  bool on = false;
};
/// Makes a login; answered by `login_opened`.
struct open_login {
  timestamp expires = 0;
};
/// Exchanges a refresh token's secret; answered by `login_opened`.
struct refresh_login {
  std::string login;
  std::string secret;
  timestamp expires = 0;
};
struct login_opened {
  std::string login;
  std::string secret;
};
/// Ends a login and its sessions.
struct close_login {
  std::string login;
  std::string secret;
};
struct get_conversations {
  size_t limit = 0;
  std::string cursor;
};
/// The user read a conversation up to `seq`; no answer.
struct mark_read {
  std::string conv;
  uint64_t seq = 0;
  std::string session;
};
/// From the conversation, behind its deliveries: read up to here.
struct read_upto {
  std::string conv;
  uint64_t seq = 0;
};
struct mute {
  std::string conv;
  timestamp until = 0;
};
struct set_block {
  std::string user;
  bool on = false;
};
struct get_blocks {};
/// Whether `by` may add this user to a group: answered by an empty `answer`,
/// `not_found` (no such user) or `forbidden` (blocked).
struct may_add {
  std::string by;
};
struct get_devices {};
struct remove_device {
  std::string device;
};

// -- presence ----------------------------------------------------------------

/// A session's new watch list; answered by the items of all.
struct watch {
  caf::actor session; ///< Null: only asked, nothing is watched.
  std::vector<std::string> users;
};
/// To a presence tracker: may `watcher` see the user, and what? Answered by
/// `presence_seen`; the session gets later changes.
struct observe {
  std::string watcher;
  caf::actor session;          ///< Null: only asked.
  std::vector<hash128> groups; ///< That the watcher is a member of.
};
struct presence_seen {
  std::string user;
  uint8_t status = 0; ///< A protocol::presence_status.
  timestamp last_active = 0;
};
struct unobserve {
  caf::actor_addr session;
};
/// Asked by the tracker of its user: does `watcher` share a conversation and
/// is there no block between the two? Answered by a bool.
struct shares {
  std::string watcher;
  std::vector<hash128> groups;
};
/// Rights may have changed (a block, a member who left): ask `shares` again.
struct recheck {
  std::string left; ///< Not empty: this watcher is no longer in `group`.
  hash128 group;
};
/// The user's status as its partition knows it from the sessions.
struct status_moved {
  uint8_t status = 0;
  timestamp when = 0;
};

// -- partition, journal, reader ----------------------------------------------

/// Idle actors are asked whether they can be let go. They answer `rested` once
/// nothing is open and everything is durable.
struct rest {
  uint64_t routed = 0; ///< How many messages it was passed so far.
};
struct rested {
  uint8_t kind = 0; ///< An actor_kind.
  std::string name;
  uint64_t routed = 0; ///< As asked: whoever was passed more since stays.
};
enum class actor_kind : uint8_t { user, conversation, presence };

/// The live sessions of a user, to its actor, whenever they change.
struct session_ref {
  std::string id;
  std::string device;
  caf::actor handle;
};
struct sessions_now {
  std::vector<session_ref> all;
};

/// The beat of the node, every second, to each partition.
struct tick {};

/// Rows for the journal. Answered by `committed` to the sender, in order.
struct commit {
  history::batch rows;
};
struct committed {
  uint32_t count = 0; ///< So many more of this sender's batches are durable.
};

/// To itself, behind all that waits in the mailbox: do what is due.
struct flush {};

/// A conversation to itself, behind the acts that wait in its mailbox: hand
/// what they made to the journal, as one batch.
struct hand_over {};

/// To itself, behind all that waits in the mailbox: end.
struct stop {};

/// A question to the store, for a reader actor. Whatever `run` gives goes to
/// whoever asked.
struct read_job {
  std::function<caf::message(const history::store&)> run;
};

/// The answer of a `read_job` whose result lies elsewhere: see store_read.hpp.
struct read_done {};

/// Something for a courier to do: ask actors on behalf of a thread that is
/// none.
struct errand {
  std::function<void(caf::event_based_actor*)> run;
};

} // namespace parley

// -- type ids ----------------------------------------------------------------

CAF_BEGIN_TYPE_ID_BLOCK(parley, caf::first_custom_type_id)

CAF_ADD_TYPE_ID(parley, (parley::to_user))
CAF_ADD_TYPE_ID(parley, (parley::to_conversation))
CAF_ADD_TYPE_ID(parley, (parley::to_presence))
CAF_ADD_TYPE_ID(parley, (parley::answer))
CAF_ADD_TYPE_ID(parley, (parley::append))
CAF_ADD_TYPE_ID(parley, (parley::appended))
CAF_ADD_TYPE_ID(parley, (parley::refused))
CAF_ADD_TYPE_ID(parley, (parley::deliver))
CAF_ADD_TYPE_ID(parley, (parley::taken))
CAF_ADD_TYPE_ID(parley, (parley::missing))
CAF_ADD_TYPE_ID(parley, (parley::wake))
CAF_ADD_TYPE_ID(parley, (parley::live_events))
CAF_ADD_TYPE_ID(parley, (parley::fetch))
CAF_ADD_TYPE_ID(parley, (parley::fetched))
CAF_ADD_TYPE_ID(parley, (parley::received))
CAF_ADD_TYPE_ID(parley, (parley::inbound))
CAF_ADD_TYPE_ID(parley, (parley::attach))
CAF_ADD_TYPE_ID(parley, (parley::attached))
CAF_ADD_TYPE_ID(parley, (parley::detach))
CAF_ADD_TYPE_ID(parley, (parley::end_session))
CAF_ADD_TYPE_ID(parley, (parley::end_sessions))
CAF_ADD_TYPE_ID(parley, (parley::set_status))
CAF_ADD_TYPE_ID(parley, (parley::ephemeral))
CAF_ADD_TYPE_ID(parley, (parley::cursor_moved))
CAF_ADD_TYPE_ID(parley, (parley::get_sessions))
CAF_ADD_TYPE_ID(parley, (parley::session_rows))
CAF_ADD_TYPE_ID(parley, (parley::tell_sessions))
CAF_ADD_TYPE_ID(parley, (parley::drain))
CAF_ADD_TYPE_ID(parley, (parley::get_history))
CAF_ADD_TYPE_ID(parley, (parley::get_conversation))
CAF_ADD_TYPE_ID(parley, (parley::create_group))
CAF_ADD_TYPE_ID(parley, (parley::rename_group))
CAF_ADD_TYPE_ID(parley, (parley::delete_group))
CAF_ADD_TYPE_ID(parley, (parley::add_members))
CAF_ADD_TYPE_ID(parley, (parley::set_role))
CAF_ADD_TYPE_ID(parley, (parley::remove_member))
CAF_ADD_TYPE_ID(parley, (parley::set_closed))
CAF_ADD_TYPE_ID(parley, (parley::move_cursor))
CAF_ADD_TYPE_ID(parley, (parley::typing))
CAF_ADD_TYPE_ID(parley, (parley::create_account))
CAF_ADD_TYPE_ID(parley, (parley::admit))
CAF_ADD_TYPE_ID(parley, (parley::get_account))
CAF_ADD_TYPE_ID(parley, (parley::account))
CAF_ADD_TYPE_ID(parley, (parley::get_profile))
CAF_ADD_TYPE_ID(parley, (parley::patch_profile))
CAF_ADD_TYPE_ID(parley, (parley::set_password))
CAF_ADD_TYPE_ID(parley, (parley::set_disabled))
CAF_ADD_TYPE_ID(parley, (parley::open_login))
CAF_ADD_TYPE_ID(parley, (parley::refresh_login))
CAF_ADD_TYPE_ID(parley, (parley::login_opened))
CAF_ADD_TYPE_ID(parley, (parley::close_login))
CAF_ADD_TYPE_ID(parley, (parley::get_conversations))
CAF_ADD_TYPE_ID(parley, (parley::mark_read))
CAF_ADD_TYPE_ID(parley, (parley::read_upto))
CAF_ADD_TYPE_ID(parley, (parley::mute))
CAF_ADD_TYPE_ID(parley, (parley::set_block))
CAF_ADD_TYPE_ID(parley, (parley::get_blocks))
CAF_ADD_TYPE_ID(parley, (parley::may_add))
CAF_ADD_TYPE_ID(parley, (parley::get_devices))
CAF_ADD_TYPE_ID(parley, (parley::remove_device))
CAF_ADD_TYPE_ID(parley, (parley::watch))
CAF_ADD_TYPE_ID(parley, (parley::observe))
CAF_ADD_TYPE_ID(parley, (parley::presence_seen))
CAF_ADD_TYPE_ID(parley, (parley::unobserve))
CAF_ADD_TYPE_ID(parley, (parley::shares))
CAF_ADD_TYPE_ID(parley, (parley::recheck))
CAF_ADD_TYPE_ID(parley, (parley::status_moved))
CAF_ADD_TYPE_ID(parley, (parley::rest))
CAF_ADD_TYPE_ID(parley, (parley::rested))
CAF_ADD_TYPE_ID(parley, (parley::sessions_now))
CAF_ADD_TYPE_ID(parley, (parley::tick))
CAF_ADD_TYPE_ID(parley, (parley::commit))
CAF_ADD_TYPE_ID(parley, (parley::committed))
CAF_ADD_TYPE_ID(parley, (parley::flush))
CAF_ADD_TYPE_ID(parley, (parley::hand_over))
CAF_ADD_TYPE_ID(parley, (parley::stop))
CAF_ADD_TYPE_ID(parley, (parley::read_job))
CAF_ADD_TYPE_ID(parley, (parley::read_done))
CAF_ADD_TYPE_ID(parley, (parley::errand))

CAF_END_TYPE_ID_BLOCK(parley)

// Nothing of this leaves the process of a standalone node.
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::to_user)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::to_conversation)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::to_presence)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::answer)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::append)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::appended)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::refused)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::deliver)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::taken)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::missing)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::wake)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::live_events)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::fetch)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::fetched)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::received)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::inbound)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::attach)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::attached)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::detach)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::end_session)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::end_sessions)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::set_status)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::ephemeral)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::cursor_moved)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::get_sessions)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::session_rows)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::tell_sessions)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::drain)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::get_history)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::get_conversation)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::create_group)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::rename_group)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::delete_group)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::add_members)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::set_role)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::remove_member)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::set_closed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::move_cursor)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::typing)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::create_account)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::admit)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::get_account)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::account)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::get_profile)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::patch_profile)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::set_password)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::set_disabled)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::open_login)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::refresh_login)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::login_opened)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::close_login)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::get_conversations)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::mark_read)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::read_upto)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::mute)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::set_block)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::get_blocks)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::may_add)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::get_devices)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::remove_device)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::watch)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::observe)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::presence_seen)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::unobserve)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::shares)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::recheck)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::status_moved)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::rest)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::rested)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::sessions_now)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::tick)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::commit)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::committed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::flush)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::hand_over)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::stop)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::read_job)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::read_done)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::errand)
