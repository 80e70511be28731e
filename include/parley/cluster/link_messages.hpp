#pragma once

#include "parley/actors/messages.hpp"
#include "parley/model/replication/messages.hpp"

#include <caf/all.hpp>

#include <cstdint>
#include <string>
#include <vector>

/// What a node's `links` actor is told, tells, and says to those of other
/// nodes.
namespace parley::cluster {

using model::replication::node_id;

// -- from membership ---------------------------------------------------------

struct peer_address {
  node_id node = 0;
  std::string host; ///< A name or an address.
  uint16_t port = 0;
  uint64_t incarnation = 0;

  friend bool operator==(const peer_address&, const peer_address&) = default;
};

/// Whom the node should be linked with from now on, and as what it may say it
/// does. Links of another incarnation of either side end.
struct reach {
  uint64_t incarnation = 0; ///< Of this node; 0: it has none, and no links.
  std::vector<peer_address> peers; ///< Without this node.
};

// -- to the observer; strictly in turn for each peer -------------------------

struct peer_up {
  node_id node = 0;
  uint64_t incarnation = 0;
  caf::node_id where;   ///< To tell whose a handle is.
  uint16_t version = 0; ///< Of the protocol that both speak.
  caf::actor replicator;
  std::vector<caf::actor> partitions; ///< By their numbers.
};

/// All handles of that node are dead; what they were asked gets no answer.
struct peer_down {
  node_id node = 0;
  uint64_t incarnation = 0;
  caf::node_id where;
  std::string reason;
};

// -- replication messages ----------------------------------------------------

/// Messages for a peer's replicator. What does not fit in the peer's window, or
/// has no link, is dropped and counted: all of them may be lost.
struct outgoing {
  node_id to = 0;
  std::vector<model::replication::message> messages;
};

/// Messages of a peer, to the replicator, in the order in which they were
/// posted. Answer with `receipt` when they are dealt with: it is what lets the
/// peer send more.
struct receipt {
  node_id from = 0;
  uint64_t link = 0;
  uint64_t upto = 0; ///< Bytes of the link, these included.
};
struct arrived {
  receipt done;
  uint16_t version = 0;
  std::vector<model::replication::message> messages;
};

// -- between the links of two nodes ------------------------------------------

/// Both say it first, the node with the lower number before the other. It is
/// understood in all protocol versions.
struct hello {
  std::string cluster;
  node_id node = 0;
  uint64_t incarnation = 0;
  std::string build;
  uint16_t version_min = 0;
  uint16_t version_max = 0;
  uint64_t link = 0;   ///< Chosen by the lower, repeated by the higher.
  uint64_t window = 0; ///< So many bytes of batches may be on their way here.
  caf::actor links;
  caf::actor replicator;
  std::vector<caf::actor> partitions;
};

/// The answer to a `hello` that does not fit.
struct refusal {
  uint64_t link = 0;
  std::string why;
};

struct beat; // link_beat.hpp

struct batch {
  uint64_t link = 0;
  uint64_t sent = 0; ///< Bytes of batches on this link, this one included.
  std::vector<model::replication::message> messages;
  bool damaged = false; ///< What came is not what can be sent.
};

// -- what the links look like ------------------------------------------------

enum class link_stage : uint8_t { down, dialing, greeting, up };

struct link_view {
  node_id node = 0;
  link_stage stage = link_stage::down;
  uint64_t under_way = 0; ///< Bytes sent and not yet dealt with.
  uint64_t sent_messages = 0;
  uint64_t dropped_messages = 0;
  uint64_t failures = 0; ///< Dials in vain and links that ended.
};

/// Answered by `link_views`.
struct get_links {};
struct link_views {
  std::vector<link_view> all;
};

// -- within the part ---------------------------------------------------------

/// To itself: every interval.
struct pulse {};

/// To itself: it is time to dial.
struct dial_due {
  node_id node = 0;
  uint64_t attempt = 0;
};

/// To itself: a refused node had the time to hang up.
struct hang_up {
  caf::node_id where;
};

/// To a dialer; answered by `dialed`.
struct dial {
  node_id node = 0;
  uint64_t attempt = 0;
  std::string host;
  uint16_t port = 0;
};
struct dialed {
  node_id node = 0;
  uint64_t attempt = 0;
  caf::node_id where;
  caf::actor links;  ///< Of the peer; null: there is no connection.
  std::string error; ///< Then.
};

// -- inspection --------------------------------------------------------------

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, hello& x) {
  return fields(f, caf::meta::type_name("hello"), x.cluster, x.node,
                x.incarnation, x.build, x.version_min, x.version_max, x.link,
                x.window, x.links, x.replicator, x.partitions);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, refusal& x) {
  return fields(f, caf::meta::type_name("refusal"), x.link, x.why);
}

caf::error inspect(caf::serializer& sink, batch& x);

/// Damage inside a batch is not an error here, where it would only make the
/// message disappear: the links are told.
caf::error inspect(caf::deserializer& source, batch& x);

} // namespace parley::cluster

CAF_BEGIN_TYPE_ID_BLOCK(parley_links, caf::id_block::parley::end)

CAF_ADD_TYPE_ID(parley_links, (parley::cluster::reach))
CAF_ADD_TYPE_ID(parley_links, (parley::cluster::peer_up))
CAF_ADD_TYPE_ID(parley_links, (parley::cluster::peer_down))
CAF_ADD_TYPE_ID(parley_links, (parley::cluster::outgoing))
CAF_ADD_TYPE_ID(parley_links, (parley::cluster::receipt))
CAF_ADD_TYPE_ID(parley_links, (parley::cluster::arrived))
CAF_ADD_TYPE_ID(parley_links, (parley::cluster::hello))
CAF_ADD_TYPE_ID(parley_links, (parley::cluster::refusal))
CAF_ADD_TYPE_ID(parley_links, (parley::cluster::beat))
CAF_ADD_TYPE_ID(parley_links, (parley::cluster::batch))
CAF_ADD_TYPE_ID(parley_links, (parley::cluster::get_links))
CAF_ADD_TYPE_ID(parley_links, (parley::cluster::link_views))
CAF_ADD_TYPE_ID(parley_links, (parley::cluster::pulse))
CAF_ADD_TYPE_ID(parley_links, (parley::cluster::dial_due))
CAF_ADD_TYPE_ID(parley_links, (parley::cluster::hang_up))
CAF_ADD_TYPE_ID(parley_links, (parley::cluster::dial))
CAF_ADD_TYPE_ID(parley_links, (parley::cluster::dialed))

CAF_END_TYPE_ID_BLOCK(parley_links)

// These never leave the process.
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::cluster::reach)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::cluster::peer_up)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::cluster::peer_down)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::cluster::outgoing)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::cluster::receipt)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::cluster::arrived)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::cluster::get_links)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::cluster::link_views)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::cluster::pulse)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::cluster::dial_due)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::cluster::hang_up)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::cluster::dial)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::cluster::dialed)
