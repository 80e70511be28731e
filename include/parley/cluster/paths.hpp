#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace parley::cluster {

/// Where everything of one cluster lies; docs/cluster.md has the tree.
class paths {
public:
  explicit paths(std::string_view cluster);

  const std::string& root() const noexcept { return root_; }
  std::string parameters() const { return root_ + "/parameters"; }
  /// Every node that belongs to the cluster, alive or not.
  std::string roster() const { return root_ + "/roster"; }
  /// The nodes that are alive.
  std::string nodes() const { return root_ + "/nodes"; }
  std::string node(std::string_view name) const;
  /// The incarnations that are alive: an entry whose existence a transaction
  /// can check, which the creation id of another entry is not.
  std::string incarnations() const { return root_ + "/incarnations"; }
  std::string incarnation(uint64_t id) const;
  std::string partitions() const { return root_ + "/partitions"; }
  std::string partition(uint16_t which) const;
  std::string draining() const { return root_ + "/draining"; }
  std::string draining(std::string_view name) const;
  std::string controller() const { return root_ + "/controller"; }
  std::string controller_epoch() const { return root_ + "/controller_epoch"; }

private:
  std::string root_;
};

/// The partition that a child of `partitions` is named after.
std::optional<uint16_t> partition_named(std::string_view name);

} // namespace parley::cluster
