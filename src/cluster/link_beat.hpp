#pragma once

#include "parley/cluster/link_messages.hpp"

#include <caf/all.hpp>

#include <cstdint>

/// What the links of two nodes tell each other all the time. Only links.cpp
/// knows it: it is the part of the protocol that the tests' next version of
/// this node (PARLEY_NEXT_PROTOCOL) has more of.
namespace parley::cluster {

/// Every interval, and when the other side waits to be told.
struct beat {
  uint64_t link = 0;
  uint64_t taken = 0; ///< Bytes of batches that are dealt with.
#ifdef PARLEY_NEXT_PROTOCOL
  int64_t sent = 0; ///< By the sender's clock; 0: by a node that says nothing.
#endif
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, beat& x) {
#ifdef PARLEY_NEXT_PROTOCOL
  return fields(f, caf::meta::type_name("beat"), x.link, x.taken, x.sent);
#else
  return fields(f, caf::meta::type_name("beat"), x.link, x.taken);
#endif
}

#ifdef PARLEY_NEXT_PROTOCOL
/// Answers a beat; for peers that speak the next version.
struct beat_heard {
  uint64_t link = 0;
  int64_t sent = 0; ///< As the beat says.
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, beat_heard& x) {
  return fields(f, caf::meta::type_name("beat_heard"), x.link, x.sent);
}
#endif

} // namespace parley::cluster

#ifdef PARLEY_NEXT_PROTOCOL
CAF_BEGIN_TYPE_ID_BLOCK(parley_next, 10'000)

CAF_ADD_TYPE_ID(parley_next, (parley::cluster::beat_heard))

CAF_END_TYPE_ID_BLOCK(parley_next)
#endif
