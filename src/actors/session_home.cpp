#include "actors/session.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

/// What a session has to do with whoever leads its user's partition.
namespace parley {

/// For the first time where the client says, later where it stands.
void session_state::attach_home() {
  attach a;
  a.session = caf::actor_cast<caf::actor>(self);
  a.id = id;
  a.device = device;
  a.login = login;
  a.create = creates;
  a.away = is_away;
  if (at == phase::live) {
    a.again = a.resumes = true;
    a.since = last;
    a.acked = std::max(first, window.acked());
  } else {
    a.resumes = resumes.has_value();
    a.since = resumes.value_or(0);
  }
  self->send(*home, to_user{user}, std::move(a));
}

void session_state::on_attached(const attached& x) {
  if (x.epoch < epoch)
    return;
  if (at == phase::attaching)
    begin(x);
  else if (at == phase::live && std::exchange(rejoining, false))
    go_on(x);
}

void session_state::begin(const attached& x) {
  at = phase::live;
  epoch = x.epoch;
  first = last = x.start;
  head = std::max(head, x.head);
  connection->authenticated();
  say(protocol::encode_ready(auth_id, user, id, x.head));
  if (!x.reset.empty())
    say(protocol::encode_reset(x.reset, x.start));
  if (last >= head)
    tell_caught_up();
  else
    catch_up();
  auto waiting = std::move(early);
  early = {};
  for (const auto& r : waiting)
    if (at == phase::live)
      on_request(r);
  release();
}

/// What the leader before had not made durable comes again, under higher
/// `useq`s.
void session_state::go_on(const attached& x) {
  epoch = x.epoch;
  head = std::max(head, x.head);
  if (!x.reset.empty()) {
    last = x.start;
    say(protocol::encode_reset(x.reset, x.start));
  }
  if (last < head)
    catch_up();
  else
    tell_caught_up();
}

void session_state::on_home_moved(const home_moved& x) {
  if (x.epoch < epoch || (at != phase::attaching && at != phase::live))
    return;
  epoch = x.epoch;
  fetching = false;
  rejoining = at == phase::live;
  home_since = looks;
  attach_home();
  start_looking_back();
}

/// Looks back a few times in the time that an answer may take.
void session_state::start_looking_back() {
  if (std::exchange(look_timer, true))
    return;
  self->delayed_send(self, node->settings.actors.answer_timeout / looks_max,
                     look_back{});
}

void session_state::on_look_back(const look_back&) {
  look_timer = false;
  if (at == phase::ended)
    return;
  ++looks;
  refuse_overdue();
  // What was asked of the home, or its answer, may have been lost on the way.
  auto waits = rejoining || fetching || at == phase::attaching;
  if (waits && looks - home_since > looks_max) {
    home_since = looks;
    fetching = false;
    if (rejoining || at == phase::attaching)
      attach_home();
    else
      catch_up();
  }
  if (waits || (work && !work->appends.empty()))
    start_looking_back();
}

} // namespace parley
