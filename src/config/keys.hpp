#pragma once

#include "parley/config/settings.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// What may stand in the file, apart from how TOML is read.
namespace parley::config {

/// A value of a type that no key takes.
struct other_value {
  std::string_view type; ///< With its article: "a date".
};

using value = std::variant<bool, int64_t, std::string, std::vector<std::string>,
                           other_value>;

/// "an integer" and so on, for messages.
std::string_view type_name(const value& x);

struct key {
  std::string_view name; ///< With its tables: "http.listen".
  /// Stores the value in the settings that the key is bound to, or says what
  /// is wrong with it and what was expected.
  std::function<std::optional<std::string>(const value&)> take;
};

/// Every key, bound to `to`, which must outlive them.
std::vector<key> keys_of(settings& to);

/// A mistake that only several keys together make.
struct contradiction {
  std::vector<std::string_view> keys; ///< All that take part, blamed one first.
  std::string text;
};

std::vector<contradiction> contradictions(const settings& x);

} // namespace parley::config
