#include "gateway/routes.hpp"

#include "parley/protocol/json_writer.hpp"
#include "parley/protocol/push_bodies.hpp"

namespace parley::gateway {

namespace {

using service = protocol::subscription_body::service;

history::push_kind kind_of(service x) {
  switch (x) {
    case service::web_push:
      return history::push_kind::web;
    case service::apns:
      return history::push_kind::apns;
    case service::fcm:
      break;
  }
  return history::push_kind::fcm;
}

/// @returns whether notifications are switched on; if not, that is said.
bool has_push(const exchange_ptr& x) {
  if (x->node().push.dispatcher)
    return true;
  x->fail({errc::not_found, "notifications are switched off"});
  return false;
}

void subscribe(const exchange_ptr& x, history::subscription_record what) {
  auto tell = [x](const subscribed& made) {
    std::string body;
    protocol::json_writer{body}
        .open_object()
        .member("id", made.id)
        .close_object();
    x->json(made.known ? 200 : 201, std::move(body));
  };
  subscribe_push request{
      static_cast<uint8_t>(what.kind), std::move(what.address),
      std::move(what.p256dh),          std::move(what.auth),
      std::move(what.device),          x->caller().login};
  x->ask_user<subscribed>(x->caller().user, std::move(request),
                          or_fail<subscribed>(x, tell));
}

} // namespace

void get_vapid_key(const exchange_ptr& x) {
  if (!has_push(x))
    return;
  std::string body;
  protocol::json_writer{body}
      .open_object()
      .member("key", x->node().push.vapid_key)
      .close_object();
  x->json(200, std::move(body));
}

void post_subscription(const exchange_ptr& x) {
  if (!has_push(x))
    return;
  auto body = protocol::parse_subscription(x->body());
  if (!body) {
    x->fail(body.error());
    return;
  }
  history::subscription_record what;
  what.kind = kind_of(body->kind);
  what.address =
      std::move(body->kind == service::web_push ? body->endpoint : body->token);
  what.p256dh = std::move(body->p256dh);
  what.auth = std::move(body->auth);
  what.device = std::move(body->device);
  if (auto wrong = x->node().push.check(what))
    x->fail(*wrong);
  else
    subscribe(x, std::move(what));
}

void list_subscriptions(const exchange_ptr& x) {
  x->ask_user<answer>(x->caller().user, get_subscriptions{}, as_fields(x));
}

void drop_subscription(const exchange_ptr& x) {
  x->ask_user<answer>(x->caller().user, unsubscribe_push{x->param("id")},
                      as_done(x));
}

void get_push_settings(const exchange_ptr& x) {
  x->ask_user<answer>(x->caller().user, get_quiet_hours{}, as_fields(x));
}

void put_push_settings(const exchange_ptr& x) {
  auto body = protocol::parse_quiet(x->body());
  if (!body)
    x->fail(body.error());
  else
    x->ask_user<answer>(
        x->caller().user,
        set_quiet_hours{body->from, body->to, body->offset_minutes},
        as_done(x));
}

} // namespace parley::gateway
