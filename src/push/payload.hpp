#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace parley::push {

inline constexpr size_t title_bytes_max = 256; ///< As JSON, with its quotes.

/// The longest prefix of valid UTF-8 that takes up to `bytes_max` as a JSON
/// string with its quotes. It ends between code points.
std::string_view fitting(std::string_view text, size_t bytes_max);

/// Cuts the body of a payload so that the whole has up to `bytes_max`.
/// @param make gives the payload with a body.
template <class Make>
std::string fitted(std::string_view body, size_t bytes_max, Make make) {
  constexpr std::string_view sample = "x";
  auto rest = make(sample).size() - sample.size() - 2;
  auto room = rest < bytes_max ? bytes_max - rest : 0;
  return make(fitting(body, room));
}

} // namespace parley::push
