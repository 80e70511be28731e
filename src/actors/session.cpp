#include "actors/session.hpp"

#include "parley/actors/spawn.hpp"

#include <utility>

namespace parley {

using protocol::close_code;

session_work& session_state::busy() {
  if (!work)
    work = std::make_unique<session_work>();
  return *work;
}

void session_state::start(context_ptr with, outbox_ptr to) {
  node = std::move(with);
  connection = std::move(to);
  rate = {node->settings.limits.sends_per_s, node->settings.limits.sends_burst};
  say(protocol::encode_hello(
      {node->settings.node.id, node->settings.http.ping_interval.count()}));
}

void session_state::say(protocol::outgoing what) {
  if (!connection)
    return;
  std::vector<protocol::outgoing> one;
  one.push_back(std::move(what));
  connection->push(std::move(one));
}

void session_state::end(close_code code) {
  if (at == phase::ended)
    return;
  at = phase::ended;
  if (connection)
    connection->close(code);
}

void session_state::leave() {
  if (!user.empty())
    self->send(node->home(user), to_user{user}, detach{id});
  at = phase::ended;
  connection.reset();
  self->quit();
}

namespace {

caf::behavior session(caf::stateful_actor<session_state>* self,
                      context_ptr node, outbox_ptr connection) {
  self->set_exit_handler([self](const caf::exit_msg&) { self->state.leave(); });
  // A user whose rights changed may be refused what was under way.
  self->set_default_handler(caf::drop);
  self->state.start(std::move(node), std::move(connection));
  return {
      [self](const inbound& x) { self->state.on_inbound(x); },
      [self](const live_events& x) { self->state.on_live(x); },
      [self](const fetched& x) { self->state.on_fetched(x); },
      [self](const appended& x) { self->state.on_appended(x); },
      [self](const refused& x) { self->state.on_refused(x); },
      [self](const attached& x) { self->state.on_attached(x); },
      [self](const cursor_moved& x) { self->state.on_cursor(x); },
      [self](const ephemeral& x) { self->state.on_ephemeral(x); },
      [self](const end_session& x) {
        self->state.end(static_cast<close_code>(x.code));
      },
      [self](const drain& x) { self->state.on_drain(x); },
      [self](const flush&) { self->state.flush_cursors(); },
  };
}

} // namespace

caf::actor spawn_session(caf::actor_system& sys, context_ptr node,
                         outbox_ptr connection) {
  return sys.spawn(session, std::move(node), std::move(connection));
}

} // namespace parley
