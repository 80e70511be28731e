#pragma once

#include "parley/base/entry.hpp"
#include "parley/base/error.hpp"
#include "parley/base/shared_bytes.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What the server says over the WebSocket, to JSON.
namespace parley::protocol {

/// One object of a frame: `own` and then `shared`. Together they are whole
/// JSON; the shared part is an event's, encoded once for all who get it.
struct outgoing {
  std::string own;
  shared_bytes shared;

  size_t size() const noexcept { return own.size() + shared.size(); }
};

/// The type of an entry's event: "msg", "edited", …
std::string_view type_of(entry_kind kind) noexcept;

/// The rest of an entry's event or item from behind its type (and `useq`):
/// `,"conv":…,"seq":…,…}`. The same bytes serve the live event, the replay and
/// the history.
shared_bytes encode_tail(std::string_view conv, const item& x);

/// A durable event: `{"t":"msg","useq":7` and the tail.
outgoing encode_event(entry_kind kind, uint64_t useq, shared_bytes tail);

/// Appends an item of the history: `{"t":"msg"` and the tail.
void append_item(std::string& to, entry_kind kind, std::string_view tail);

struct hello {
  std::string node;
  int64_t ping_ms = 0;
};

std::string encode_hello(const hello& x);
std::string encode_ready(int64_t id, std::string_view user,
                         std::string_view session, uint64_t useq);
std::string encode_caught_up(uint64_t useq);
std::string encode_reset(std::string_view reason, uint64_t useq);
std::string encode_pong(uint64_t useq);
std::string encode_error(std::optional<int64_t> id, const error& why);

struct ack {
  int64_t id = 0;
  std::string cid; ///< Empty: left out.
  std::string conv;
  uint64_t seq = 0;
  timestamp ts = 0;
  bool dup = false;
};

std::string encode_ack(const ack& x);

/// A reply whose fields were encoded by the one who knew them:
/// `{"t":"history","id":5,` fields `}`. Empty fields are allowed.
outgoing encode_reply(std::string_view type, int64_t id,
                      std::string_view fields);

std::string encode_cursor(bool read, std::string_view conv,
                          std::string_view user, uint64_t seq);
std::string encode_typing(std::string_view conv, std::string_view user);

enum class presence_status : uint8_t { offline = 0, away = 1, online = 2 };
std::string_view to_string(presence_status x) noexcept;

struct presence_item {
  std::string user;
  presence_status status = presence_status::offline;
  timestamp last_active = 0; ///< 0: never, left out.
};

/// `[{"user":…,"status":…,"last_active":…},…]`
std::string encode_presence_items(const std::vector<presence_item>& items);

/// The event `{"t":"presence","items":[…]}`.
std::string encode_presence(const std::vector<presence_item>& items);
std::string encode_reconnect(int64_t within_ms,
                             const std::vector<std::string>& urls);

} // namespace parley::protocol
