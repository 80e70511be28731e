#include "actors/session.hpp"

#include "parley/base/limits.hpp"
#include "parley/base/metrics.hpp"
#include "parley/model/nearest.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace parley {

using protocol::close_code;

namespace {

/// Ephemeral events are for those who keep up.
constexpr size_t ephemeral_backlog_max = 256 * 1024;

/// Own events to remember while the session is behind. Past it one may be
/// repeated, which its client drops by (conv, seq).
constexpr size_t own_max = 4096;

constexpr size_t cursors_max = 256; ///< Merged cursors that wait to be told.
constexpr auto cursor_every = std::chrono::seconds{1};

/// About what an event takes on the wire beyond its tail.
constexpr size_t event_overhead = 32;

} // namespace

/// Takes live events that follow on what the client was sent. What does not is
/// fetched later from the inbox, where it is anyway.
void session_state::on_live(const live_events& x) {
  if (x.epoch < epoch || at == phase::ended)
    return;
  if (at != phase::live) {
    if (!x.events->empty())
      head = std::max(head, x.events->back().useq);
    return;
  }
  auto prev = x.prev;
  for (const auto& e : *x.events) {
    head = std::max(head, e.useq);
    if (e.useq > last && (prev != last || !send_event(e)) && e.session == id)
      remember_own(*e.conv, e.seq);
    prev = e.useq;
  }
  if (last < head)
    catch_up();
}

/// @returns false if the window holds it back, or an `ack` that has to come
/// first.
bool session_state::send_event(const live_event& x) {
  if (is_own(x)) {
    if (is_unacknowledged(x)) {
      work->awaits_ack = true;
      return false;
    }
    if (work)
      work->own.erase({*x.conv, x.seq});
  } else {
    auto bytes = x.tail.size() + event_overhead;
    if (!window.admits(bytes)) {
      tell_window(true);
      return false;
    }
    say(protocol::encode_event(x.kind, x.useq, x.tail));
    window.sent(x.useq, bytes);
    metrics::add(metrics::counter::events_delivered);
    if (window.full())
      tell_window(true);
  }
  last = x.useq;
  return true;
}

bool session_state::is_own(const live_event& x) const {
  return x.session == id
         || (work && !work->own.empty()
             && work->own.count({*x.conv, x.seq}) > 0);
}

/// The `ack` comes from the conversation's node and the event from the user's,
/// so that either may be first. A conversation acknowledges in its order.
bool session_state::is_unacknowledged(const live_event& x) const {
  if (!work || work->appends.empty())
    return false;
  auto where = work->places.find(*x.conv);
  return where != work->places.end() && where->second.open > 0
         && where->second.acked < x.seq;
}

/// Goes on with what had to wait for an `ack`.
void session_state::stop_awaiting_ack() {
  if (std::exchange(work->awaits_ack, false) && last < head)
    catch_up();
}

void session_state::remember_own(const std::string& conv, uint64_t seq) {
  auto& own = busy().own;
  if (own.size() < own_max)
    own.emplace(conv, seq);
}

/// Fetches what follows on `last`, as much as the window takes.
void session_state::catch_up() {
  if (fetching || at != phase::live || window.full()
      || (work && work->awaits_ack))
    return;
  fetching = true;
  home_since = looks;
  start_looking_back();
  self->send(*home, to_user{user},
             fetch{last, window.events_left(), window.bytes_left(),
                   caf::actor_cast<caf::actor>(self)});
}

void session_state::on_fetched(const fetched& x) {
  fetching = false;
  if (at != phase::live)
    return;
  auto held_back = false;
  if (x.after == last) {
    for (const auto& e : *x.events) {
      held_back = !send_event(e);
      if (held_back)
        break;
    }
    if (!held_back)
      last = std::max(last, x.upto);
    head = std::max(head, x.upto);
    if (x.head && last == x.upto)
      tell_caught_up();
  }
  if (last < head && !held_back)
    catch_up();
}

void session_state::tell_caught_up() {
  if (caught_up)
    return;
  caught_up = true;
  say(protocol::encode_caught_up(last));
}

void session_state::on_received(uint64_t useq) {
  auto before = window.acked();
  auto acked = window.received(useq);
  if (acked == before)
    return;
  self->send(*home, to_user{user}, received{device, acked});
  tell_window(window.full());
  if (last < head)
    catch_up();
}

/// Tells the connection when the window shuts and when it opens: too long shut
/// ends the session.
void session_state::tell_window(bool shut) {
  if (shut == full)
    return;
  full = shut;
  if (connection)
    connection->window_full(full);
}

/// Tells a cursor at once if none of its conversation was told in this second,
/// else merges it into what the next second tells.
void session_state::on_cursor(const cursor_moved& x) {
  if (at != phase::live)
    return;
  auto& w = busy();
  if (w.cursors.size() >= cursors_max && w.cursors.count({x.conv, x.user}) == 0)
    return;
  auto& kept = w.cursors[{x.conv, x.user}];
  kept.first = std::max(kept.first, x.read);
  kept.second = std::max(kept.second, x.delivered);
  if (w.cursors_told.count(x.conv) != 0)
    return;
  tell_cursor(x.conv, x.user, kept);
  w.cursors.erase({x.conv, x.user});
  w.cursors_told.insert(x.conv);
  start_cursor_second();
}

void session_state::tell_cursor(const std::string& conv,
                                const std::string& whose,
                                std::pair<uint64_t, uint64_t> cursor) {
  if (cursor.first != 0)
    say(protocol::encode_cursor(true, conv, whose, cursor.first));
  if (cursor.second != 0)
    say(protocol::encode_cursor(false, conv, whose, cursor.second));
}

void session_state::start_cursor_second() {
  if (work->cursor_timer)
    return;
  work->cursor_timer = true;
  self->delayed_send(self, cursor_every, flush{});
}

void session_state::on_cursor_second(const flush&) {
  if (!work)
    return;
  auto& w = *work;
  w.cursors_told.clear();
  w.cursor_timer = false;
  if (at != phase::live || w.cursors.empty())
    return;
  for (const auto& [key, cursor] : w.cursors) {
    w.cursors_told.insert(key.first);
    tell_cursor(key.first, key.second, cursor);
  }
  w.cursors.clear();
  start_cursor_second();
}

void session_state::on_ephemeral(const ephemeral& x) {
  if (at != phase::live || !connection
      || connection->waiting_bytes() > ephemeral_backlog_max)
    return;
  say(protocol::outgoing{{}, x.json});
}

/// The user has a new conversation.
void session_state::on_recheck(const recheck& x) {
  if (watches)
    self->send(node->presence_hub, to_user{user}, x);
}

void session_state::on_drain(const drain& x) {
  if (at == phase::ended)
    return;
  auto urls = x.urls;
  model::share_out(urls, user);
  say(protocol::encode_reconnect(x.within_ms, urls));
  end(close_code::draining);
}

} // namespace parley
