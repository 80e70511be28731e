#include "model/sim/zookeeper.hpp"

#include <algorithm>
#include <utility>

namespace parley::sim {

namespace {

template <class T>
T take(std::vector<T>& from, size_t i) {
  auto x = std::move(from[i]);
  from.erase(from.begin() + static_cast<std::ptrdiff_t>(i));
  return x;
}

} // namespace

zookeeper::answer zookeeper::deal(dice& random, fate of_it) {
  auto x = take(asked_, random.below(asked_.size()));
  auto out = answer{x.from, x.life, x.what.token, {}, 0};
  auto done = of_it <= fate::done && carry_out(x.what);
  out.version = version();
  if (of_it == fate::answered) {
    out.outcome =
        done ? rep::cas_outcome::confirmed : rep::cas_outcome::refused;
    return out;
  }
  out.outcome = rep::cas_outcome::unknown;
  if (of_it == fate::ghost)
    ghosts_.push_back(std::move(x.what));
  return out;
}

void zookeeper::let_ghost_arrive(dice& random) {
  if (!ghosts_.empty())
    carry_out(take(ghosts_, random.below(ghosts_.size())));
}

bool zookeeper::carry_out(const rep::compare_and_set& what) {
  auto is_current = [this](const rep::isr_member& m) {
    return m.incarnation != 0 && sessions_[m.node] == m.incarnation;
  };
  if (what.expected && *what.expected != version())
    return false;
  if (!std::all_of(what.must_be_current.begin(), what.must_be_current.end(),
                   is_current))
    return false;
  auto record = what.record;
  // Without incarnations in what replicas say (R6 left out), the record can
  // only take the one that is current when it is written.
  for (auto& each : record.isr)
    if (each.incarnation == 0)
      each.incarnation = sessions_[each.node];
  history_.push_back(std::move(record));
  return true;
}

} // namespace parley::sim
