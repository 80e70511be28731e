#pragma once

#include <cstddef>
#include <utility>
#include <vector>

namespace parley::bench {

/// What waits to be written to one socket, oldest first. An idle one holds no
/// memory. At `size_max` a push is refused: the other side does not read.
template <class Frame>
class frame_queue {
public:
  static constexpr size_t size_max = 1 << 16;

  /// @returns false if the queue is full; the frame is dropped then.
  bool push(Frame frame) {
    if (size() == size_max)
      return false;
    frames_.push_back(std::move(frame));
    return true;
  }

  /// @pre The queue is not empty.
  Frame pop() {
    auto frame = std::move(frames_[head_++]);
    if (head_ == frames_.size()) {
      frames_.clear();
      head_ = 0;
    } else if (head_ >= 64 && head_ * 2 >= frames_.size()) {
      frames_.erase(frames_.begin(),
                    frames_.begin() + static_cast<std::ptrdiff_t>(head_));
      head_ = 0;
    }
    return frame;
  }

  size_t size() const { return frames_.size() - head_; }

private:
  std::vector<Frame> frames_;
  size_t head_ = 0;
};

} // namespace parley::bench
