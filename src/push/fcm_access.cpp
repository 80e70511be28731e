#include "push/fcm_access.hpp"

#include "push/http_outcome.hpp"
#include "push/json_text.hpp"
#include "push/signed_token.hpp"

#include "parley/protocol/json_writer.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

namespace parley::push {

namespace {

constexpr size_t waiting_max = 1024;
constexpr int64_t grant_life_s = 3600;
constexpr int64_t access_life_s_max = 24L * 3600;
/// So much before its end a token is no longer used.
constexpr timestamp access_margin_ms = 60'000;
/// The service that grants tokens is left alone for so long after a failure.
constexpr timestamp access_pause_ms = 5'000;

error no_access(std::string why, timestamp pause_ms = 0) {
  return {errc::unavailable, "no access token: " + std::move(why),
          static_cast<uint32_t>(pause_ms)};
}

struct access_grant {
  std::string token;
  int64_t life_s = 0;
};

std::optional<access_grant> parse_grant(const std::string& body) {
  auto said = parse_object(body);
  const auto* token = said ? said->if_contains("access_token") : nullptr;
  const auto* life = said ? said->if_contains("expires_in") : nullptr;
  if (!token || !token->is_string() || !life || !life->is_int64()
      || life->as_int64() <= 0)
    return std::nullopt;
  return access_grant{std::string{token->as_string()},
                      std::min(life->as_int64(), access_life_s_max)};
}

} // namespace

fcm_access::fcm_access(transport& by, fcm_account account,
                       const wall_clock& clock)
    : transport_(by), account_(std::move(account)), clock_(clock) {}

void fcm_access::get(then take) {
  std::unique_lock held{lock_};
  auto now = clock_.now();
  if (!token_.empty() && now < until_ - access_margin_ms) {
    result<std::string> token{token_};
    held.unlock();
    return take(token);
  }
  if (now < not_before_ || waiting_.size() >= waiting_max) {
    auto why = now < not_before_
                   ? no_access("it was refused just now", not_before_ - now)
                   : no_access("too many wait for it");
    held.unlock();
    return take(why);
  }
  waiting_.push_back(std::move(take));
  if (std::exchange(fetches_, true))
    return;
  held.unlock();
  transport_.post(grant(),
                  [self = shared_from_this()](const http_answer& answer) {
                    self->took(answer);
                  });
}

void fcm_access::refused(const std::string& token) {
  std::lock_guard held{lock_};
  if (token_ == token)
    token_.clear();
}

/// RFC 7523, 2.1.
http_request fcm_access::grant() const {
  auto now_s = clock_.now() / 1000;
  std::string claims;
  protocol::json_writer{claims}
      .open_object()
      .member("iss", account_.client_email)
      .member("scope", "https://www.googleapis.com/auth/firebase.messaging")
      .member("aud", account_.token_uri)
      .member("iat", now_s)
      .member("exp", now_s + grant_life_s)
      .close_object();
  http_request request;
  request.url = account_.token_uri;
  request.headers = {"Content-Type: application/x-www-form-urlencoded"};
  request.body = "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3A"
                 "jwt-bearer&assertion="
                 + sign_token("RS256", account_.private_key,
                              account_.private_key_id, claims);
  return request;
}

void fcm_access::took(const http_answer& answer) {
  std::vector<then> waited;
  auto token = [&] {
    std::lock_guard held{lock_};
    fetches_ = false;
    waited.swap(waiting_);
    return token_of(answer);
  }();
  for (auto& each : waited)
    each(token);
}

/// Keeps what came. The lock is held.
result<std::string> fcm_access::token_of(const http_answer& answer) {
  auto now = clock_.now();
  auto granted = answer.failure == http_failure::none && answer.status == 200
                     ? parse_grant(answer.body)
                     : std::nullopt;
  if (granted) {
    token_ = std::move(granted->token);
    until_ = now + granted->life_s * 1000;
    return token_;
  }
  auto pause = access_pause_ms;
  if (answer.retry_after)
    pause = std::min(*answer.retry_after, retry_after_max).count() * 1000;
  not_before_ = now + pause;
  auto why = answer.failure == http_failure::none
                 ? fmt::format("status {}", answer.status)
                 : answer.detail;
  return no_access(std::move(why), pause);
}

} // namespace parley::push
