#include "gateway/mailbox.hpp"

#include <utility>

namespace parley::gateway {

void mailbox::put(mail x) {
  {
    std::lock_guard guard{lock_};
    if (closed_)
      return;
    bool first = waiting_.empty();
    waiting_.mails.push_back(std::move(x));
    if (!first)
      return;
  }
  wake_();
}

void mailbox::put(task x) {
  {
    std::lock_guard guard{lock_};
    if (closed_)
      return;
    bool first = waiting_.empty();
    waiting_.tasks.push_back(std::move(x));
    if (!first)
      return;
  }
  wake_();
}

void mailbox::take(contents& to) {
  std::lock_guard guard{lock_};
  std::swap(waiting_, to);
}

void mailbox::close() {
  contents dropped;
  std::lock_guard guard{lock_};
  closed_ = true;
  std::swap(waiting_, dropped);
}

} // namespace parley::gateway
