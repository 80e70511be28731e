#include "push/transfer.hpp"

#include "push/addresses.hpp"

#include <netinet/tcp.h>
#include <sys/socket.h>
#include <utility>

namespace parley::push {

namespace {

/// Longer than any service keeps a connection that nobody uses.
constexpr long idle_connection_s = 300;

/// A path that swallows packets takes its connection with it, and not all that
/// would be sent on it later.
void limit_silence(int socket, std::chrono::milliseconds by) {
  auto ms = static_cast<unsigned>(by.count());
  ::setsockopt(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, &ms, sizeof ms);
}

/// @returns false if there is no memory for it.
bool append(text_list& to, const std::vector<std::string>& texts) {
  for (const auto& each : texts) {
    auto* longer = curl_slist_append(to.get(), each.c_str());
    if (!longer)
      return false;
    to.release();
    to.reset(longer);
  }
  return true;
}

http_failure failure_of(CURLcode code) {
  switch (code) {
    case CURLE_OPERATION_TIMEDOUT:
      return http_failure::timeout;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_ISSUER_ERROR:
      return http_failure::untrusted;
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
      return http_failure::malformed;
    default:
      return http_failure::unreachable;
  }
}

} // namespace

http_answer no_answer(http_failure why, std::string detail) {
  http_answer answer;
  answer.failure = why;
  answer.detail = std::move(detail);
  return answer;
}

transfer::transfer(http_request request, std::string origin,
                   std::function<void(http_answer)> done)
    : request_(std::move(request)),
      origin_(std::move(origin)),
      done_(std::move(done)) {}

CURL* transfer::prepare(const transport_settings& by) {
  easy_.reset(curl_easy_init());
  auto* easy = easy_.get();
  if (!easy || !append(headers_, request_.headers)
      || !append(known_hosts_, by.known_hosts))
    return nullptr;
  answer_bytes_max_ = by.answer_bytes_max;
  timeout_ = by.timeout;
  allow_private_ = by.allow_private;
  curl_easy_setopt(easy, CURLOPT_PRIVATE, this);
  curl_easy_setopt(easy, CURLOPT_URL, request_.url.c_str());
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR,
                   by.allow_private ? "http,https" : "https");
  curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(easy, CURLOPT_PROXY, "");
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  // A transfer that is given up does not wait for the resolver's thread.
  curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION,
                   static_cast<long>(CURL_HTTP_VERSION_2TLS));
  curl_easy_setopt(easy, CURLOPT_PIPEWAIT, 1L);
  curl_easy_setopt(easy, CURLOPT_MAXAGE_CONN, idle_connection_s);
  if (!by.ca_file.empty())
    curl_easy_setopt(easy, CURLOPT_CAINFO, by.ca_file.c_str());
  if (known_hosts_)
    curl_easy_setopt(easy, CURLOPT_RESOLVE, known_hosts_.get());
  curl_easy_setopt(easy, CURLOPT_POST, 1L);
  curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE,
                   static_cast<curl_off_t>(request_.body.size()));
  curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request_.body.data());
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers_.get());
  curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
  curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, this);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, this);
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_header);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, this);
  return easy;
}

curl_socket_t transfer::open_socket(void* self, curlsocktype,
                                    curl_sockaddr* to) {
  auto& x = *static_cast<transfer*>(self);
  if (!x.allow_private_ && !is_public(&to->addr)) {
    x.forbidden_ = true;
    return CURL_SOCKET_BAD;
  }
  auto socket = ::socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
  if (socket >= 0)
    limit_silence(socket, x.timeout_);
  return socket;
}

size_t transfer::take_body(char* from, size_t one, size_t bytes, void* self) {
  auto& x = *static_cast<transfer*>(self);
  auto size = one * bytes;
  if (x.body_.size() + size > x.answer_bytes_max_) {
    x.cut_ = true;
    return 0;
  }
  x.body_.append(from, size);
  return size;
}

size_t transfer::take_header(char*, size_t one, size_t bytes, void* self) {
  auto& x = *static_cast<transfer*>(self);
  auto size = one * bytes;
  x.header_bytes_ += size;
  return x.header_bytes_ <= x.answer_bytes_max_ ? size : 0;
}

void transfer::finish(CURLcode code) {
  done_(answer_of(code));
}

void transfer::fail(http_failure why, std::string detail) {
  done_(no_answer(why, std::move(detail)));
}

http_answer transfer::answer_of(CURLcode code) const {
  // The status has come before the body that is too long.
  if (code != CURLE_OK && !cut_)
    return no_answer(forbidden_ && code == CURLE_COULDNT_CONNECT
                         ? http_failure::forbidden
                         : failure_of(code),
                     forbidden_ ? "the name stands for a private address"
                                : curl_easy_strerror(code));
  http_answer answer;
  long status = 0;
  curl_off_t after = 0;
  curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);
  curl_easy_getinfo(easy_.get(), CURLINFO_RETRY_AFTER, &after);
  answer.status = static_cast<int>(status);
  answer.body = body_;
  if (after > 0)
    answer.retry_after = std::chrono::seconds{after};
  return answer;
}

} // namespace parley::push
