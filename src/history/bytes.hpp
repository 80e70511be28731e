#pragma once

#include "parley/base/hash.hpp"

#include <bit>
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

/// The bytes of a stored value. Writer and reader have the same members, so
/// that one function per record lists its fields for both ways: see
/// codecs.cpp. Numbers are varints (7 bits a byte, lowest first) in their only
/// shortest form; signed numbers are zigzagged; text has its length before it.
namespace parley::history {

/// Whether `X` is `Record` or `const Record`.
template <class X, class Record>
concept is = std::same_as<std::remove_const_t<X>, Record>;

constexpr uint64_t zigzag(int64_t x) noexcept {
  return (static_cast<uint64_t>(x) << 1) ^ static_cast<uint64_t>(x >> 63);
}

constexpr int64_t unzigzag(uint64_t x) noexcept {
  return static_cast<int64_t>((x >> 1) ^ (~(x & 1) + 1));
}

class byte_writer {
public:
  static constexpr bool reading = false;

  explicit byte_writer(std::string& to) : to_(to) {}

  bool byte(uint8_t x) {
    to_.push_back(static_cast<char>(x));
    return true;
  }

  bool number(uint64_t x) {
    for (; x >= 0x80; x >>= 7)
      to_.push_back(static_cast<char>(x | 0x80));
    to_.push_back(static_cast<char>(x));
    return true;
  }

  bool number(uint32_t x) { return number(uint64_t{x}); }
  bool signed_number(int64_t x) { return number(zigzag(x)); }
  bool flag(bool x) { return byte(x ? 1 : 0); }

  bool text(std::string_view x) {
    number(uint64_t{x.size()});
    to_.append(x);
    return true;
  }

  bool hash(const hash128& x) {
    to_.append(x.view());
    return true;
  }

  /// An enum whose values run from 1 to `last`.
  template <class Enum>
  bool choice(Enum x, Enum) {
    return byte(static_cast<uint8_t>(x));
  }

  template <class Sequence, class Fields>
  bool each(const Sequence& xs, Fields&& fields) {
    number(uint64_t{xs.size()});
    for (const auto& x : xs)
      fields(x);
    return true;
  }

  /// A number above `last`, which it replaces.
  bool rising(uint64_t x, uint64_t& last) {
    number(x - last);
    last = x;
    return true;
  }

private:
  std::string& to_;
};

class byte_reader {
public:
  static constexpr bool reading = true;

  explicit byte_reader(std::string_view from) : rest_(from) {}

  bool done() const noexcept { return rest_.empty(); }
  std::string_view rest() const noexcept { return rest_; }

  bool byte(uint8_t& x) noexcept {
    if (rest_.empty())
      return false;
    x = static_cast<uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    return true;
  }

  bool number(uint64_t& x) noexcept;
  bool number(uint32_t& x) noexcept;
  bool signed_number(int64_t& x) noexcept;
  bool flag(bool& x) noexcept;
  bool text(std::string_view& x) noexcept;
  bool text(std::string& x);
  bool hash(hash128& x) noexcept;

  template <class Enum>
  bool choice(Enum& x, Enum last) noexcept {
    uint8_t value = 0;
    if (!byte(value) || value == 0 || value > static_cast<uint8_t>(last))
      return false;
    x = static_cast<Enum>(value);
    return true;
  }

  template <class Sequence, class Fields>
  bool each(Sequence& xs, Fields&& fields) {
    uint64_t count = 0;
    // An element has at least one byte: a damaged count allocates nothing.
    if (!number(count) || count > rest_.size())
      return false;
    xs.reserve(count);
    for (; count > 0; --count)
      if (!fields(xs.emplace_back()))
        return false;
    return true;
  }

  bool rising(uint64_t& x, uint64_t& last) noexcept;

private:
  std::string_view rest_;
};

} // namespace parley::history
