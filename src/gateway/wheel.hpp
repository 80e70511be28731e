#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace parley::gateway {

/// The deadlines of everything on one I/O thread: a hashed wheel (Varghese and
/// Lauck) that its owner turns tick by tick. Moving a deadline costs a few
/// pointers, and who is idle costs nothing. Not thread-safe.
class wheel {
public:
  using tick = uint64_t;

  /// One who has a deadline; at most one at a time, and in one wheel.
  class entry {
  public:
    entry() = default;
    entry(const entry&) = delete;
    entry& operator=(const entry&) = delete;
    ~entry() { unlink(); }

    bool scheduled() const noexcept { return next_ != nullptr; }

  private:
    friend class wheel;

    void unlink() noexcept {
      if (!next_)
        return;
      prev_->next_ = next_;
      next_->prev_ = prev_;
      prev_ = next_ = nullptr;
    }

    entry* prev_ = nullptr;
    entry* next_ = nullptr;
    tick due_ = 0;
  };

  wheel();

  tick now() const noexcept { return now_; }

  /// Makes `who` due at `when`, instead of whatever was before; what is past
  /// or present is due with the next tick.
  void schedule(entry& who, tick when) noexcept;

  static void remove(entry& who) noexcept { who.unlink(); }

  /// Turns to `to` and calls `on_due(entry&)` for each that is due, after it
  /// was taken out. The callback may schedule, remove and destroy entries.
  template <class OnDue>
  void advance(tick to, OnDue&& on_due) {
    list due;
    while (now_ < to) {
      ++now_;
      collect(due);
      while (auto* who = due.take_first())
        on_due(*who);
    }
  }

  /// Calls `visit(entry&)` for each; it must not change the wheel.
  template <class Visit>
  void for_each(Visit&& visit) {
    for (auto& slot : slots_)
      for (auto* who = slot.head.next_; who != &slot.head; who = who->next_)
        visit(*who);
  }

private:
  static constexpr size_t slots_count = 256;

  /// A circle through `head`, so that taking one out needs no list.
  struct list {
    list() { head.prev_ = head.next_ = &head; }
    list(const list&) = delete;
    list& operator=(const list&) = delete;
    ~list() {
      while (take_first()) {}
    }

    void append(entry& who) noexcept;
    entry* take_first() noexcept;

    entry head;
  };

  void collect(list& due) noexcept;

  tick now_ = 0;
  std::array<list, slots_count> slots_;
};

} // namespace parley::gateway
