#include "actors/node_store.hpp"

namespace parley::test {

result<std::optional<std::string>> node_store::get(history::family in,
                                                   std::string_view key,
                                                   history::reach how) const {
  if (how == history::reach::memory && cold_ && cold_(key))
    return error{errc::unavailable, "not in memory"};
  return disk_.get(in, key, how);
}

result<void>
node_store::scan(history::family in, std::string_view from, std::string_view to,
                 bool reverse,
                 const std::function<bool(std::string_view, std::string_view)>&
                     visit) const {
  return disk_.scan(in, from, to, reverse, visit);
}

result<void> node_store::write(const std::vector<history::batch>& batches) {
  if (cut_ || failing_)
    return error{errc::internal, "the disk is gone"};
  return disk_.write(batches);
}

} // namespace parley::test
