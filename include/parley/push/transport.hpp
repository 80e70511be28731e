#pragma once

#include "parley/base/error.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace parley::push {

struct transport_settings {
  std::chrono::milliseconds timeout{10'000}; ///< Of a request, end to end.
  size_t in_flight_max = 2048;
  size_t in_flight_per_origin_max = 128;
  size_t answer_bytes_max = size_t{64} * 1024; ///< Of headers, and of a body.
  /// Lets requests go to private addresses, and without TLS.
  bool allow_private = false;
  std::string ca_file; ///< Whom to trust, in PEM; empty: as the system does.
  /// "name:port:address" for names that are not to be asked for: for tests.
  std::vector<std::string> known_hosts;
};

/// A POST.
struct http_request {
  std::string url;
  std::vector<std::string> headers; ///< "name: value"
  std::string body;
};

enum class http_failure : uint8_t {
  none,      ///< There is a status.
  busy,      ///< As many requests are under way as may be.
  stopped,   ///< The transport ends.
  malformed, ///< No URL, or one that is not allowed; a line break in a header.
  forbidden, ///< The name stands for private addresses only.
  unreachable, ///< No connection, or it broke.
  untrusted,   ///< The certificate is not good for that name.
  timeout,
};

struct http_answer {
  http_failure failure = http_failure::none;
  int status = 0;
  std::string body; ///< Cut at `answer_bytes_max`.
  std::optional<std::chrono::seconds> retry_after;
  std::string detail; ///< Of a failure.
};

/// Sends requests over HTTP/2 or 1.1 on one thread of its own. Connections are
/// kept and shared by requests of one origin; redirects are not followed, and
/// proxies not used.
///
/// Every address is checked when a connection to it is opened, after the name
/// was resolved, so that a name cannot be checked as one and used as another.
/// Since connections are shared, endpoints that clients name and services that
/// the operator lets be private belong to two transports.
class transport {
public:
  /// Errors: `internal`, with what is wrong: the file, or no thread.
  static result<std::unique_ptr<transport>> start(const transport_settings& by);

  transport(const transport&) = delete;
  transport& operator=(const transport&) = delete;
  /// Answers all that is under way with `stopped`.
  ~transport();

  /// From any thread; returns at once.
  /// @param done is called exactly once: on the transport's thread, or before
  /// `post` returns if the request does not begin. It must not block.
  void post(http_request request, std::function<void(http_answer)> done);

  bool allows_private() const noexcept;
  /// Requests that are under way.
  size_t in_flight() const;

private:
  class impl;

  explicit transport(std::unique_ptr<impl> made);

  std::unique_ptr<impl> impl_;
};

} // namespace parley::push
