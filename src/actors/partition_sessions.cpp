#include "actors/partition.hpp"

#include "parley/actors/errors.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace parley {

namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

/// A device that stays connected is noted as in use so often: well within the
/// day that is the least after which a device's cursor may expire.
constexpr milliseconds note_devices_every = hours{6};

/// A partition looks for such devices once in so many ticks.
constexpr uint64_t note_devices_ticks = 60;

/// Devices that may wait to be noted. Whoever finds no place was seen last when
/// it was noted last.
constexpr size_t seen_devices_max = 10'000;

} // namespace

/// Deals with what is the partition's own business. @returns false if it is for
/// the user.
bool partition_state::take_own(parcel& x, bool is_local) {
  const auto& content = x.content;
  if (content.match_element<attach>(1)) {
    attach_session(x.name, content.get_as<attach>(1), is_local);
  } else if (content.match_element<detach>(1)) {
    detach_session(x.name, content.get_as<detach>(1).id);
  } else if (content.match_element<set_status>(1)) {
    const auto& status = content.get_as<set_status>(1);
    auto before = sessions.status_of(x.name);
    sessions.set_away(x.name, status.id, status.away);
    sessions_changed(x.name, before);
  } else if (content.match_element<tell_sessions>(1)) {
    const auto& news = content.get_as<tell_sessions>(1);
    for (const auto& s : sessions.of(x.name))
      if (s.id != news.except)
        s.handle.actor->enqueue(nullptr, caf::make_message_id(), news.what,
                                self->context());
  } else if (content.match_element<get_sessions>(1)) {
    answer_with(x, caf::make_message(rows_of(x.name)));
  } else if (content.match_element<end_sessions>(1)) {
    auto ended = end(x.name, content.get_as<end_sessions>(1));
    answer_with(x, caf::make_message(answer{
                       shared_bytes{"\"ended\":" + std::to_string(ended)}}));
  } else {
    return false;
  }
  return true;
}

std::vector<session_ref> partition_state::refs(const std::string& user) const {
  std::vector<session_ref> result;
  for (const auto& s : sessions.of(user))
    result.push_back({s.id, s.device, s.handle.actor});
  return result;
}

/// Tells the user's actor, if there is one, and the presence tracker, if the
/// status is another now.
/// @param grace if that is since a node was lost: how long they may take to
/// come back.
void partition_state::sessions_changed(const std::string& user,
                                       protocol::presence_status before,
                                       std::chrono::milliseconds grace) {
  auto& users = active[static_cast<size_t>(actor_kind::user)];
  if (users.count(user) != 0)
    tell(actor_kind::user, user, to_user{user}, sessions_now{refs(user)});
  auto now = sessions.status_of(user);
  if (now != before)
    tell(actor_kind::presence, user, to_presence{user},
         status_moved{static_cast<uint8_t>(now), node->clock->now(),
                      grace.count()});
}

/// A session that attaches again takes its own place.
void partition_state::attach_session(const std::string& user, const attach& x,
                                     bool is_local) {
  auto before = sessions.status_of(user);
  auto is_known = is_local && away.erase(x.id) > 0;
  auto now = node->clock->now();
  auto replaced = sessions.attach(
      user, {x.id, x.device, x.login, {x.session, is_local}, x.away, now, now});
  if (replaced && replaced->id == x.id) {
    is_known = true;
  } else if (replaced) {
    self->send(replaced->handle.actor, end_session{static_cast<uint16_t>(
                                           protocol::close_code::replaced)});
    if (replaced->handle.is_local)
      metrics::move(metrics::gauge::sessions, -1);
  }
  if (is_local && !is_known)
    metrics::move(metrics::gauge::sessions, 1);
  sessions_changed(user, before);
  tell(actor_kind::user, user, to_user{user}, x);
}

void partition_state::detach_session(const std::string& user,
                                     const std::string& id,
                                     std::chrono::milliseconds grace) {
  auto before = sessions.status_of(user);
  auto gone = sessions.detach(user, id);
  if (away.erase(id) > 0 || (gone && gone->handle.is_local))
    metrics::move(metrics::gauge::sessions, -1);
  if (!gone)
    return;
  sessions_changed(user, before, grace);
  note_in_use(user, gone->device);
}

/// The user is to know that a device was there until now, whatever it received.
/// Users who are let go are not all woken at once when many leave.
void partition_state::note_in_use(const std::string& user,
                                  const std::string& device) {
  if (active[static_cast<size_t>(actor_kind::user)].count(user) != 0)
    tell(actor_kind::user, user, to_user{user}, received{device, 0});
  else if (seen_devices.size() < seen_devices_max)
    seen_devices.push_back({user, device});
}

/// What stays connected is in use, though nothing may come for it: else its
/// cursor would expire under it.
void partition_state::note_devices() {
  if (ticks % note_devices_ticks == number % note_devices_ticks) {
    auto now = node->clock->now();
    for (const auto& d :
         sessions.note_in_use(now, now - note_devices_every.count(),
                              seen_devices_max - seen_devices.size()))
      note_in_use(d.user, d.name);
  }
  auto count = std::max<size_t>(
      node->settings.presence.writes_per_s / node->partitions.size(), 1);
  for (; count > 0 && !seen_devices.empty(); --count) {
    auto [user, device] = std::move(seen_devices.front());
    seen_devices.pop_front();
    tell(actor_kind::user, user, to_user{user}, received{device, 0});
  }
}

size_t partition_state::end(const std::string& user, const end_sessions& x) {
  std::vector<session_table::session> chosen;
  for (const auto& s : sessions.of(user))
    if ((x.id.empty() || s.id == x.id)
        && (x.device.empty() || s.device == x.device)
        && (x.login.empty() || s.login == x.login)
        && (x.except_login.empty() || s.login != x.except_login))
      chosen.push_back(s);
  for (const auto& s : chosen) {
    self->send(s.handle.actor, end_session{x.code});
    detach_session(user, s.id);
  }
  return chosen.size();
}

namespace {

session_row row_of(const std::string& user,
                   const partition_state::session_table::session& x) {
  return {user,
          x.id,
          x.device,
          x.login,
          x.away,
          x.since,
          x.handle.actor ? x.handle.actor.node() : caf::node_id{}};
}

} // namespace

session_rows partition_state::rows() const {
  session_rows result;
  for (const auto& [user, all] : sessions.users())
    for (const auto& s : all)
      result.rows.push_back(row_of(user, s));
  return result;
}

session_rows partition_state::rows_of(const std::string& user) const {
  session_rows result;
  for (const auto& s : sessions.of(user))
    result.rows.push_back(row_of(user, s));
  return result;
}

/// Nothing reaches these sessions any more. That their users left is told only
/// if they do not come back by another node.
void partition_state::on_node_gone(const node_gone& x) {
  refuse_relayed(x.node);
  if (leader && leader.node() == x.node)
    has_relayed = false; // There is nobody to ask for it.
  if (taking_from == x.node)
    end_waiting_for(taking_back);
  std::vector<std::pair<std::string, std::string>> gone;
  for (const auto& [user, all] : sessions.users())
    for (const auto& s : all)
      if (!s.handle.is_local && s.handle.actor.node() == x.node)
        gone.emplace_back(user, s.id);
  for (const auto& [user, id] : gone)
    detach_session(user, id, node->settings.presence.node_grace);
}

// -- this node's sessions while another leads, or nobody ---------------------

/// Remembers a session that attaches to somebody else, until it is over.
void partition_state::note_session(const parcel& x) {
  if (x.kind != actor_kind::user)
    return;
  if (x.content.match_element<attach>(1)) {
    const auto& it = x.content.get_as<attach>(1);
    if (away.insert_or_assign(it.id, it.session).second)
      metrics::move(metrics::gauge::sessions, 1);
  } else if (x.content.match_element<detach>(1)) {
    if (away.erase(x.content.get_as<detach>(1).id) > 0)
      metrics::move(metrics::gauge::sessions, -1);
  }
}

/// This node leads no longer: its own sessions will attach to somebody else,
/// and those of other nodes are told by theirs.
void partition_state::take_sessions_back() {
  for (const auto& [user, all] : sessions.users())
    for (const auto& s : all)
      if (s.handle.is_local)
        away.insert_or_assign(s.id, s.handle.actor);
  sessions = {};
  seen_devices.clear();
}

void partition_state::move_sessions() {
  for (const auto& [id, session] : away)
    self->send(session, home_moved{epoch, number});
  if (node->presence_hub)
    self->send(node->presence_hub, home_moved{epoch, number});
}

/// Too long nobody leads: their clients try elsewhere.
void partition_state::end_waiting_sessions() {
  auto bound = std::chrono::duration_cast<std::chrono::seconds>(
      node->settings.actors.leaderless_timeout);
  if (ticks - leaderless_since < static_cast<uint64_t>(bound.count()))
    return;
  for (const auto& [id, session] : away)
    self->send(session, end_session{static_cast<uint16_t>(
                            protocol::close_code::draining)});
}

} // namespace parley
