#include "actors/session.hpp"
#include "actors/strays.hpp"

#include "parley/actors/spawn.hpp"

#include <utility>

namespace parley {

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
      turn(self, &s::on_cursor_second), turn(self, &s::on_home_moved),
      turn(self, &s::on_look_back),     turn(self, &s::on_recheck),
  };
}

} // namespace

caf::actor spawn_session(caf::actor_system& sys, context_ptr node,
                         outbox_ptr connection) {
  return sys.spawn(session, std::move(node), std::move(connection));
}

} // namespace parley
