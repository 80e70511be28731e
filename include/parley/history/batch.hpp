#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace parley::history {

enum class family : uint8_t { messages = 0, inbox = 1, state = 2, log = 3 };

/// Rows to write together, as one flat string: what an actor hands to the
/// journal, and what replication will carry. Order is kept; a later row of the
/// same key wins.
class batch {
public:
  void put(family in, std::string_view key, std::string_view value);
  void erase(family in, std::string_view key);
  /// Erases [from, to).
  void erase_range(family in, std::string_view from, std::string_view to);
  void append(const batch& other) { rows_ += other.rows_; }

  bool empty() const noexcept { return rows_.empty(); }
  size_t bytes() const noexcept { return rows_.size(); }
  const std::string& encoded() const noexcept { return rows_; }
  std::string take() { return std::exchange(rows_, {}); }
  static batch decoded(std::string rows) {
    batch result;
    result.rows_ = std::move(rows);
    return result;
  }

  /// Empty if there is none, or the encoding is damaged.
  std::string_view first_key() const;

  enum class op : uint8_t { put = 0, erase = 1, erase_range = 2 };

  /// Calls `visit(op, family, key, value)` for each row; for erase_range the
  /// value is the end of the range.
  /// @returns false if the encoding is damaged; rows before it were visited.
  template <class Visitor>
  bool for_each(Visitor&& visit) const {
    std::string_view rest = rows_;
    while (!rest.empty()) {
      op what;
      family in;
      std::string_view key;
      std::string_view value;
      if (!next(rest, what, in, key, value))
        return false;
      visit(what, in, key, value);
    }
    return true;
  }

private:
  static bool next(std::string_view& rest, op& what, family& in,
                   std::string_view& key, std::string_view& value);
  void add(op what, family in, std::string_view key, std::string_view value);

  std::string rows_;
};

} // namespace parley::history
