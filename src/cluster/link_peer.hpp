#pragma once

#include "cluster/link_backoff.hpp"
#include "cluster/link_window.hpp"

#include "parley/cluster/link_messages.hpp"

#include <caf/all.hpp>

#include <utility>

namespace parley::cluster {

/// What the links know of one peer within `reach`.
struct link_peer {
  link_peer(peer_address at, bool dials_it, link_backoff pauses)
      : address(std::move(at)), dials(dials_it), backoff(pauses) {}

  peer_address address;
  bool dials = false; ///< This node does, having the lower number.
  link_stage stage = link_stage::down;
  link_backoff backoff;
  uint64_t attempt = 0;             ///< What comes of another is stale.
  bool is_told_unreachable = false; ///< In the log.
  caf::actor dialer;                ///< Null until the first dial.

  // From here on: of the present link, from the greeting on.
  uint64_t link = 0;
  uint16_t version = 0;
  caf::node_id where;
  caf::actor links;
  caf::actor_clock::time_point heard;
  send_window out;
  receive_window in;

  uint64_t sent_messages = 0;
  uint64_t dropped_messages = 0;

  bool is_up() const { return stage == link_stage::up; }

  void forget_link() {
    stage = link_stage::down;
    link = 0;
    where = caf::node_id{};
    links = nullptr;
    out = send_window{};
    in = receive_window{};
  }
};

} // namespace parley::cluster
