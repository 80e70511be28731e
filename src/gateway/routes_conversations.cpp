#include "gateway/path_names.hpp"
#include "gateway/routes.hpp"
#include "gateway/send_message.hpp"

#include "parley/base/limits.hpp"
#include "parley/protocol/http_bodies.hpp"
#include "parley/protocol/json_writer.hpp"

#include <algorithm>

namespace parley::gateway {

namespace {

/// `limit` of the query, from 1, clamped to the contract's most.
result<size_t> limit_of(const target& what, size_t by_default, size_t max) {
  auto asked = what.number("limit");
  if (!asked)
    return asked.error();
  auto limit = asked->value_or(by_default);
  if (limit == 0)
    return error{errc::bad_request, "limit: expected an integer from 1"};
  return static_cast<size_t>(std::min<uint64_t>(limit, max));
}

void tell_sent(const exchange_ptr& x, const std::string& cid,
               const std::string& conv, const appended::one& sent) {
  std::string body;
  protocol::json_writer json{body};
  json.open_object()
      .member("cid", cid)
      .member("conv", conv)
      .member("seq", sent.seq)
      .member("ts", sent.ts);
  if (sent.dup)
    json.member("dup", true);
  json.close_object();
  x->json(sent.dup ? 200 : 201, std::move(body));
}

} // namespace

void list_conversations(const exchange_ptr& x) {
  auto limit = limit_of(x->what(), limits::conversations_default,
                        limits::conversations_max);
  if (!limit) {
    x->fail(limit.error());
    return;
  }
  std::string cursor{x->what().text("cursor").value_or("")};
  x->ask_user<answer>(x->caller().user,
                      get_conversations{*limit, std::move(cursor)},
                      as_fields(x));
}

void get_conversation_view(const exchange_ptr& x) {
  if (const auto* conv = conversation_in(x))
    x->ask_conversation<answer>(*conv, get_conversation{x->caller().user},
                                as_fields(x));
}

void get_messages(const exchange_ptr& x) {
  const auto* conv = conversation_in(x);
  if (!conv)
    return;
  auto before = x->what().number("before");
  auto after = x->what().number("after");
  auto limit = limit_of(x->what(), limits::history_items_default,
                        limits::history_items_max);
  if (!before || !after || !limit)
    x->fail(!before ? before.error() : !after ? after.error() : limit.error());
  else
    x->ask_conversation<answer>(
        *conv, get_history{x->caller().user, *before, *after, *limit},
        as_fields(x));
}

void post_message(const exchange_ptr& x) {
  const auto* conv = conversation_in(x);
  if (!conv)
    return;
  auto body = protocol::parse_message(x->body());
  if (!body) {
    x->fail(body.error());
    return;
  }
  if (auto wait = x->with().sends.take(x->caller().user, x->now()); wait > 0) {
    x->fail({errc::rate_limited, "too many messages", wait});
    return;
  }
  append what;
  what.from = x->caller().user;
  what.cid = body->cid;
  what.body = std::move(body->body);
  what.ref = body->reply_to;
  auto tell = [x, cid = body->cid, conv = *conv](const appended::one& sent) {
    tell_sent(x, cid, conv, sent);
  };
  send_message(x->with().sys, x->with().node, *conv, std::move(what),
               x->on_io<appended::one>(or_fail<appended::one>(x, tell)));
}

void put_settings(const exchange_ptr& x) {
  const auto* conv = conversation_in(x);
  if (!conv)
    return;
  auto body = protocol::parse_settings(x->body());
  if (!body)
    x->fail(body.error());
  else if (!body->muted_until)
    x->done({});
  else
    x->ask_user<answer>(x->caller().user, mute{*conv, *body->muted_until},
                        as_done(x));
}

} // namespace parley::gateway
