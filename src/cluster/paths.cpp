#include "parley/cluster/paths.hpp"

#include <charconv>

namespace parley::cluster {

paths::paths(std::string_view cluster)
    : root_("/parley/" + std::string{cluster}) {}

std::string paths::node(std::string_view name) const {
  return nodes() + '/' + std::string{name};
}

std::string paths::incarnation(uint64_t id) const {
  return incarnations() + '/' + std::to_string(id);
}

std::string paths::partition(uint16_t which) const {
  return partitions() + '/' + std::to_string(which);
}

std::string paths::draining(std::string_view name) const {
  return draining() + '/' + std::string{name};
}

std::optional<uint16_t> partition_named(std::string_view name) {
  uint16_t out = 0;
  auto [end, wrong] =
      std::from_chars(name.data(), name.data() + name.size(), out);
  if (wrong != std::errc{} || end != name.data() + name.size()
      || std::to_string(out) != name)
    return std::nullopt;
  return out;
}

} // namespace parley::cluster
