#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

/// The bounds of the control socket.
namespace parley::admin {

inline constexpr size_t line_bytes_max = size_t{64} * 1024; ///< Of a request.
inline constexpr size_t text_bytes_max = 4096; ///< Of one argument.
inline constexpr size_t clients_max = 16;
inline constexpr uint64_t rows_max = 100'000; ///< Of one answer.
inline constexpr uint64_t users_default = 100;
inline constexpr uint64_t sessions_default = 1000;
/// Numbers that each conversation skips after a forced election. More than one
/// gives out in the hours that it may take to notice that a replica does not
/// follow, and few enough to page through.
inline constexpr uint64_t lost_gap_default = 10'000;
inline constexpr uint64_t lost_gap_max = 10'000'000;
inline constexpr auto line_timeout = std::chrono::seconds{10};
inline constexpr auto answer_timeout = std::chrono::seconds{60};

} // namespace parley::admin
