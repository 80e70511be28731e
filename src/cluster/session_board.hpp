#pragma once

#include "parley/cluster/coordination.hpp"

#include <utility>

namespace parley::cluster {

/// Who wants to hear of a client's session. Used by tasks of its executor only.
class session_board : public std::enable_shared_from_this<session_board> {
public:
  explicit session_board(executor post) : post_(std::move(post)) {}

  subscription subscribe(on_session listener) {
    auto held = std::make_shared<on_session>(std::move(listener));
    listeners_.push_back(held);
    post_([board = weak_from_this(), one = std::weak_ptr<on_session>(held)] {
      auto to = one.lock();
      if (auto self = board.lock(); self && to)
        (*to)(self->last_);
    });
    return held;
  }

  void tell(const session_event& event) {
    last_ = event;
    std::erase_if(listeners_, [](auto& x) { return x.expired(); });
    auto all = listeners_; // a listener may subscribe another
    for (auto& each : all)
      if (auto one = each.lock())
        (*one)(event);
  }

private:
  executor post_;
  std::vector<std::weak_ptr<on_session>> listeners_;
  session_event last_;
};

} // namespace parley::cluster
