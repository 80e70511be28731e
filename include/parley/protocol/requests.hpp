#pragma once

#include "parley/base/error.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// What a client may say over the WebSocket, as values. Everything here is
/// checked by form (lengths, ranges, the names that a client makes up: cid and
/// device); nothing by rights. Users and conversations that a request names are
/// any text of up to limits::reference_bytes_max: one that has no valid form
/// does not exist, and is answered as any other that does not.
namespace parley::protocol {

struct auth_request {
  std::string token;
  std::string device;
  std::optional<uint64_t> since;
};

struct send_request {
  std::string cid;
  std::string conv; ///< Exactly one of `conv` and `to` is set.
  std::string to;   ///< A user.
  std::string body;
  uint64_t reply_to = 0; ///< 0: none.
};

struct edit_request {
  std::string cid; ///< Empty: none given; so in delete and react.
  std::string conv;
  uint64_t seq = 0;
  std::string body;
};

struct delete_request {
  std::string cid;
  std::string conv;
  uint64_t seq = 0;
};

struct react_request {
  std::string cid;
  std::string conv;
  uint64_t seq = 0;
  std::string emoji;
  bool on = false;
};

struct history_request {
  std::string conv;
  std::optional<uint64_t> before;
  std::optional<uint64_t> after;
  size_t limit = 50; ///< Clamped to the contract's 1 to 200.
};

struct conversations_request {
  size_t limit = 50;
  std::string cursor; ///< Empty: from the newest.
};

struct watch_request {
  std::vector<std::string> users; ///< Without repeats.
};

struct read_request {
  std::string conv;
  uint64_t seq = 0;
};

struct recv_request {
  uint64_t useq = 0;
};

struct typing_request {
  std::string conv;
};

struct status_request {
  bool away = false;
};

struct ping_request {};

/// A request that is not one: why, to be answered with `error`.
struct invalid_request {
  error why;
};

using request_body =
    std::variant<invalid_request, auth_request, send_request, edit_request,
                 delete_request, react_request, history_request,
                 conversations_request, watch_request, read_request,
                 recv_request, typing_request, status_request, ping_request>;

struct request {
  std::optional<int64_t> id; ///< As the client gave it, if it was an integer.
  request_body body;
};

/// Parses the text of one frame (valid UTF-8): an object or an array of them.
/// Always gives at least one request; what cannot be read becomes an
/// `invalid_request`: `bad_frame` if it is not JSON of that shape (too deep, or
/// over limits::requests_per_frame_max included), `unknown_type`,
/// `bad_request` for a missing, mistyped or ill-formed field (or a missing
/// `id` where a reply is due), `too_large` for a body over the limit.
/// Never throws; memory is bounded by the frame's size.
std::vector<request> parse_frame(std::string_view text);

} // namespace parley::protocol
