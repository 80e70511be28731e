#include "parley/base/error.hpp"

namespace parley {

std::string_view to_string(errc code) noexcept {
  switch (code) {
    case errc::none:
      return "none";
    case errc::bad_frame:
      return "bad_frame";
    case errc::unknown_type:
      return "unknown_type";
    case errc::bad_request:
      return "bad_request";
    case errc::unauthenticated:
      return "unauthenticated";
    case errc::forbidden:
      return "forbidden";
    case errc::not_found:
      return "not_found";
    case errc::conflict:
      return "conflict";
    case errc::cid_conflict:
      return "cid_conflict";
    case errc::too_large:
      return "too_large";
    case errc::group_full:
      return "group_full";
    case errc::rate_limited:
      return "rate_limited";
    case errc::internal:
      return "internal";
    case errc::unavailable:
      return "unavailable";
  }
  return "internal";
}

int http_status(errc code) noexcept {
  switch (code) {
    case errc::none:
      return 200;
    case errc::bad_frame:
    case errc::unknown_type:
    case errc::bad_request:
      return 400;
    case errc::unauthenticated:
      return 401;
    case errc::forbidden:
      return 403;
    case errc::not_found:
      return 404;
    case errc::conflict:
    case errc::cid_conflict:
      return 409;
    case errc::too_large:
      return 413;
    case errc::group_full:
      return 422;
    case errc::rate_limited:
      return 429;
    case errc::internal:
      return 500;
    case errc::unavailable:
      return 503;
  }
  return 500;
}

bool retryable(errc code) noexcept {
  return code == errc::rate_limited || code == errc::unavailable;
}

} // namespace parley
