#pragma once

#include "parley/history/store.hpp"

#include <functional>

namespace parley::test {

/// What one start of a node sees of a store that outlives it: a crash cuts it
/// off between two writes, a test makes it fail.
class node_store final : public history::store {
public:
  explicit node_store(history::store& disk) : disk_(disk) {}

  /// Nothing reaches the disk any more.
  void cut() { cut_ = true; }
  bool is_cut() const { return cut_; }

  /// Writes fail from now on.
  void fail_writes() { failing_ = true; }

  /// Says of each read of memory alone whether that would need the disk.
  void set_cold(std::function<bool(std::string_view key)> cold) {
    cold_ = std::move(cold);
  }

  result<std::optional<std::string>> get(history::family in,
                                         std::string_view key,
                                         history::reach how) const override;
  result<void>
  scan(history::family in, std::string_view from, std::string_view to,
       bool reverse,
       const std::function<bool(std::string_view key, std::string_view value)>&
           visit) const override;
  result<void> write(const std::vector<history::batch>& batches) override;
  history::store_stats stats() const override { return disk_.stats(); }

private:
  history::store& disk_;
  std::function<bool(std::string_view)> cold_;
  bool cut_ = false;
  bool failing_ = false;
};

} // namespace parley::test
