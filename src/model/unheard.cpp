#include "parley/model/unheard.hpp"

#include <algorithm>

namespace parley::model {

void unheard::note(const std::string& conv, const event& x) {
  auto [at, is_new] = all_.try_emplace(conv, span{x, x});
  if (!is_new)
    at->second.newest = x;
}

void unheard::acknowledge(uint64_t useq) {
  std::erase_if(all_,
                [&](const auto& x) { return x.second.newest.useq <= useq; });
  for (auto& [conv, x] : all_)
    if (x.oldest.useq <= useq)
      x.oldest = x.newest;
}

std::vector<unheard::due_event>
unheard::take_due(timestamp now, uint64_t durable, bool alone) {
  std::vector<due_event> taken;
  auto is_due = [&](const event& x) {
    return x.useq <= durable && (alone || x.due <= now);
  };
  for (auto i = all_.begin(); i != all_.end();) {
    auto& [oldest, newest] = i->second;
    if (is_due(newest)) {
      taken.push_back({i->first, newest});
      i = all_.erase(i);
      continue;
    }
    if (is_due(oldest)) {
      taken.push_back({i->first, oldest});
      oldest = newest;
    }
    ++i;
  }
  return taken;
}

uint64_t unheard::first() const noexcept {
  uint64_t lowest = 0;
  for (const auto& [conv, x] : all_)
    if (lowest == 0 || x.oldest.useq < lowest)
      lowest = x.oldest.useq;
  return lowest;
}

std::optional<timestamp> unheard::next_due() const noexcept {
  std::optional<timestamp> next;
  for (const auto& [conv, x] : all_)
    next = next ? std::min(*next, x.oldest.due) : x.oldest.due;
  return next;
}

} // namespace parley::model
