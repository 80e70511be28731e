#include "parley/protocol/events.hpp"

#include "parley/base/limits.hpp"
#include "parley/protocol/http_bodies.hpp"
#include "parley/protocol/json_writer.hpp"

#include <algorithm>

namespace parley::protocol {

namespace {

/// Room for the names and numbers of an event beside its texts.
constexpr size_t frame_bytes = 160;

/// A whole frame from its type and what `add` writes behind it.
template <class Add>
std::string encode(std::string_view type, Add add) {
  std::string out;
  out.reserve(frame_bytes);
  json_writer json{out};
  json.open_object().member("t", type);
  add(json);
  json.close_object();
  return out;
}

void add_names(json_writer& json, const std::vector<std::string>& names) {
  json.open_array();
  for (auto& each : names)
    json.value(each);
  json.close_array();
}

/// The newest body, or that it is gone.
void add_body(json_writer& json, const entry& x) {
  if (x.gone)
    json.member("deleted", true);
  else
    json.member("body", x.body);
}

/// The users of each emoji; emojis in the order in which they came.
void add_reactions(std::string& to, json_writer& json,
                   const std::vector<reaction>& reactions) {
  std::vector<std::string_view> kinds;
  for (auto& each : reactions)
    if (std::find(kinds.begin(), kinds.end(), each.emoji) == kinds.end())
      kinds.push_back(each.emoji);
  json.key("reactions").open_object();
  for (auto kind : kinds) {
    json.value(kind); // As a key: an emoji may need escapes.
    to.push_back(':');
    json.open_array();
    for (auto& each : reactions)
      if (each.emoji == kind)
        json.value(each.user);
    json.close_array();
  }
  json.close_object();
}

void add_msg(std::string& to, json_writer& json, const item& x) {
  json.member("cid", x.what.cid);
  add_body(json, x.what);
  if (x.what.ref != 0)
    json.member("reply_to", x.what.ref);
  if (x.what.gone)
    return;
  if (x.edited_ts != 0)
    json.member("edited_ts", x.edited_ts);
  if (!x.reactions.empty())
    add_reactions(to, json, x.reactions);
}

void add_group(json_writer& json, const entry& x) {
  if (x.gone) {
    json.member("deleted", true);
    return;
  }
  json.member("name", x.text);
  if (!x.members.empty()) {
    json.key("members");
    add_names(json, x.members);
  }
}

void add_member(json_writer& json, const entry& x) {
  json.member("user", x.text).member("change", to_string(x.change));
  if (x.change == member_change::added || x.change == member_change::role)
    json.member("role", to_string(x.as));
}

/// Of an act upon an earlier message.
void add_ref(json_writer& json, const entry& x) {
  if (!x.cid.empty())
    json.member("cid", x.cid);
  json.member("ref", x.ref);
}

void add_kind(std::string& to, json_writer& json, const item& x) {
  auto& what = x.what;
  switch (what.kind) {
    case entry_kind::msg:
      add_msg(to, json, x);
      break;
    case entry_kind::edited:
      add_ref(json, what);
      add_body(json, what);
      break;
    case entry_kind::deleted:
      add_ref(json, what);
      break;
    case entry_kind::reacted:
      add_ref(json, what);
      json.member("emoji", what.text).member("on", what.on);
      break;
    case entry_kind::group:
      add_group(json, what);
      break;
    case entry_kind::member:
      add_member(json, what);
      break;
    case entry_kind::lost:
      break;
  }
}

} // namespace

std::string_view type_of(entry_kind kind) noexcept {
  switch (kind) {
    case entry_kind::msg:
      return "msg";
    case entry_kind::edited:
      return "edited";
    case entry_kind::deleted:
      return "deleted";
    case entry_kind::reacted:
      return "reacted";
    case entry_kind::group:
      return "group";
    case entry_kind::member:
      return "member";
    case entry_kind::lost:
      return "lost";
  }
  return "lost";
}

shared_bytes encode_tail(std::string_view conv, const item& x) {
  auto& what = x.what;
  std::string out;
  out.reserve(frame_bytes + conv.size() + what.from.size() + what.cid.size()
              + what.body.size() + what.text.size());
  // Its type stands before it, so that it begins with a comma.
  out.push_back(',');
  json_writer json{out};
  json.member("conv", conv).member("seq", what.seq);
  if (what.kind != entry_kind::lost)
    json.member("from", what.from).member("ts", what.ts);
  add_kind(out, json, x);
  json.close_object();
  return shared_bytes{std::move(out)};
}

outgoing encode_event(entry_kind kind, uint64_t useq, shared_bytes tail) {
  std::string own;
  own.reserve(48); // {"t":"reacted","useq":18446744073709551615
  json_writer json{own};
  json.open_object().member("t", type_of(kind)).member("useq", useq);
  return {std::move(own), std::move(tail)};
}

void append_item(std::string& to, entry_kind kind, std::string_view tail) {
  json_writer json{to};
  json.open_object().member("t", type_of(kind));
  to.append(tail);
}

std::string encode_hello(const hello& x) {
  return encode("hello", [&](json_writer& json) {
    json.member("v", 1).member("node", x.node).member("ping_ms", x.ping_ms);
    json.key("limits")
        .open_object()
        .member("body_chars", limits::body_chars_max)
        .member("frame_bytes", limits::frame_bytes_max)
        .member("group_members", limits::group_members_max)
        .member("window", limits::window_events)
        .close_object();
  });
}

std::string encode_ready(int64_t id, std::string_view user,
                         std::string_view session, uint64_t useq) {
  return encode("ready", [&](json_writer& json) {
    json.member("id", id).member("user", user).member("session", session);
    json.member("useq", useq);
  });
}

std::string encode_caught_up(uint64_t useq) {
  return encode("caught_up",
                [&](json_writer& json) { json.member("useq", useq); });
}

std::string encode_reset(std::string_view reason, uint64_t useq) {
  return encode("reset", [&](json_writer& json) {
    json.member("reason", reason).member("useq", useq);
  });
}

std::string encode_pong(uint64_t useq) {
  return encode("pong", [&](json_writer& json) { json.member("useq", useq); });
}

std::string encode_error(std::optional<int64_t> id, const error& why) {
  return encode("error", [&](json_writer& json) {
    if (id)
      json.member("id", *id);
    json.member("code", parley::to_string(why.code))
        .member("message", why.message)
        .member("retryable", retryable(why.code));
    if (why.retry_after_ms != 0)
      json.member("retry_after_ms", why.retry_after_ms);
  });
}

std::string encode_ack(const ack& x) {
  return encode("ack", [&](json_writer& json) {
    json.member("id", x.id);
    if (!x.cid.empty())
      json.member("cid", x.cid);
    json.member("conv", x.conv).member("seq", x.seq).member("ts", x.ts);
    if (x.dup)
      json.member("dup", true);
  });
}

outgoing encode_reply(std::string_view type, int64_t id,
                      std::string_view fields) {
  std::string own;
  own.reserve(48 + fields.size());
  json_writer json{own};
  json.open_object().member("t", type).member("id", id);
  if (!fields.empty())
    json.raw(fields);
  json.close_object();
  return {std::move(own), {}};
}

std::string encode_cursor(bool read, std::string_view conv,
                          std::string_view user, uint64_t seq) {
  return encode(read ? "read" : "delivered", [&](json_writer& json) {
    json.member("conv", conv).member("user", user).member("seq", seq);
  });
}

std::string encode_typing(std::string_view conv, std::string_view user) {
  return encode("typing", [&](json_writer& json) {
    json.member("conv", conv).member("user", user);
  });
}

std::string_view to_string(presence_status x) noexcept {
  switch (x) {
    case presence_status::offline:
      return "offline";
    case presence_status::away:
      return "away";
    case presence_status::online:
      return "online";
  }
  return "offline";
}

std::string encode_presence_items(const std::vector<presence_item>& items) {
  std::string out;
  json_writer json{out};
  json.open_array();
  for (auto& each : items) {
    json.open_object()
        .member("user", each.user)
        .member("status", to_string(each.status));
    if (each.last_active != 0)
      json.member("last_active", each.last_active);
    json.close_object();
  }
  json.close_array();
  return out;
}

std::string encode_presence(const std::vector<presence_item>& items) {
  return encode("presence", [&](json_writer& json) {
    json.key("items").raw(encode_presence_items(items));
  });
}

std::string encode_reconnect(int64_t within_ms,
                             const std::vector<std::string>& urls) {
  return encode("reconnect", [&](json_writer& json) {
    json.member("within_ms", within_ms).key("urls");
    add_names(json, urls);
  });
}

} // namespace parley::protocol
