#include "cluster/link_connection.hpp"
#include "cluster/link_dialer.hpp"
#include "cluster/link_greeting.hpp"
#include "cluster/links_state.hpp"

#include "parley/base/log.hpp"
#include "parley/base/metrics.hpp"

#include <utility>

namespace parley::cluster {

void links_state::dial_later(link_peer& to) {
  if (to.dials)
    self->delayed_send(self, to.backoff.next(*random),
                       dial_due{to.address.node, to.attempt});
}

void links_state::on_dial_due(const dial_due& x) {
  auto* peer = find(x.node);
  if (!peer || peer->attempt != x.attempt)
    return;
  if (!peer->dialer)
    peer->dialer = spawn_dialer(
        self->system(), options.security.with == link_security::kind::tls,
        options.dial_timeout);
  peer->stage = link_stage::dialing;
  self->send(peer->dialer,
             dial{x.node, x.attempt, peer->address.host, peer->address.port});
}

void links_state::on_dialed(dialed& x) {
  auto* peer = find(x.node);
  if (!peer || peer->attempt != x.attempt) {
    if (x.links && !find_where(x.where))
      close_node(self->system(), x.where);
    return;
  }
  if (!x.links) {
    // The first time only: it is tried for as long as membership knows it.
    if (!std::exchange(peer->is_told_unreachable, true))
      log::warn("link.unreachable", "node={} address={}:{} why={}", x.node,
                peer->address.host, peer->address.port, x.error);
    return lose(*peer, x.error);
  }
  if (const auto* other = find_where(x.where)) {
    log::warn("link.refused", "node={} its address is that of node {}", x.node,
              other->address.node);
    return lose(*peer, "its address is another's");
  }
  peer->stage = link_stage::greeting;
  peer->where = std::move(x.where);
  peer->links = std::move(x.links);
  peer->heard = now();
  random->fill(&peer->link, sizeof peer->link);
  self->monitor(peer->links);
  greet(*peer);
}

void links_state::greet(link_peer& peer) {
  self->send(peer.links,
             hello{options.cluster, options.node, incarnation, options.build,
                   options.version_min, options.version_max, peer.link,
                   options.window_bytes, self, offer.replicator,
                   offer.partitions});
}

void links_state::on_hello(hello& x) {
  for (auto& [node, peer] : peers)
    if (peer.stage == link_stage::greeting && peer.link == x.link)
      return on_answer(peer, x);
  if (!x.links || x.links.node() == self->node())
    return;
  auto* peer = find(x.node);
  if (!peer)
    return refuse(x, "node: this node's membership does not know it (yet)");
  if (peer->dials)
    return refuse(x, "node: of two the one with the lower number dials");
  accept(*peer, x);
}

void links_state::on_answer(link_peer& peer, hello& x) {
  auto version = check_hello(x, peer.address, options, offer.partitions.size());
  if (version)
    return be_up(peer, x, *version);
  log::warn("link.refused", "node={} build={} {}", peer.address.node, x.build,
            version.error().message);
  lose(peer, version.error().message);
}

void links_state::accept(link_peer& peer, hello& x) {
  if (peer.is_up() && peer.link == x.link)
    return;
  auto version = check_hello(x, peer.address, options, offer.partitions.size());
  if (!version)
    return refuse(x, version.error().message);
  if (peer.is_up()) {
    // It would not dial if it still had the link that it has here. CAF knows
    // both connections by the same node, so both end, and it dials once more.
    const auto same = peer.where == x.links.node();
    lose(peer, "it dialled anew");
    if (same)
      return;
  }
  peer.link = x.link;
  peer.where = x.links.node();
  peer.links = x.links;
  self->monitor(peer.links);
  greet(peer);
  be_up(peer, x, *version);
}

void links_state::refuse(const hello& x, const std::string& why) {
  log::warn("link.refused", "node={} build={} {}", x.node, x.build, why);
  self->send(x.links, refusal{x.link, why});
  // It hangs up by itself when it has read this.
  self->delayed_send(self, options.deadline, hang_up{x.links.node()});
}

void links_state::on_refusal(const refusal& x) {
  for (auto& [node, peer] : peers)
    if (peer.stage == link_stage::greeting && peer.link == x.link) {
      log::warn("link.refused", "node={} says: {}", node, x.why);
      return lose(peer, x.why);
    }
}

void links_state::be_up(link_peer& peer, hello& x, uint16_t version) {
  peer.stage = link_stage::up;
  peer.version = version;
  peer.heard = now();
  peer.backoff.reset();
  peer.is_told_unreachable = false;
  peer.out = send_window{x.window};
  peer.in = receive_window{options.window_bytes};
  metrics::move(metrics::gauge::links_up, 1);
  log::info("link.up", "node={} incarnation={} build={} version={}", x.node,
            x.incarnation, x.build, version);
  self->send(observer,
             peer_up{x.node, x.incarnation, peer.where, version,
                     std::move(x.replicator), std::move(x.partitions)});
}

} // namespace parley::cluster
