#include "push/apns_tokens.hpp"

#include "push/signed_token.hpp"

#include "parley/protocol/json_writer.hpp"

#include <utility>

namespace parley::push {

namespace {

constexpr std::chrono::minutes apns_token_life{40};
constexpr std::chrono::minutes apns_token_age_min{20};

} // namespace

apns_tokens::apns_tokens(std::string key, std::string key_id,
                         std::string team_id, const wall_clock& clock)
    : key_(std::move(key)),
      key_id_(std::move(key_id)),
      team_id_(std::move(team_id)),
      clock_(clock) {}

std::string apns_tokens::current() {
  std::lock_guard held{lock_};
  auto now = clock_.now();
  // A clock that was set back makes a token of the future, refused as well.
  if (!token_.empty() && now >= made_ && age(now) < apns_token_life)
    return token_;
  std::string claims;
  protocol::json_writer{claims}
      .open_object()
      .member("iss", team_id_)
      .member("iat", now / 1000)
      .close_object();
  token_ = sign_token("ES256", key_, key_id_, claims);
  made_ = now;
  return token_;
}

void apns_tokens::expired() {
  std::lock_guard held{lock_};
  if (age(clock_.now()) >= apns_token_age_min)
    token_.clear();
}

std::chrono::milliseconds apns_tokens::age(timestamp now) const {
  return std::chrono::milliseconds{now - made_};
}

} // namespace parley::push
