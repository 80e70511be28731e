#pragma once

#include "parley/actors/errors.hpp"
#include "parley/actors/messages.hpp"

#include <caf/all.hpp>

#include <cstdint>

namespace parley {

inline constexpr auto led_elsewhere_words = "the leader changed; try again";

inline caf::error led_elsewhere() {
  return to_caf(
      error{errc::unavailable, led_elsewhere_words, leader_changes_ms});
}

inline refused led_elsewhere(uint64_t tag) {
  return {tag, static_cast<uint8_t>(errc::unavailable), led_elsewhere_words,
          leader_changes_ms};
}

/// Ends an actor whose partition this node leads no longer. Whoever waits for
/// an answer to what is in its mailbox is told so; nothing else happens.
template <class Self>
void end_deposed(Self* self) {
  self->set_default_handler(
      [self](caf::scheduled_actor*,
             caf::message_view& x) -> caf::result<caf::message> {
        if (x.content().match_elements<to_conversation, append>()) {
          const auto& act = x.content().template get_as<append>(1);
          self->send(act.reply_to, led_elsewhere(act.tag));
        }
        if (self->current_mailbox_element()->mid.is_request())
          return led_elsewhere();
        return caf::delegated<caf::message>{};
      });
  self->become([self](const stop&) { self->quit(); });
  self->send(self, stop{});
}

} // namespace parley
