#include "gateway/send_message.hpp"

#include "parley/actors/ask.hpp"

#include <utility>

namespace parley::gateway {

namespace {

using sent = std::function<void(result<appended::one>)>;

/// Lives for one message: `append` is answered by a plain message, to an actor.
caf::behavior sender(caf::event_based_actor* self, const context_ptr& node,
                     std::string conv, append what, const sent& done) {
  self->set_default_handler(caf::drop);
  what.reply_to = caf::actor_cast<caf::actor>(self);
  const auto& home = node->home(conv);
  self->send(home, to_conversation{std::move(conv)}, std::move(what));
  auto end = [self, done](result<appended::one> outcome) {
    done(std::move(outcome));
    self->quit();
  };
  return {
      [end](const appended& x) { end(x.all.front()); },
      [end](const refused& x) {
        end(error{static_cast<errc>(x.code), x.message, x.retry_after_ms});
      },
      caf::after(ask_timeout) >>
          [end] {
            end(error{errc::unavailable, "no answer in time; send it again"});
          },
  };
}

} // namespace

void send_message(caf::actor_system& sys, const context_ptr& node,
                  std::string conv, append what, sent done) {
  sys.spawn(sender, node, std::move(conv), std::move(what), std::move(done));
}

} // namespace parley::gateway
