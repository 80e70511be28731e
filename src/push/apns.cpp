#include "parley/push/apns.hpp"

#include "push/apns_tokens.hpp"
#include "push/endpoint.hpp"
#include "push/http_outcome.hpp"
#include "push/json_text.hpp"
#include "push/keys.hpp"
#include "push/payload.hpp"

#include "parley/base/secret_file.hpp"
#include "parley/protocol/json_writer.hpp"

#include <fmt/format.h>

#include <utility>

namespace parley::push {

namespace {

constexpr size_t apns_payload_bytes_max = 4096;
constexpr size_t apns_key_file_bytes_max = 16'384;

std::string text_for_apple(const notification& what) {
  return fitted(what.body, apns_payload_bytes_max, [&](std::string_view body) {
    std::string text;
    protocol::json_writer to{text};
    to.open_object().key("aps").open_object().key("alert").open_object().member(
        "title", fitting(what.title, title_bytes_max));
    if (!body.empty())
      to.member("body", body);
    to.close_object()
        .member("badge", what.badge)
        .member("sound", "default")
        .member("thread-id", what.conv)
        .close_object()
        .member("conv", what.conv)
        .member("ts", what.ts_ms)
        .close_object();
    return text;
  });
}

std::string reason_of(const http_answer& answer) {
  auto said = parse_object(answer.body);
  return said ? text_in(*said, "reason") : std::string{};
}

outcome outcome_of_apple(const http_answer& answer, apns_tokens& tokens) {
  if (answer.failure != http_failure::none)
    return outcome_of_failure(answer);
  if (answer.status == 200)
    return outcome_of(answer, verdict::taken);
  auto reason = reason_of(answer);
  if (answer.status == 410 || reason == "BadDeviceToken"
      || reason == "Unregistered")
    return outcome_of(answer, verdict::gone, reason);
  if (answer.status == 403 && reason == "ExpiredProviderToken")
    tokens.expired();
  // The credentials are the operator's, and no fault of the notification.
  if (answer.status == 403 || answer.status == 429 || answer.status >= 500)
    return outcome_of(answer, verdict::later, reason);
  return outcome_of(answer, verdict::refused, reason);
}

class apns_provider final : public provider {
public:
  apns_provider(transport& by, std::string origin, std::string key,
                const apns_settings& from, const wall_clock& clock)
      : transport_(by),
        origin_(std::move(origin)),
        topic_(from.topic),
        clock_(clock),
        tokens_(std::make_shared<apns_tokens>(std::move(key), from.key_id,
                                              from.team_id, clock)) {}

  void send(const notification& what, const target* to,
            std::function<void(outcome)> done) override {
    const auto* device = to ? std::get_if<apns_target>(to) : nullptr;
    if (!device || check(*to, {}))
      return done({verdict::refused, {}, "no device token of Apple's"});
    auto token = tokens_->current();
    if (token.empty())
      return done({verdict::later, {}, "the token could not be signed"});
    transport_.post(
        request_for(what, *device, token),
        [done = std::move(done), tokens = tokens_](const http_answer& answer) {
          done(outcome_of_apple(answer, *tokens));
        });
  }

private:
  http_request request_for(const notification& what, const apns_target& to,
                           const std::string& token) const {
    // 0 means: now or never.
    auto expires =
        what.ttl.count() > 0 ? clock_.now() / 1000 + what.ttl.count() : 0;
    http_request request;
    request.url = fmt::format("{}/3/device/{}", origin_, to.token);
    request.headers = {
        "Content-Type: application/json",
        "authorization: bearer " + token,
        "apns-topic: " + topic_,
        "apns-push-type: alert",
        "apns-priority: 10",
        fmt::format("apns-expiration: {}", expires),
    };
    if (!what.collapse_key.empty())
      request.headers.push_back("apns-collapse-id: " + what.collapse_key);
    request.body = text_for_apple(what);
    return request;
  }

  transport& transport_;
  std::string origin_;
  std::string topic_;
  const wall_clock& clock_;
  std::shared_ptr<apns_tokens> tokens_;
};

} // namespace

result<std::unique_ptr<provider>>
make_apns(transport& by, const apns_settings& from, const wall_clock& clock) {
  const std::pair<const char*, const std::string*> needed[] = {
      {"key_id", &from.key_id},
      {"team_id", &from.team_id},
      {"topic", &from.topic}};
  for (const auto& [name, value] : needed)
    if (value->empty())
      return error{errc::internal, fmt::format("{}: is missing", name)};
  auto to = parse_endpoint(from.url, by.allows_private());
  if (!to)
    return error{errc::internal, "url: " + to.error().message};
  auto key = read_small_file(from.key_file, apns_key_file_bytes_max);
  if (!key)
    return key.error();
  if (auto sound = check_private_key(*key, "ES256"); !sound)
    return error{sound.error().code,
                 fmt::format("{}: {}", from.key_file, sound.error().message)};
  return std::make_unique<apns_provider>(by, std::move(to->origin),
                                         std::move(*key), from, clock);
}

} // namespace parley::push
