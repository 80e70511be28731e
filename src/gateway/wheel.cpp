#include "gateway/wheel.hpp"

#include <algorithm>

namespace parley::gateway {

wheel::wheel() = default;

void wheel::list::append(entry& who) noexcept {
  who.prev_ = head.prev_;
  who.next_ = &head;
  who.prev_->next_ = &who;
  head.prev_ = &who;
}

wheel::entry* wheel::list::take_first() noexcept {
  auto* first = head.next_;
  if (first == &head)
    return nullptr;
  first->unlink();
  return first;
}

void wheel::schedule(entry& who, tick when) noexcept {
  who.unlink();
  who.due_ = std::max(when, now_ + 1);
  slots_[who.due_ % slots_count].append(who);
}

/// Those of a later round of the wheel stay in their slot.
void wheel::collect(list& due) noexcept {
  auto& slot = slots_[now_ % slots_count];
  for (auto* who = slot.head.next_; who != &slot.head;) {
    auto* next = who->next_;
    if (who->due_ <= now_) {
      who->unlink();
      due.append(*who);
    }
    who = next;
  }
}

} // namespace parley::gateway
