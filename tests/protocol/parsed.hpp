#pragma once

#include "parley/protocol/requests.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace parley::protocol {

/// A list of `count` names, as JSON.
inline std::string list_of(size_t count) {
  std::string out = "[";
  for (size_t i = 0; i < count; ++i)
    out += (i == 0 ? "\"u" : ",\"u") + std::to_string(i) + "\"";
  return out + "]";
}

inline request parsed(std::string_view frame) {
  auto all = parse_frame(frame);
  REQUIRE(all.size() == 1);
  return std::move(all.front());
}

template <class T>
T parsed_as(std::string_view frame) {
  auto one = parsed(frame);
  CAPTURE(frame);
  if (auto bad = std::get_if<invalid_request>(&one.body))
    CAPTURE(bad->why.message);
  REQUIRE(std::holds_alternative<T>(one.body));
  return std::get<T>(std::move(one.body));
}

/// The code of an invalid request, or none if it is valid.
inline errc code_of(const request& x) {
  auto bad = std::get_if<invalid_request>(&x.body);
  return bad ? bad->why.code : errc::none;
}

} // namespace parley::protocol
