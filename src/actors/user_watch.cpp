#include "actors/user.hpp"

#include "parley/base/names.hpp"

#include <algorithm>

namespace parley {

/// By HTTP; a session asks the hub itself.
caf::result<answer> user_state::on_watch(const watch& x) {
  self->delegate(node->presence_hub, to_user{name}, x);
  return caf::delegated<answer>{};
}

member_groups user_state::on_groups() const {
  member_groups result;
  for (const auto& [conv, in] : list)
    if (!in.record.left && valid_group(conv))
      result.all.push_back(hash_of(conv));
  std::sort(result.all.begin(), result.all.end());
  return result;
}

} // namespace parley
