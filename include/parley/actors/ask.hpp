#pragma once

#include "parley/actors/context.hpp"
#include "parley/actors/errors.hpp"
#include "parley/actors/messages.hpp"

#include <chrono>
#include <functional>
#include <utility>

namespace parley {

inline constexpr auto ask_timeout = std::chrono::seconds{10};

/// Has something done by one of the node's couriers: actors that ask others on
/// behalf of a thread that is none.
inline void send_errand(const node_context& node,
                        std::function<void(caf::event_based_actor*)> run) {
  auto at = node.next_reader.fetch_add(1, std::memory_order_relaxed);
  caf::anon_send(node.couriers[at % node.couriers.size()],
                 errand{std::move(run)});
}

/// Asks an actor from a thread that is none (a connection, the control socket)
/// and calls `done(result<Reply>)` once, from an actor's thread: it must not
/// block and should post to its own executor. Errors: whatever was answered;
/// `unavailable` when nothing was in time.
template <class Reply, class... Request>
void ask(const node_context& node, const caf::actor& whom,
         std::function<void(result<Reply>)> done, Request... request) {
  auto run = [whom, done = std::move(done),
              content = caf::make_message(std::move(request)...)](
                 caf::event_based_actor* self) {
    self->request(whom, ask_timeout, content)
        .then([done](Reply& x) { done(std::move(x)); },
              [done](caf::error& why) { done(from_caf(why)); });
  };
  send_errand(node, std::move(run));
}

template <class Reply, class Request>
void ask_user(const node_context& node, const std::string& user,
              std::function<void(result<Reply>)> done, Request request) {
  ask<Reply>(node, node.home(user), std::move(done), to_user{user},
             std::move(request));
}

template <class Reply, class Request>
void ask_conversation(const node_context& node, const std::string& conv,
                      std::function<void(result<Reply>)> done,
                      Request request) {
  ask<Reply>(node, node.home(conv), std::move(done), to_conversation{conv},
             std::move(request));
}

} // namespace parley
