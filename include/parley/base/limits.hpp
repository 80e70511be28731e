#pragma once

#include <cstddef>
#include <cstdint>

/// The bounds of the wire contract and of the memory behind it. Those that an
/// operator may move are in config/settings.hpp instead.
namespace parley::limits {

inline constexpr size_t body_chars_max = 100'000; ///< Unicode code points.
inline constexpr size_t group_members_max = 100;
inline constexpr uint32_t partitions_max = 65'536;
inline constexpr size_t devices_max = 32; ///< A user's known devices.
inline constexpr size_t device_name_chars_max = 64;
/// Of a user or conversation that a request names, well-formed or not.
inline constexpr size_t reference_bytes_max = 128;
inline constexpr size_t name_chars_max = 100; ///< Display and group names.
inline constexpr size_t about_chars_max = 1000;
inline constexpr size_t password_bytes_min = 8;
inline constexpr size_t password_bytes_max = 1024;
inline constexpr size_t watch_users_max = 200;
inline constexpr size_t profile_ids_max = 100;
inline constexpr size_t search_results_max = 20;

inline constexpr size_t frame_bytes_unauthenticated = size_t{64} * 1024;
inline constexpr size_t frame_bytes_max = 1'310'720; ///< 1.25 MiB.
inline constexpr size_t requests_per_frame_max = 256;
inline constexpr size_t json_depth_max = 8;
inline constexpr size_t http_body_bytes_max = frame_bytes_max;

inline constexpr size_t window_events = 256; ///< Durable events beyond `recv`.
inline constexpr size_t window_bytes = size_t{2} * 1024 * 1024;
inline constexpr size_t outbox_bytes_max = size_t{4} * 1024 * 1024;
inline constexpr size_t unanswered_max =
    4; ///< Frames read, not yet dealt with.

inline constexpr size_t history_items_default = 50;
inline constexpr size_t history_items_max = 200;
inline constexpr size_t history_page_bytes = size_t{1024} * 1024;
inline constexpr size_t conversations_default = 50;
inline constexpr size_t conversations_max = 200;
inline constexpr size_t preview_chars = 200; ///< Of `last` in the list.

inline constexpr size_t reaction_kinds_max = 20; ///< Emojis a message.
inline constexpr size_t reaction_chars_max = 16;
inline constexpr size_t edits_max = 1000; ///< Of one message.

inline constexpr size_t cursor_events_members_max = 16; ///< Larger: only asked.
inline constexpr uint64_t useq_block = 1024; ///< Reserved durably at once.

} // namespace parley::limits
