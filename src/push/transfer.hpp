#pragma once

#include "parley/push/transport.hpp"

#include <chrono>
#include <curl/curl.h>
#include <memory>
#include <string>

namespace parley::push {

struct easy_free {
  void operator()(CURL* x) const noexcept { curl_easy_cleanup(x); }
  void operator()(curl_slist* x) const noexcept { curl_slist_free_all(x); }
};

using text_list = std::unique_ptr<curl_slist, easy_free>;

/// The answer of a request that got none.
http_answer no_answer(http_failure why, std::string detail);

/// One request of libcurl, from its options to its answer. Used on the
/// transport's thread only, but for its construction.
class transfer {
public:
  using clock = std::chrono::steady_clock;

  transfer(http_request request, std::string origin,
           std::function<void(http_answer)> done);
  transfer(const transfer&) = delete;
  transfer& operator=(const transfer&) = delete;

  /// @returns null if libcurl is out of memory.
  CURL* prepare(const transport_settings& by);
  CURL* handle() const noexcept { return easy_.get(); }

  const std::string& origin() const noexcept { return origin_; }

  /// Calls `done`, as the last that happens to the transfer.
  void finish(CURLcode code);
  void fail(http_failure why, std::string detail);

  /// When it has taken too long. Set by the transport.
  clock::time_point deadline;

private:
  static curl_socket_t open_socket(void* self, curlsocktype purpose,
                                   curl_sockaddr* to);
  static size_t take_body(char* from, size_t one, size_t bytes, void* self);
  static size_t take_header(char* from, size_t one, size_t bytes, void* self);

  http_answer answer_of(CURLcode code) const;

  http_request request_;
  std::string origin_;
  std::function<void(http_answer)> done_;
  std::unique_ptr<CURL, easy_free> easy_;
  text_list headers_;
  text_list known_hosts_;
  std::string body_;
  size_t header_bytes_ = 0;
  size_t answer_bytes_max_ = 0;
  std::chrono::milliseconds timeout_{0};
  bool allow_private_ = false;
  bool cut_ = false;       ///< The answer was longer than it may be.
  bool forbidden_ = false; ///< An address was refused.
};

} // namespace parley::push
