#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace parley {

/// Immutable bytes that many may hold: an event is encoded once and shared by
/// all who send it. Copying is cheap; safe to share between threads.
class shared_bytes {
public:
  shared_bytes() = default;
  explicit shared_bytes(std::string bytes)
      : data_(bytes.empty()
                  ? nullptr
                  : std::make_shared<const std::string>(std::move(bytes))) {}

  std::string_view view() const noexcept {
    return data_ ? std::string_view{*data_} : std::string_view{};
  }
  size_t size() const noexcept { return data_ ? data_->size() : 0; }
  bool empty() const noexcept { return size() == 0; }

  friend bool operator==(const shared_bytes& a, const shared_bytes& b) {
    return a.view() == b.view();
  }

private:
  std::shared_ptr<const std::string> data_;
};

} // namespace parley
