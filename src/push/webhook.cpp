#include "parley/push/webhook.hpp"

#include "push/endpoint.hpp"
#include "push/http_outcome.hpp"
#include "push/payload.hpp"
#include "push/webhook_signature.hpp"

#include "parley/protocol/json_writer.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <ctime>
#include <utility>

namespace parley::push {

namespace {

/// A gateway shows no more of a message than a phone does.
constexpr size_t webhook_body_bytes_max = 4096;

/// RFC 3339, in UTC.
std::string date_of(timestamp at) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z",
                     fmt::gmtime(static_cast<std::time_t>(at / 1000)),
                     at % 1000);
}

std::string text_for_gateway(const notification& what) {
  return fitted(what.body, webhook_body_bytes_max, [&](std::string_view body) {
    std::string text;
    protocol::json_writer to{text};
    to.open_object()
        .member("type", "message.notify")
        .member("timestamp", date_of(what.ts_ms))
        .key("data")
        .open_object()
        .member("user", what.user)
        .member("conv", what.conv)
        .member("title", fitting(what.title, title_bytes_max));
    if (!body.empty())
      to.member("body", body);
    to.member("badge", what.badge).close_object().close_object();
    return text;
  });
}

/// A gateway's mistakes are repaired by whoever runs it, except for those that
/// it says are the notification's own.
outcome outcome_of_gateway(const http_answer& answer) {
  if (answer.failure != http_failure::none)
    return outcome_of_failure(answer);
  switch (answer.status) {
    case 400:
    case 410:
    case 413:
    case 415:
    case 422:
      return outcome_of(answer, verdict::refused);
    case 401:
    case 403:
    case 404:
      return outcome_of(answer, verdict::later);
    default:
      return outcome_of_status(answer);
  }
}

class webhook_provider final : public provider {
public:
  webhook_provider(transport& by, std::string url, std::string key,
                   const wall_clock& clock)
      : transport_(by),
        url_(std::move(url)),
        key_(std::move(key)),
        clock_(clock) {}

  void send(const notification& what, const target*,
            std::function<void(outcome)> done) override {
    auto now_s = clock_.now() / 1000;
    http_request request;
    request.url = url_;
    request.body = text_for_gateway(what);
    request.headers = {
        "Content-Type: application/json",
        "webhook-id: " + what.id,
        fmt::format("webhook-timestamp: {}", now_s),
        "webhook-signature: "
            + webhook_signature(key_, what.id, now_s, request.body),
    };
    transport_.post(std::move(request),
                    [done = std::move(done)](const http_answer& answer) {
                      done(outcome_of_gateway(answer));
                    });
  }

private:
  transport& transport_;
  std::string url_;
  std::string key_;
  const wall_clock& clock_;
};

} // namespace

result<std::unique_ptr<provider>> make_webhook(transport& by,
                                               const webhook_settings& from,
                                               const wall_clock& clock) {
  auto to = parse_endpoint(from.url, by.allows_private());
  if (!to)
    return error{errc::internal, "url: " + to.error().message};
  auto key = webhook_key(from.secret);
  if (!key)
    return error{errc::internal,
                 "secret: expected whsec_ and 24 to 64 bytes in base64"};
  return std::make_unique<webhook_provider>(by, std::move(to->url),
                                            std::move(*key), clock);
}

} // namespace parley::push
