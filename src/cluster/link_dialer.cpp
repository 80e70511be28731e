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

/// Gives CAF the connection and waits for the peer's handshake. A peer that
/// accepts and then says nothing would be waited for, for ever.
void shake_hands(caf::event_based_actor* self, const dial& to,
                 const caf::io::scribe_ptr& scribe,
                 std::chrono::milliseconds limit,
                 caf::typed_response_promise<dialed> answer) {
  self->request(basp_broker(self->system()), limit, caf::connect_atom_v, scribe,
                to.port)
      .then(
          [=](caf::node_id& where, caf::strong_actor_ptr& links,
              std::set<std::string>&) mutable {
            auto x = reply_to(to);
            x.where = std::move(where);
            x.links = caf::actor_cast<caf::actor>(std::move(links));
            if (!x.links)
              x.error = "no cluster node listens there";
            answer.deliver(std::move(x));
          },
          [=](caf::error& why) mutable {
            close_connection(self->system(), scribe);
            answer.deliver(failed(to, self->system().render(why)));
          });
}

caf::behavior dialer(caf::event_based_actor* self, bool tls,
                     std::chrono::milliseconds limit) {
  return {[=](const dial& to) -> caf::result<dialed> {
    auto scribe = connect_within(self->system(), to.host, to.port, tls, limit);
    if (!scribe)
      return failed(to, scribe.error().message);
    auto answer = self->make_response_promise<dialed>();
    shake_hands(self, to, *scribe, limit, answer);
    return answer;
  }};
}

} // namespace

caf::actor spawn_dialer(caf::actor_system& sys, bool tls,
                        std::chrono::milliseconds limit) {
  return sys.spawn<caf::detached>(dialer, tls, limit);
}

} // namespace parley::cluster
