#include "push/vapid_tokens.hpp"

#include "push/signed_token.hpp"

#include "parley/protocol/json_writer.hpp"

#include <fmt/format.h>

namespace parley::push {

namespace {

/// Browsers have a handful of services; whoever names more does not fill the
/// memory.
constexpr size_t origins_max = 256;

} // namespace

vapid_tokens::vapid_tokens(vapid_keys keys, std::string contact,
                           std::chrono::seconds life, const wall_clock& clock)
    : keys_(std::move(keys)),
      contact_(std::move(contact)),
      life_(life),
      clock_(clock) {}

std::string vapid_tokens::authorization(const std::string& origin) {
  auto now = clock_.now();
  std::lock_guard held{lock_};
  if (auto found = kept_.find(origin);
      found != kept_.end() && fresh(found->second, now))
    return found->second.value;
  std::string claims;
  protocol::json_writer{claims}
      .open_object()
      .member("aud", origin)
      .member("exp", now / 1000 + life_.count())
      .member("sub", contact_)
      .close_object();
  auto token = sign_token("ES256", keys_.private_key(), {}, claims);
  if (token.empty())
    return {};
  make_room(now);
  auto value = fmt::format("vapid t={}, k={}", token, keys_.public_key());
  kept_[origin] = {value, now};
  return value;
}

bool vapid_tokens::fresh(const kept& token, timestamp now) const {
  return now >= token.made
         && std::chrono::milliseconds{now - token.made} < life_ / 2;
}

void vapid_tokens::make_room(timestamp now) {
  if (kept_.size() < origins_max)
    return;
  std::erase_if(kept_,
                [&](const auto& each) { return !fresh(each.second, now); });
  if (kept_.size() >= origins_max)
    kept_.erase(kept_.begin());
}

} // namespace parley::push
