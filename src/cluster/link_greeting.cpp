#include "cluster/link_greeting.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace parley::cluster {

namespace {

template <class... Args>
error misfit(fmt::format_string<Args...> text, Args&&... args) {
  return {errc::conflict, fmt::format(text, std::forward<Args>(args)...)};
}

} // namespace

result<uint16_t> check_hello(const hello& x, const peer_address& from,
                             const link_options& own, size_t partitions) {
  if (x.cluster != own.cluster)
    return misfit("cluster: it is of \"{}\", this is \"{}\"", x.cluster,
                  own.cluster);
  if (x.node != from.node)
    return misfit("node: it is {}, {} was expected", x.node, from.node);
  if (x.incarnation != from.incarnation)
    return misfit("incarnation: it is {}, membership says {}", x.incarnation,
                  from.incarnation);
  if (x.partitions.size() != partitions)
    return misfit("partitions: it has {}, this node {}", x.partitions.size(),
                  partitions);
  const auto highest = std::min(x.version_max, own.version_max);
  if (highest < std::max(x.version_min, own.version_min))
    return misfit("protocol version: it speaks {} to {}, this node {} to {}",
                  x.version_min, x.version_max, own.version_min,
                  own.version_max);
  return highest;
}

} // namespace parley::cluster
