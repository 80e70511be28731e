#include "parley/cluster/links.hpp"

#include "cluster/link_beat.hpp"
#include "cluster/link_connection.hpp"
#include "cluster/links_state.hpp"

#include "parley/base/log.hpp"
#include "parley/base/metrics.hpp"
#include "parley/cluster/replication_wire.hpp"

#include <caf/openssl/all.hpp>

#include <algorithm>
#include <utility>

namespace parley::cluster {

protocol_range own_protocol() noexcept {
  constexpr protocol_range range{1, 1};
#ifdef PARLEY_NEXT_PROTOCOL
  return {range.min, range.max + 1};
#else
  return range;
#endif
}

// -- who should be linked ----------------------------------------------------

void links_state::on_reach(const reach& x) {
  const auto renamed = x.incarnation != incarnation;
  std::vector<node_id> leaving;
  for (const auto& [node, peer] : peers)
    if (renamed
        || std::find(x.peers.begin(), x.peers.end(), peer.address)
               == x.peers.end())
      leaving.push_back(node);
  for (auto node : leaving)
    remove_peer(node);
  incarnation = x.incarnation;
  if (incarnation == 0)
    return;
  for (const auto& each : x.peers)
    if (each.node != options.node && !find(each.node))
      add_peer(each);
}

void links_state::add_peer(const peer_address& x) {
  link_peer peer{x, options.node < x.node,
                 link_backoff{options.backoff_min, options.backoff_max}};
  auto& added = peers.emplace(x.node, std::move(peer)).first->second;
  added.attempt = ++attempts;
  if (added.dials)
    self->send(self, dial_due{x.node, added.attempt});
}

void links_state::remove_peer(node_id node) {
  auto& peer = peers.at(node);
  peer.dials = false; // Not again.
  if (peer.dialer)
    self->send_exit(peer.dialer, caf::exit_reason::user_shutdown);
  lose(peer, "membership dropped it, or knows it anew");
  peers.erase(node);
}

link_peer* links_state::find(node_id node) {
  auto found = peers.find(node);
  return found != peers.end() ? &found->second : nullptr;
}

link_peer* links_state::find_link(uint64_t link) {
  for (auto& [node, peer] : peers)
    if (peer.is_up() && peer.link == link)
      return &peer;
  return nullptr;
}

link_peer* links_state::find_where(const caf::node_id& where) {
  for (auto& [node, peer] : peers)
    if (peer.where == where)
      return &peer;
  return nullptr;
}

// -- how a link goes on ------------------------------------------------------

void links_state::on_pulse() {
  self->delayed_send(self, options.interval, pulse{});
  for (auto& [node, peer] : peers) {
    if (peer.stage != link_stage::up && peer.stage != link_stage::greeting)
      continue;
    if (now() - peer.heard > options.deadline)
      lose(peer, "it is silent");
    else if (peer.is_up())
      tell(peer);
  }
}

void links_state::tell(link_peer& peer) {
  beat next{peer.link, peer.in.tell()};
#ifdef PARLEY_NEXT_PROTOCOL
  next.sent = now().time_since_epoch().count();
#endif
  self->send(peer.links, next);
}

void links_state::on_beat(const beat& x) {
  auto* peer = find_link(x.link);
  if (!peer)
    return;
  peer->heard = now();
  peer->out.taken(x.taken);
#ifdef PARLEY_NEXT_PROTOCOL
  if (peer->version == own_protocol().max)
    self->send(peer->links, beat_heard{x.link, x.sent});
#endif
}

void links_state::on_batch(batch& x) {
  auto* peer = find_link(x.link);
  if (!peer)
    return;
  peer->heard = now();
  if (x.damaged) {
    log::error("link.damaged", "node={}", peer->address.node);
    return lose(*peer, "it sent what cannot be read");
  }
  self->send(offer.replicator, arrived{{peer->address.node, x.link, x.sent},
                                       peer->version,
                                       std::move(x.messages)});
}

void links_state::on_receipt(const receipt& x) {
  auto* peer = find_link(x.link);
  if (peer && peer->in.take(x.upto))
    tell(*peer);
}

void links_state::on_outgoing(outgoing& x) {
  auto* peer = find(x.to);
  if (!peer || !peer->is_up()) {
    metrics::add(metrics::counter::links_messages_dropped, x.messages.size());
    if (peer)
      peer->dropped_messages += x.messages.size();
    return;
  }
  batch next;
  uint64_t bytes = 0;
  uint64_t dropped = 0;
  auto send = [&] {
    if (next.messages.empty())
      return;
    next.sent = peer->out.send(std::exchange(bytes, 0));
    send_batch(*peer, next);
    next = batch{};
  };
  for (auto& each : x.messages) {
    const auto size = wire_size(each);
    if (!peer->out.fits(bytes + size)) {
      ++dropped;
      continue;
    }
    if (bytes + size > options.batch_bytes_max)
      send();
    bytes += size;
    next.messages.push_back(std::move(each));
  }
  send();
  peer->dropped_messages += dropped;
  metrics::add(metrics::counter::links_messages_dropped, dropped);
}

void links_state::send_batch(link_peer& peer, batch& x) {
  x.link = peer.link;
  peer.sent_messages += x.messages.size();
  metrics::add(metrics::counter::links_messages_sent, x.messages.size());
  self->send(peer.links, std::move(x));
}

// -- how it ends -------------------------------------------------------------

void links_state::on_down(const caf::down_msg& x) {
  for (auto& [node, peer] : peers)
    if (peer.links && peer.links.address() == x.source)
      return lose(peer, "its connection ended");
}

/// Ends what there is of a link; whoever dials begins again.
void links_state::lose(link_peer& peer, std::string_view why) {
  if (peer.where)
    close_node(self->system(), peer.where);
  if (peer.is_up()) {
    metrics::move(metrics::gauge::links_up, -1);
    log::warn("link.down", "node={} why={}", peer.address.node, why);
    self->send(observer, peer_down{peer.address.node, peer.address.incarnation,
                                   peer.where, std::string{why}});
  }
  peer.forget_link();
  peer.attempt = ++attempts;
  dial_later(peer);
}

void links_state::end() {
  // Otherwise CAF goes on to accept connections for an actor that is gone.
  self->send(basp_broker(self->system()), caf::unpublish_atom_v,
             self->address(), uint16_t{0});
  while (!peers.empty())
    remove_peer(peers.begin()->first);
}

link_views links_state::view() const {
  link_views result;
  for (const auto& [node, peer] : peers)
    result.all.push_back({node, peer.stage, peer.out.under_way(),
                          peer.sent_messages, peer.dropped_messages,
                          peer.attempt});
  return result;
}

// -- the actor ---------------------------------------------------------------

namespace {

caf::behavior links_actor(caf::stateful_actor<links_state>* self,
                          link_options options, link_offer offer,
                          caf::actor observer, random_source* random) {
  auto& state = self->state;
  state.options = std::move(options);
  state.offer = std::move(offer);
  state.observer = std::move(observer);
  state.random = random;
  self->set_down_handler(
      [&state](const caf::down_msg& x) { state.on_down(x); });
  self->set_exit_handler([self](const caf::exit_msg& x) {
    self->state.end();
    self->quit(x.reason);
  });
  self->send(self, pulse{});
  return {
      [&state](const reach& x) { state.on_reach(x); },
      [&state](const dial_due& x) { state.on_dial_due(x); },
      [&state](dialed& x) { state.on_dialed(x); },
      [&state](hello& x) { state.on_hello(x); },
      [&state](const refusal& x) { state.on_refusal(x); },
      [&state](pulse) { state.on_pulse(); },
      [&state](const beat& x) { state.on_beat(x); },
#ifdef PARLEY_NEXT_PROTOCOL
      [&state](const beat_heard& x) {
        if (const auto* peer = state.find_link(x.link))
          log::info("link.beat_heard", "node={} after={}ns", peer->address.node,
                    state.now().time_since_epoch().count() - x.sent);
      },
#endif
      [&state](batch& x) { state.on_batch(x); },
      [&state](const receipt& x) { state.on_receipt(x); },
      [&state](outgoing& x) { state.on_outgoing(x); },
      [&state](get_links) { return state.view(); },
      [&state](const hang_up& x) {
        if (!state.find_where(x.where))
          close_node(state.self->system(), x.where);
      },
  };
}

} // namespace

void configure_links(caf::actor_system_config& cfg,
                     const link_options& options) {
  cfg.add_message_types<caf::id_block::parley_links>();
#ifdef PARLEY_NEXT_PROTOCOL
  cfg.add_message_types<caf::id_block::parley_next>();
#endif
  cfg.load<caf::io::middleman>();
  if (options.security.with == link_security::kind::none)
    return;
  cfg.load<caf::openssl::manager>();
  cfg.openssl_certificate = options.security.certificate_file;
  cfg.openssl_key = options.security.key_file;
  cfg.openssl_cafile = options.security.authority_file;
}

result<links> start_links(caf::actor_system& sys, link_options options,
                          link_offer offer, caf::actor observer,
                          random_source& random) {
  if (auto checked = check_security(options); !checked)
    return checked.error();
  const auto tls = options.security.with == link_security::kind::tls;
  const auto host = options.listen_host;
  const auto port = options.listen_port;
  auto handle = sys.spawn(links_actor, std::move(options), std::move(offer),
                          std::move(observer), &random);
  auto listens =
      tls ? caf::openssl::publish(handle, port, host.c_str(), true)
          : sys.middleman().publish(handle, port, host.c_str(), true);
  if (listens)
    return links{std::move(handle), *listens};
  caf::anon_send_exit(handle, caf::exit_reason::user_shutdown);
  return error{errc::unavailable,
               fmt::format("links: cannot listen on {}:{}: {}", host, port,
                           sys.render(listens.error()))};
}

} // namespace parley::cluster
