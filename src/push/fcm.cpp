#include "parley/push/fcm.hpp"

#include "push/endpoint.hpp"
#include "push/fcm_access.hpp"
#include "push/http_outcome.hpp"
#include "push/json_text.hpp"
#include "push/payload.hpp"

#include "parley/protocol/json_writer.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <utility>

namespace parley::push {

namespace {

/// Google counts a message's payload, without the rest of the request.
constexpr size_t fcm_payload_bytes_max = 4000;

/// Google keeps a message for four weeks at most.
constexpr std::chrono::seconds fcm_ttl_max{28L * 24 * 3600};

std::string text_for_google(const notification& what, const fcm_target& to,
                            std::string_view body) {
  std::string text;
  protocol::json_writer out{text};
  out.open_object().key("message").open_object().member("token", to.token);
  out.key("notification")
      .open_object()
      .member("title", fitting(what.title, title_bytes_max));
  if (!body.empty())
    out.member("body", body);
  out.close_object();
  // Google takes text only as the values of "data".
  out.key("data")
      .open_object()
      .member("conv", what.conv)
      .member("badge", std::to_string(what.badge))
      .member("ts", std::to_string(what.ts_ms))
      .close_object();
  out.key("android").open_object();
  if (!what.collapse_key.empty())
    out.member("collapse_key", what.collapse_key);
  out.member("ttl", fmt::format("{}s", std::min(what.ttl, fcm_ttl_max).count()))
      .member("priority", "HIGH")
      .key("notification")
      .open_object();
  if (!what.collapse_key.empty())
    out.member("tag", what.collapse_key);
  out.member("notification_count", what.badge)
      .close_object()
      .close_object()
      .close_object()
      .close_object();
  return text;
}

std::string fitted_for_google(const notification& what, const fcm_target& to) {
  // The device's token is no part of the payload.
  return fitted(
      what.body, fcm_payload_bytes_max + to.token.size(),
      [&](std::string_view body) { return text_for_google(what, to, body); });
}

/// What google.firebase.fcm.v1.FcmError says, or else the status' name.
std::string fcm_error_of(const http_answer& answer) {
  auto said = parse_object(answer.body);
  const auto* inner = said ? said->if_contains("error") : nullptr;
  const auto* about = inner ? inner->if_object() : nullptr;
  if (!about)
    return {};
  const auto* details = about->if_contains("details");
  if (const auto* list = details ? details->if_array() : nullptr)
    for (const auto& each : *list)
      if (const auto* detail = each.if_object())
        if (auto code = text_in(*detail, "errorCode"); !code.empty())
          return code;
  return text_in(*about, "status");
}

outcome outcome_of_google(const http_answer& answer) {
  if (answer.failure != http_failure::none)
    return outcome_of_failure(answer);
  auto error = fcm_error_of(answer);
  // 404 without it means a project that does not exist.
  if (error == "UNREGISTERED" || error == "SENDER_ID_MISMATCH")
    return outcome_of(answer, verdict::gone, error);
  if (answer.status == 401 || answer.status == 403 || answer.status == 404)
    return outcome_of(answer, verdict::later, error);
  auto made = outcome_of_status(answer);
  return outcome_of(answer, made.said, error);
}

/// One message on its way: it gets a token, and another if that is refused.
class fcm_send : public std::enable_shared_from_this<fcm_send> {
public:
  fcm_send(transport& by, std::shared_ptr<fcm_access> access, std::string url,
           std::string body, std::function<void(outcome)> done)
      : transport_(by),
        access_(std::move(access)),
        url_(std::move(url)),
        body_(std::move(body)),
        done_(std::move(done)) {}

  void begin() {
    access_->get([self = shared_from_this()](const result<std::string>& token) {
      self->post(token);
    });
  }

private:
  void post(const result<std::string>& token) {
    if (!token) {
      outcome made{verdict::later, {}, token.error().message};
      if (auto pause = token.error().retry_after_ms; pause > 0)
        made.retry_after = std::chrono::ceil<std::chrono::seconds>(
            std::chrono::milliseconds{pause});
      return done_(std::move(made));
    }
    http_request request;
    request.url = url_;
    request.headers = {"Content-Type: application/json",
                       "Authorization: Bearer " + *token};
    request.body = body_;
    transport_.post(
        std::move(request),
        [self = shared_from_this(), token = *token](const http_answer& answer) {
          self->took(answer, token);
        });
  }

  void took(const http_answer& answer, const std::string& token) {
    bool stale = answer.failure == http_failure::none && answer.status == 401;
    if (stale)
      access_->refused(token);
    if (!stale || std::exchange(renewed_, true))
      return done_(outcome_of_google(answer));
    begin();
  }

  transport& transport_;
  std::shared_ptr<fcm_access> access_;
  const std::string url_;
  const std::string body_;
  std::function<void(outcome)> done_;
  bool renewed_ = false;
};

class fcm_provider final : public provider {
public:
  fcm_provider(transport& by, std::string url, fcm_account account,
               const wall_clock& clock)
      : transport_(by),
        url_(std::move(url)),
        access_(std::make_shared<fcm_access>(by, std::move(account), clock)) {}

  void send(const notification& what, const target* to,
            std::function<void(outcome)> done) override {
    const auto* device = to ? std::get_if<fcm_target>(to) : nullptr;
    if (!device || check(*to, {}))
      return done({verdict::refused, {}, "no registration token of Google's"});
    std::make_shared<fcm_send>(transport_, access_, url_,
                               fitted_for_google(what, *device),
                               std::move(done))
        ->begin();
  }

private:
  transport& transport_;
  std::string url_;
  std::shared_ptr<fcm_access> access_;
};

} // namespace

result<std::unique_ptr<provider>>
make_fcm(transport& by, const fcm_settings& from, const wall_clock& clock) {
  auto to = parse_endpoint(from.url, by.allows_private());
  if (!to)
    return error{errc::internal, "url: " + to.error().message};
  auto account =
      read_fcm_account(from.service_account_file, by.allows_private());
  if (!account)
    return account.error();
  auto url = fmt::format("{}/v1/projects/{}/messages:send", to->origin,
                         account->project_id);
  return std::make_unique<fcm_provider>(by, std::move(url), std::move(*account),
                                        clock);
}

} // namespace parley::push
