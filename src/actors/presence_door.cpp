#include "actors/presence_hub.hpp"

#include "parley/actors/spawn.hpp"
#include "parley/base/log.hpp"

#include <caf/all.hpp>

#include <utility>

namespace parley {

namespace {

/// Stands before the hub, so that there is one again if it fails.
struct door_state {
  context_ptr node;
  caf::actor hub;

  void open(caf::event_based_actor* self) {
    hub = spawn_watch_hub(self->system(), node);
    self->monitor(hub);
  }
};

caf::behavior door(caf::stateful_actor<door_state>* self, context_ptr node) {
  self->state.node = std::move(node);
  self->state.open(self);
  self->set_default_handler(
      [self](caf::scheduled_actor*,
             caf::message_view& x) -> caf::result<caf::message> {
        auto* element = self->current_mailbox_element();
        self->state.hub->enqueue(
            caf::make_mailbox_element(element->sender, element->mid, {},
                                      x.move_content_to_message()),
            self->context());
        return caf::delegated<caf::message>{};
      });
  self->set_down_handler([self](const caf::down_msg& x) {
    log::error("presence.hub_failed", "why={}", caf::to_string(x.reason));
    self->state.open(self);
  });
  self->set_exit_handler([self](const caf::exit_msg& x) {
    self->demonitor(self->state.hub);
    self->send_exit(self->state.hub, caf::exit_reason::user_shutdown);
    self->quit(x.reason);
  });
  // It answers nothing by itself.
  return {[](const stop&) {
  }};
}

} // namespace

caf::actor spawn_presence_hub(caf::actor_system& sys, context_ptr node) {
  return sys.spawn(door, std::move(node));
}

} // namespace parley
