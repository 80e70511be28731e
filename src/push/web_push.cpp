#include "parley/push/web_push.hpp"

#include "push/base64.hpp"
#include "push/endpoint.hpp"
#include "push/http_outcome.hpp"
#include "push/payload.hpp"
#include "push/vapid_tokens.hpp"
#include "push/web_push_encryption.hpp"

#include "parley/protocol/json_writer.hpp"

#include <fmt/format.h>

#include <utility>

namespace parley::push {

namespace {

/// What web/app's service worker reads.
std::string text_for_worker(const notification& what) {
  return fitted(what.body, push_text_bytes_max, [&](std::string_view body) {
    std::string text;
    protocol::json_writer{text}
        .open_object()
        .member("conv", what.conv)
        .member("title", fitting(what.title, title_bytes_max))
        .member("body", body)
        .member("badge", what.badge)
        .member("ts", what.ts_ms)
        .close_object();
    return text;
  });
}

class web_push_provider final : public provider {
public:
  web_push_provider(transport& by, vapid_keys keys,
                    const web_push_settings& from, const wall_clock& clock,
                    random_source& random)
      : transport_(by),
        random_(random),
        tokens_(std::move(keys), from.contact, from.token_life, clock) {}

  void send(const notification& what, const target* to,
            std::function<void(outcome)> done) override {
    const auto* browser = to ? std::get_if<web_push_target>(to) : nullptr;
    if (!browser)
      return done({verdict::refused, {}, "no browser's subscription"});
    auto request = request_for(what, *browser);
    if (!request)
      return done({verdict::refused, {}, request.error().message});
    transport_.post(std::move(*request), [done = std::move(done)](
                                             const http_answer& answer) {
      done(answer.failure == http_failure::none ? outcome_of_status(answer)
                                                : outcome_of_failure(answer));
    });
  }

private:
  result<http_request> request_for(const notification& what,
                                   const web_push_target& to) {
    auto where = parse_endpoint(to.endpoint, transport_.allows_private());
    if (!where)
      return where.error();
    auto sealed = sealed_for(what, to);
    if (!sealed)
      return sealed.error();
    auto authorization = tokens_.authorization(where->origin);
    if (authorization.empty())
      return error{errc::internal, "the VAPID token could not be signed"};
    http_request request;
    request.url = std::move(where->url);
    request.headers = {
        "Content-Type: application/octet-stream", "Content-Encoding: aes128gcm",
        fmt::format("TTL: {}", what.ttl.count()), "Urgency: high",
        "Authorization: " + authorization,
    };
    if (!what.collapse_key.empty())
      request.headers.push_back("Topic: " + what.collapse_key);
    request.body = std::move(*sealed);
    return request;
  }

  result<std::string> sealed_for(const notification& what,
                                 const web_push_target& to) {
    auto point = from_base64url(to.p256dh);
    auto auth = from_base64url(to.auth);
    auto receiver = p256_of_point(point.value_or(""));
    if (!receiver || !auth || auth->size() != auth_bytes)
      return error{errc::bad_request, "the subscription's keys are none"};
    auto sender = make_p256();
    if (!sender)
      return error{errc::internal, "no key could be made"};
    std::string salt(salt_bytes, '\0');
    random_.fill(salt.data(), salt.size());
    auto text = text_for_worker(what);
    return encrypt_for(receiver.get(), *auth, sender.get(), salt, text,
                       padding_for(text.size()));
  }

  transport& transport_;
  random_source& random_;
  vapid_tokens tokens_;
};

} // namespace

result<std::unique_ptr<provider>> make_web_push(transport& by, vapid_keys keys,
                                                const web_push_settings& from,
                                                const wall_clock& clock,
                                                random_source& random) {
  if (!from.contact.starts_with("mailto:")
      && !from.contact.starts_with("https:"))
    return error{errc::internal, "contact: expected mailto: or https:"};
  if (from.token_life.count() <= 0 || from.token_life > vapid_life_max)
    return error{errc::internal, "token_life: expected up to 24 hours"};
  return std::make_unique<web_push_provider>(by, std::move(keys), from, clock,
                                             random);
}

} // namespace parley::push
