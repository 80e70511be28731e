#include "actors/session.hpp"

#include "parley/actors/ask.hpp"
#include "parley/base/limits.hpp"
#include "parley/base/metrics.hpp"
#include "parley/base/names.hpp"

#include <algorithm>
#include <chrono>
#include <utility>
#include <variant>

namespace parley {

using protocol::close_code;

namespace {

/// Appends and requests that one session may have under way; beyond it its
/// connection reads no further.
constexpr size_t appends_max = 512;
constexpr size_t asking_max = 32;

/// So many refusals for the rate in a row end the session.
constexpr uint32_t over_rate_max = 1000;

constexpr auto typing_every_ms = 2000;
constexpr size_t typed_max = 32;

error no_such_conversation() {
  return {errc::not_found, "no such conversation"};
}

/// Whether a session of `user` could have any business with `conv`, as far as
/// the name tells.
bool plausible(const std::string& conv, const std::string& user) {
  return valid_group(conv) || direct_peer(conv, user).has_value();
}

} // namespace

void session_state::on_inbound(const inbound& x) {
  ++held;
  for (const auto& r : *x.requests) {
    if (at == phase::ended)
      break;
    if (at == phase::attaching)
      early.push_back(r);
    else
      on_request(r);
  }
  release();
}

/// Lets the connection read on, unless too much of this session's is under way
/// or it is not attached yet.
void session_state::release() {
  if (at == phase::attaching || asking > asking_max
      || (work && work->appends.size() > appends_max))
    return;
  for (; held > 0; --held)
    if (connection)
      connection->handled();
}

void session_state::fail(std::optional<int64_t> request, const error& why) {
  metrics::add(metrics::counter::requests_refused);
  say(protocol::encode_error(request, why));
}

/// Whether an act is within the session's rate; answers it if not.
bool session_state::may_act(int64_t request) {
  if (auto wait = rate.take(node->clock->now()); wait > 0) {
    if (++over_rate > over_rate_max) {
      end(close_code::over_rate);
      return false;
    }
    fail(request, {errc::rate_limited, "too many acts a second", wait});
    return false;
  }
  over_rate = 0;
  return true;
}

void session_state::submit(int64_t request, std::string conv, append x) {
  if (!plausible(conv, user))
    return fail(request, no_such_conversation());
  auto& w = busy();
  x.from = user;
  x.session = id;
  x.tag = ++w.next_tag;
  x.reply_to = caf::actor_cast<caf::actor>(self);
  auto tells_cid = x.kind == entry_kind::msg;
  if (w.places.size() > appends_max)
    std::erase_if(w.places, [](const auto& p) { return p.second.open == 0; });
  auto& where = w.places[conv];
  if (!where.home)
    where.home = &node->home(conv);
  ++where.open;
  w.appends.emplace(
      x.tag, session_work::open_append{
                 request, tells_cid ? x.cid : std::string{}, looks, &where});
  start_looking_back();
  self->send(*where.home, to_conversation{std::move(conv)}, std::move(x));
}

struct request_visitor {
  session_state& s;
  const protocol::request& r;

  int64_t id() const { return r.id.value_or(0); }

  void operator()(const protocol::invalid_request& x) { s.fail(r.id, x.why); }

  void operator()(const protocol::auth_request& x) { s.on_auth(id(), x); }

  void operator()(const protocol::send_request& x) {
    if (!s.may_act(id()))
      return;
    append a;
    a.cid = x.cid;
    a.body = x.body;
    a.ref = x.reply_to;
    auto conv = x.conv;
    if (conv.empty()) {
      if (!valid_user(x.to))
        return s.fail(r.id, {errc::not_found, "no such user"});
      conv = direct_conversation(s.user, x.to);
    }
    s.submit(id(), std::move(conv), std::move(a));
  }

  void operator()(const protocol::edit_request& x) {
    if (!s.may_act(id()))
      return;
    append a;
    a.kind = entry_kind::edited;
    a.cid = x.cid;
    a.body = x.body;
    a.ref = x.seq;
    s.submit(id(), x.conv, std::move(a));
  }

  void operator()(const protocol::delete_request& x) {
    if (!s.may_act(id()))
      return;
    append a;
    a.kind = entry_kind::deleted;
    a.cid = x.cid;
    a.ref = x.seq;
    s.submit(id(), x.conv, std::move(a));
  }

  void operator()(const protocol::react_request& x) {
    if (!s.may_act(id()))
      return;
    append a;
    a.kind = entry_kind::reacted;
    a.cid = x.cid;
    a.ref = x.seq;
    a.emoji = x.emoji;
    a.on = x.on;
    s.submit(id(), x.conv, std::move(a));
  }

  void operator()(const protocol::history_request& x) {
    if (!plausible(x.conv, s.user))
      return s.fail(r.id, no_such_conversation());
    ask("history", s.node->home(x.conv), to_conversation{x.conv},
        get_history{s.user, x.before, x.after, x.limit});
  }

  void operator()(const protocol::conversations_request& x) {
    ask("conversations", *s.home, to_user{s.user},
        get_conversations{x.limit, x.cursor});
  }

  void operator()(const protocol::watch_request& x) {
    s.watches = !x.users.empty();
    ask("presence", s.node->presence_hub, to_user{s.user},
        watch{caf::actor_cast<caf::actor>(s.self), x.users});
  }

  void operator()(const protocol::read_request& x) {
    if (plausible(x.conv, s.user))
      s.self->send(*s.home, to_user{s.user}, mark_read{x.conv, x.seq, s.id});
  }

  void operator()(const protocol::recv_request& x) { s.on_received(x.useq); }

  void operator()(const protocol::typing_request& x) {
    if (!plausible(x.conv, s.user))
      return;
    auto now = s.node->clock->now();
    auto& typed = s.busy().typed;
    if (typed.size() >= typed_max)
      std::erase_if(typed, [now](const auto& y) {
        return y.second + typing_every_ms <= now;
      });
    auto [before, first] = typed.try_emplace(x.conv, now);
    if (!first && now - before->second < typing_every_ms)
      return;
    if (typed.size() > typed_max) {
      typed.erase(before);
      return;
    }
    before->second = now;
    s.self->send(s.node->home(x.conv), to_conversation{x.conv}, typing{s.user});
  }

  void operator()(const protocol::status_request& x) {
    s.is_away = x.away;
    s.self->send(*s.home, to_user{s.user}, set_status{s.id, x.away});
  }

  void operator()(const protocol::ping_request&) {
    s.say(protocol::encode_pong(s.last));
  }

  /// Asks another actor and passes its answer on as the reply.
  template <class Address, class Request>
  void ask(const char* type, const caf::actor& whom, Address address,
           Request what) {
    ++s.asking;
    auto* state = &s;
    auto answered = [state](auto say) {
      --state->asking;
      say();
      state->release();
      state->speak();
    };
    s.self->request(whom, ask_timeout, std::move(address), std::move(what))
        .then(
            [=, request = id()](const answer& x) {
              answered([&] {
                state->say(
                    protocol::encode_reply(type, request, x.fields.view()));
              });
            },
            [=, request = id()](const caf::error& why) {
              answered([&] { state->fail(request, from_caf(why)); });
            });
  }
};

void session_state::on_request(const protocol::request& x) {
  using namespace protocol;
  if (at == phase::fresh && !std::holds_alternative<auth_request>(x.body)
      && !std::holds_alternative<invalid_request>(x.body)) {
    fail(x.id, {errc::unauthenticated, "authenticate first"});
    return end(close_code::protocol_violation);
  }
  std::visit(request_visitor{*this, x}, x.body);
}

void session_state::on_auth(int64_t request, const protocol::auth_request& x) {
  auto who = node->tokens->check(x.token);
  if (!who) {
    fail(request, who.error());
    return end(close_code::not_authenticated);
  }
  if (at == phase::live) {
    if (who->user != user) {
      fail(request, {errc::forbidden, "the token is another user's"});
      return end(close_code::protocol_violation);
    }
    connection->expires(who->expires);
    return say(protocol::encode_ready(request, user, id, head));
  }
  user = who->user;
  home = &node->home(user);
  device = x.device;
  login = who->login;
  id = make_secret(9, *node->random);
  auth_id = request;
  creates = who->external;
  resumes = x.since;
  at = phase::attaching;
  connection->expires(who->expires);
  attach_home();
}

void session_state::on_appended(const appended& x) {
  if (!work)
    return;
  for (const auto& one : x.all) {
    auto open = work->appends.find(one.tag);
    if (open == work->appends.end())
      continue;
    say(protocol::encode_ack({open->second.id, std::move(open->second.cid),
                              x.conv, one.seq, one.ts, one.dup}));
    auto& where = *open->second.at;
    --where.open;
    where.acked = std::max(where.acked, one.seq);
    work->appends.erase(open);
  }
  stop_awaiting_ack();
  release();
}

void session_state::on_refused(const refused& x) {
  if (!work)
    return;
  auto open = work->appends.find(x.tag);
  if (open == work->appends.end())
    return;
  auto request = open->second.id;
  --open->second.at->open;
  work->appends.erase(open);
  fail(request, {static_cast<errc>(x.code), x.message, x.retry_after_ms});
  stop_awaiting_ack();
  release();
}

/// What has become of an act without an answer is not known: its client sends
/// it again. A late answer finds nothing here.
void session_state::refuse_overdue() {
  if (!work)
    return;
  std::vector<uint64_t> overdue;
  for (const auto& [tag, x] : work->appends)
    if (looks - x.since > looks_max)
      overdue.push_back(tag);
  std::sort(overdue.begin(), overdue.end());
  for (auto tag : overdue)
    on_refused({tag, static_cast<uint8_t>(errc::unavailable),
                "no answer in time; send it again"});
}

} // namespace parley
