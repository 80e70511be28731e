#pragma once

#include "cluster/link_peer.hpp"

#include "parley/cluster/links.hpp"

#include <caf/all.hpp>

#include <map>
#include <string>
#include <string_view>

namespace parley::cluster {

/// What a `links` actor is.
struct links_state {
  explicit links_state(caf::stateful_actor<links_state>* actor) : self(actor) {}

  // -- who should be linked ----------------------------------------------

  void on_reach(const reach& x);
  void add_peer(const peer_address& x);
  void remove_peer(node_id node);

  // -- how a link begins (links_begin.cpp) -------------------------------

  void dial_later(link_peer& to);
  void on_dial_due(const dial_due& x);
  void on_dialed(dialed& x);
  void on_hello(hello& x);
  void on_answer(link_peer& peer, hello& x);
  void on_refusal(const refusal& x);
  void greet(link_peer& peer);
  void accept(link_peer& peer, hello& x);
  void refuse(const hello& x, const std::string& why);
  void be_up(link_peer& peer, hello& x, uint16_t version);

  // -- how it goes on, and ends ------------------------------------------

  void on_pulse();
  void on_beat(const beat& x);
  void on_batch(batch& x);
  void on_receipt(const receipt& x);
  void on_outgoing(outgoing& x);
  void on_down(const caf::down_msg& x);
  void tell(link_peer& peer);
  void send_batch(link_peer& peer, batch& x);
  void lose(link_peer& peer, std::string_view why);
  void end();

  link_peer* find(node_id node);
  link_peer* find_link(uint64_t link); ///< One that is up.
  link_peer* find_where(const caf::node_id& where);
  caf::actor_clock::time_point now() const { return self->clock().now(); }
  link_views view() const;

  caf::stateful_actor<links_state>* self;
  link_options options;
  link_offer offer;
  caf::actor observer;
  random_source* random = nullptr;
  uint64_t incarnation = 0;
  std::map<node_id, link_peer> peers;
  /// So far, of all peers: one that is known anew, as another incarnation, must
  /// not take what was due for the one before for its own.
  uint64_t attempts = 0;
};

} // namespace parley::cluster
