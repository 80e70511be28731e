#pragma once

#include "history/bytes.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

/// From a record's list of fields to a versioned value and back.
namespace parley::history {

/// The first byte of every value. A record that changes its form gets the
/// next number of its own and goes on reading this one.
inline constexpr uint8_t value_version = 1;

} // namespace parley::history

/// Defines `encode` and `decode` of a record whose `fields(io, x)` is visible
/// here. `reserved` is about how many bytes the value of `x` will have.
#define PARLEY_RECORD_CODEC(record, reserved)                                  \
  std::string encode(const record& x) {                                        \
    std::string value;                                                         \
    value.reserve(reserved);                                                   \
    auto out = byte_writer{value};                                             \
    out.byte(value_version);                                                   \
    fields(out, x);                                                            \
    return value;                                                              \
  }                                                                            \
  bool decode(std::string_view bytes, record& x) {                             \
    auto in = byte_reader{bytes};                                              \
    uint8_t version = 0;                                                       \
    x = {};                                                                    \
    return in.byte(version) && version == value_version && fields(in, x)       \
           && in.done();                                                       \
  }
