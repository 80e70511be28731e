#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

namespace parley::protocol {

/// Appends JSON to a string, member by member, with commas where they belong.
/// For the paths where building a tree first would cost more than the text.
class json_writer {
public:
  explicit json_writer(std::string& to) : to_(to) {}

  json_writer& open_object();
  json_writer& close_object();
  json_writer& open_array();
  json_writer& close_array();
  json_writer& key(std::string_view name); ///< `name` needs no escaping.
  json_writer& value(std::string_view text);
  json_writer& value(const char* text) { return value(std::string_view{text}); }
  json_writer& value(bool x);
  json_writer& value(std::integral auto x) {
    if constexpr (std::signed_integral<decltype(x)>)
      return number(static_cast<int64_t>(x));
    else
      return number(static_cast<uint64_t>(x));
  }
  json_writer& raw(std::string_view json); ///< A value that is JSON already.

  template <class T>
  json_writer& member(std::string_view name, const T& x) {
    return key(name).value(x);
  }

private:
  json_writer& number(int64_t x);
  json_writer& number(uint64_t x);
  void separate();

  std::string& to_;
};

/// Appends `text` (valid UTF-8) as a JSON string with its quotes.
void append_json_string(std::string& to, std::string_view text);

} // namespace parley::protocol
