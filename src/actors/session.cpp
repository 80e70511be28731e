#include "actors/session.hpp"

#include "actors/strays.hpp"

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
  speak();
}

void session_state::on_end(const end_session& x) {
  end(static_cast<close_code>(x.code));
}

/// Hands the connection what this turn has to say, all at once.
void session_state::speak() {
  if (!out.empty() && connection)
    connection->push(std::move(out));
  out = {};
}

void session_state::end(close_code code) {
  if (at == phase::ended)
    return;
  at = phase::ended;
  speak();
  if (connection)
    connection->close(code);
}

void session_state::leave() {
  if (home)
    self->send(*home, to_user{user}, detach{id});
  at = phase::ended;
  connection.reset();
  self->quit();
}

namespace {

/// A handler whose words leave together when it is done.
template <class T>
auto turn(caf::stateful_actor<session_state>* self,
          void (session_state::*handle)(const T&)) {
  return [self, handle](const T& x) {
    (self->state.*handle)(x);
    self->state.speak();
  };
}

caf::behavior session(caf::stateful_actor<session_state>* self,
                      context_ptr node, outbox_ptr connection) {
  self->set_exit_handler([self](const caf::exit_msg&) { self->state.leave(); });
  // A user whose rights changed may be refused what was under way.
  ignore_strays(self);
  self->state.start(std::move(node), std::move(connection));
  using s = session_state;
  return {
      turn(self, &s::on_inbound),       turn(self, &s::on_live),
      turn(self, &s::on_fetched),       turn(self, &s::on_appended),
      turn(self, &s::on_refused),       turn(self, &s::on_attached),
      turn(self, &s::on_cursor),        turn(self, &s::on_ephemeral),
      turn(self, &s::on_end),           turn(self, &s::on_drain),
      turn(self, &s::on_cursor_second),
  };
}

} // namespace

caf::actor spawn_session(caf::actor_system& sys, context_ptr node,
                         outbox_ptr connection) {
  return sys.spawn(session, std::move(node), std::move(connection));
}

} // namespace parley
