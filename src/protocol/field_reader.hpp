#pragma once

#include "protocol/fields.hpp"

#include "parley/base/error.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace parley::protocol {

/// The largest integer that every JSON reader keeps exactly.
inline constexpr uint64_t number_max = uint64_t{1} << 53;

/// Takes the members of one object as checked values. The first that is
/// missing or ill-formed is the failure; what is read then means nothing.
class field_reader {
public:
  explicit field_reader(const fields& from) noexcept : from_(from) {}

  const std::optional<error>& failure() const noexcept { return failure_; }
  void fail(errc code, std::string message);
  void fail(field which, std::string_view expected);

  bool has(field which) const noexcept { return from_.find(which) != nullptr; }
  bool is_null(field which) const noexcept;

  /// Any text.
  std::string text(field which);

  /// Text that `valid` accepts; `expected` says what that is.
  std::string text(field which, bool (*valid)(std::string_view) noexcept,
                   std::string_view expected);

  std::string user(field which);
  std::string device();
  std::string cid();
  std::string optional_cid(); ///< Empty if there is none.

  /// A name of a user or a conversation, ill-formed or not: the one who looks
  /// it up answers for both alike.
  std::string reference(field which);

  /// Of a message: 1 to limits::body_chars_max code points without U+0000.
  std::string body();

  /// `least` to number_max.
  uint64_t number(field which, uint64_t least);
  std::optional<uint64_t> optional_number(field which, uint64_t least);

  /// From 1, clamped to `most`; `otherwise` where there is none.
  size_t limit(size_t otherwise, size_t most);

  bool flag(field which);

  /// A list of at least `least` and at most fields::list_items_max
  /// references, without repeats, in their order.
  std::vector<std::string> references(field which, size_t least);

private:
  const field_value* find(field which, field_value::kind kind) const noexcept;
  std::string_view view(field which, std::string_view expected);

  const fields& from_;
  std::optional<error> failure_;
};

} // namespace parley::protocol
