#include "gateway/send_message.hpp"

#include "parley/actors/ask.hpp"

#include <chrono>
#include <utility>

namespace parley::gateway {

namespace {

using sent = std::function<void(result<appended::one>)>;

/// A refusal for no longer than a leader takes to change is waited out here:
/// the same `cid` finds out what became of the first attempt.
constexpr int attempts_max = 30;

bool passes_soon(const refused& x) {
  return x.code == static_cast<uint8_t>(errc::unavailable)
         && x.retry_after_ms > 0 && x.retry_after_ms <= leader_changes_ms;
}

struct sender_state {
  context_ptr node;
  std::string conv;
  append what;
  sent done;
  int attempts = 0;
};

void attempt(caf::stateful_actor<sender_state>* self) {
  auto& s = self->state;
  ++s.attempts;
  auto what = s.what;
  what.reply_to = caf::actor_cast<caf::actor>(self);
  self->send(s.node->home(s.conv), to_conversation{s.conv}, std::move(what));
}

void end(caf::stateful_actor<sender_state>* self,
         result<appended::one> outcome) {
  self->state.done(std::move(outcome));
  self->quit();
}

/// Lives for one message: `append` is answered by a plain message, to an actor.
caf::behavior sender(caf::stateful_actor<sender_state>* self, context_ptr node,
                     std::string conv, append what, sent done) {
  self->set_default_handler(caf::drop);
  self->state = {std::move(node), std::move(conv), std::move(what),
                 std::move(done)};
  attempt(self);
  return {
      [self](const appended& x) { end(self, x.all.front()); },
      [self](const refused& x) {
        if (passes_soon(x) && self->state.attempts < attempts_max)
          self->delayed_send(self, std::chrono::milliseconds{x.retry_after_ms},
                             look_back{});
        else
          end(self,
              error{static_cast<errc>(x.code), x.message, x.retry_after_ms});
      },
      [self](const look_back&) { attempt(self); },
      caf::after(ask_timeout) >>
          [self] {
            end(self,
                error{errc::unavailable, "no answer in time; send it again"});
          },
  };
}

} // namespace

void send_message(caf::actor_system& sys, const context_ptr& node,
                  std::string conv, append what, sent done) {
  sys.spawn(sender, node, std::move(conv), std::move(what), std::move(done));
}

} // namespace parley::gateway
