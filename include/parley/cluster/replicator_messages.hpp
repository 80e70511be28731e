#pragma once

#include "parley/actors/messages.hpp"
#include "parley/cluster/link_messages.hpp"
#include "parley/cluster/surroundings.hpp"
#include "parley/history/replica_store.hpp"
#include "parley/model/replication/replica.hpp"

#include <caf/all.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

/// What the replicator is told and asked, and what it tells.
namespace parley::cluster {

// -- from the membership -----------------------------------------------------

/// The node has a session with this incarnation: its replicas begin, or go on
/// under another name.
struct joined {
  uint64_t incarnation = 0;
};
/// A partition's record was read (token 0: because it changed). A replica is
/// made if the record names this node.
struct record_seen {
  uint16_t partition = 0;
  uint64_t token = 0;
  rep::versioned_record record;
};
struct record_written {
  uint16_t partition = 0;
  uint64_t token = 0;
  rep::cas_outcome outcome = rep::cas_outcome::unknown;
  uint64_t version = 0;
};
/// Whom the replicator speaks with: the first message that it gets. The
/// observer hears who leads; the links take `outgoing` and give `arrived`.
struct meet {
  caf::actor observer;
  caf::actor links;
};
/// Where the replicator of another node is, or (null) that it is gone.
struct peer_replicator {
  rep::node_id node = 0;
  caf::actor replicator;
};

// -- from other nodes, beside `arrived`
// --------------------------------------------------------

/// A copy of a partition that this node leads: answered by `copy_opened`, or
/// an error `unavailable`.
struct open_copy {
  uint16_t partition = 0;
};
struct copy_opened {
  rep::position at;
  caf::actor source;
};
/// The next rows from a `copy_opened::source`: about so many bytes. Answered by
/// `copy_part`; the source ends after the last one, or when it is not asked for
/// a while.
struct next_part {
  uint64_t bytes = 0;
};
struct copy_part {
  std::string rows; ///< A history::batch; empty at the end.
};

// -- requests ----------------------------------------------------------------

/// For an election: the last synced entry of each replica, by `log_ends`.
struct get_log_ends {
  std::vector<uint16_t> partitions;
};
struct log_ends {
  struct one {
    uint16_t partition = 0;
    rep::position last;
    bool sound = false; ///< As `replica::is_sound()` says.
  };
  uint64_t incarnation = 0;
  std::vector<one> all;
};
/// Gives the leadership of a partition to a node (0: any), or tries to.
struct give_up_lead {
  uint16_t partition = 0;
  rep::node_id to = 0;
};
/// To the replicators of the other nodes: this one is about to stop, and should
/// not be waited for any more. No answer; the records tell.
struct node_leaves {
  rep::node_id node = 0;
};
/// To a replicator of its own node: say that to all.
struct say_leaving {};
/// Answered by `reads_are_confirmed` once no other leader can have committed
/// anything before the request was made, or by an error `unavailable`.
struct confirm_reads {
  uint16_t partition = 0;
};
struct reads_are_confirmed {};

// -- to the observer ---------------------------------------------------------

/// This node leads the partition from now on, with all that was committed.
struct partition_led {
  uint16_t partition = 0;
  uint64_t epoch = 0;
};
struct partition_lost {
  uint16_t partition = 0;
};
/// This node is to give up leading the partition: once nothing is open there,
/// the partition says `lead_yielded` to the replicator.
struct partition_yields {
  uint16_t partition = 0;
  uint64_t epoch = 0;
};

// -- to itself ---------------------------------------------------------------

/// Time passed.
struct replica_beat {
  rep::instant now{0};
};
struct log_read {
  rep::node_id to = 0;
  rep::append what;
  rep::position last;
};
/// A copy was fetched, or (no rows) was not.
struct copy_done {
  uint16_t partition = 0;
  rep::position at;
  std::shared_ptr<std::unique_ptr<history::partition_import>> rows;
};
/// A copy to make, for the copier.
struct make_copy {
  uint16_t partition = 0;
  caf::actor from; ///< The leader's replicator.
};

// -- inspection --------------------------------------------------------------

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, open_copy& x) {
  return fields(f, caf::meta::type_name("open_copy"), x.partition);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, copy_opened& x) {
  return fields(f, caf::meta::type_name("copy_opened"), x.at.epoch, x.at.index,
                x.source);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, next_part& x) {
  return fields(f, caf::meta::type_name("next_part"), x.bytes);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, copy_part& x) {
  return fields(f, caf::meta::type_name("copy_part"), x.rows);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, get_log_ends& x) {
  return fields(f, caf::meta::type_name("get_log_ends"), x.partitions);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, log_ends::one& x) {
  return fields(f, caf::meta::type_name("log_end"), x.partition, x.last.epoch,
                x.last.index, x.sound);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, give_up_lead& x) {
  return fields(f, caf::meta::type_name("give_up_lead"), x.partition, x.to);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, node_leaves& x) {
  return fields(f, caf::meta::type_name("node_leaves"), x.node);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, log_ends& x) {
  return fields(f, caf::meta::type_name("log_ends"), x.incarnation, x.all);
}

} // namespace parley::cluster

CAF_BEGIN_TYPE_ID_BLOCK(parley_replicator, caf::id_block::parley_links::end)

CAF_ADD_TYPE_ID(parley_replicator, (parley::cluster::joined))
CAF_ADD_TYPE_ID(parley_replicator, (parley::cluster::record_seen))
CAF_ADD_TYPE_ID(parley_replicator, (parley::cluster::record_written))
CAF_ADD_TYPE_ID(parley_replicator, (parley::cluster::meet))
CAF_ADD_TYPE_ID(parley_replicator, (parley::cluster::peer_replicator))
CAF_ADD_TYPE_ID(parley_replicator, (parley::cluster::open_copy))
CAF_ADD_TYPE_ID(parley_replicator, (parley::cluster::copy_opened))
CAF_ADD_TYPE_ID(parley_replicator, (parley::cluster::next_part))
CAF_ADD_TYPE_ID(parley_replicator, (parley::cluster::copy_part))
CAF_ADD_TYPE_ID(parley_replicator, (parley::cluster::get_log_ends))
CAF_ADD_TYPE_ID(parley_replicator, (parley::cluster::log_ends))
CAF_ADD_TYPE_ID(parley_replicator, (parley::cluster::give_up_lead))
CAF_ADD_TYPE_ID(parley_replicator, (parley::cluster::confirm_reads))
CAF_ADD_TYPE_ID(parley_replicator, (parley::cluster::reads_are_confirmed))
CAF_ADD_TYPE_ID(parley_replicator, (parley::cluster::partition_led))
CAF_ADD_TYPE_ID(parley_replicator, (parley::cluster::partition_lost))
CAF_ADD_TYPE_ID(parley_replicator, (parley::cluster::replica_beat))
CAF_ADD_TYPE_ID(parley_replicator, (parley::cluster::log_read))
CAF_ADD_TYPE_ID(parley_replicator, (parley::cluster::copy_done))
CAF_ADD_TYPE_ID(parley_replicator, (parley::cluster::make_copy))
CAF_ADD_TYPE_ID(parley_replicator, (parley::cluster::partition_yields))
CAF_ADD_TYPE_ID(parley_replicator, (parley::cluster::node_leaves))
CAF_ADD_TYPE_ID(parley_replicator, (parley::cluster::say_leaving))

CAF_END_TYPE_ID_BLOCK(parley_replicator)

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::cluster::joined)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::cluster::record_seen)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::cluster::record_written)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::cluster::meet)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::cluster::peer_replicator)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::cluster::confirm_reads)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::cluster::reads_are_confirmed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::cluster::partition_led)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::cluster::partition_lost)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::cluster::replica_beat)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::cluster::log_read)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::cluster::copy_done)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::cluster::make_copy)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::cluster::partition_yields)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::cluster::say_leaving)
