#include "cluster/link_dialer.hpp"

#include "cluster/link_connection.hpp"

#include "parley/cluster/link_messages.hpp"

#include <set>
#include <string>
#include <utility>

namespace parley::cluster {

namespace {

dialed reply_to(const dial& to) {
  dialed x;
  x.node = to.node;
  x.attempt = to.attempt;
  return x;
}

dialed failed(const dial& to, std::string why) {
  auto x = reply_to(to);
  x.error = std::move(why);
  return x;
}

struct dialer_state {
  explicit dialer_state(caf::stateful_actor<dialer_state>* actor)
      : self(actor) {}

  caf::result<dialed> on_dial(const dial& to) {
    auto scribe = connect_within(self->system(), to.host, to.port, tls, limit);
    if (!scribe)
      return failed(to, scribe.error().message);
    return shake_hands(to, *scribe);
  }

  /// Gives CAF the connection and waits for the peer's handshake. A peer that
  /// accepts and then says nothing would be waited for, for ever.
  caf::result<dialed> shake_hands(const dial& to,
                                  const caf::io::scribe_ptr& scribe) {
    auto answer = self->make_response_promise<dialed>();
    unknown = scribe;
    self->request(basp_broker(self->system()), limit, caf::connect_atom_v,
                  scribe, to.port)
        .then(
            [=, this](caf::node_id& where, caf::strong_actor_ptr& links,
                      std::set<std::string>&) mutable {
              unknown = nullptr;
              auto x = reply_to(to);
              x.where = std::move(where);
              x.links = caf::actor_cast<caf::actor>(std::move(links));
              if (!x.links)
                x.error = "no cluster node listens there";
              answer.deliver(std::move(x));
            },
            [=, this](const caf::error& why) mutable {
              hang_up_unknown();
              answer.deliver(failed(to, self->system().render(why)));
            });
    return answer;
  }

  void hang_up_unknown() {
    if (unknown)
      close_connection(self->system(), std::exchange(unknown, nullptr));
  }

  caf::stateful_actor<dialer_state>* self;
  bool tls = false;
  std::chrono::milliseconds limit{};
  caf::io::scribe_ptr unknown; ///< Whose it is, is not known yet.
};

caf::behavior dialer(caf::stateful_actor<dialer_state>* self, bool tls,
                     std::chrono::milliseconds limit) {
  auto& state = self->state;
  state.tls = tls;
  state.limit = limit;
  self->set_exit_handler([self](const caf::exit_msg& x) {
    self->state.hang_up_unknown();
    self->quit(x.reason);
  });
  return {[&state](const dial& to) {
    return state.on_dial(to);
  }};
}

} // namespace

caf::actor spawn_dialer(caf::actor_system& sys, bool tls,
                        std::chrono::milliseconds limit) {
  return sys.spawn<caf::detached>(dialer, tls, limit);
}

} // namespace parley::cluster
