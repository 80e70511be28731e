#pragma once

#include <boost/system/result.hpp>

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace parley {

/// What can go wrong, by the codes of the wire contract. The same value goes
/// into an `error` frame and into a `problem+json` body.
enum class errc : uint8_t {
  none = 0,        ///< No error; never sent.
  bad_frame,       ///< Not JSON, or not an object or array of objects.
  unknown_type,    ///< A request type that this server does not know.
  bad_request,     ///< A field is missing, mistyped or out of range.
  unauthenticated, ///< No token, or a forged, expired or revoked one.
  forbidden,       ///< Known and not allowed.
  not_found,       ///< Does not exist, or not for this user.
  conflict,        ///< The name is taken.
  cid_conflict,    ///< The `cid` was used for something else.
  too_large,       ///< Over a size limit.
  group_full,      ///< A 101st member.
  rate_limited,    ///< Too many; retry after `retry_after_ms`.
  internal,        ///< A mistake of ours.
  unavailable,     ///< Not now: retry with the same `cid`.
};

/// The code's name on the wire, such as "not_found".
std::string_view to_string(errc code) noexcept;

/// The HTTP status that the contract gives to a code.
int http_status(errc code) noexcept;

/// Whether the same request may succeed later without being changed.
bool retryable(errc code) noexcept;

struct error {
  errc code = errc::internal;
  std::string message;         ///< For people; says what was expected.
  uint32_t retry_after_ms = 0; ///< 0: not said.
};

[[noreturn]] inline void
throw_exception_from_error(const error& e, const boost::source_location&) {
  throw std::logic_error("value() of a failed result: " + e.message);
}

/// A value or the reason why there is none. Check before `value()`: a wrong
/// access is a mistake in the program and throws.
template <class T>
using result = boost::system::result<T, error>;

} // namespace parley
