#include "actors/user.hpp"

#include "parley/protocol/json_writer.hpp"
#include "parley/protocol/push_bodies.hpp"

#include <algorithm>
#include <utility>

namespace parley {

namespace {

using history::family;
using history::push_key;
using history::push_kind;
using history::push_part;
using history::subscription_record;

/// A user's; the one that was renewed least recently gives way.
constexpr size_t subscriptions_max = 20;

std::string_view kind_name(push_kind kind) {
  switch (kind) {
    case push_kind::web:
      return "webpush";
    case push_kind::apns:
      return "apns";
    case push_kind::fcm:
      break;
  }
  return "fcm";
}

} // namespace

caf::result<subscribed> user_state::on_subscribe(const subscribe_push& x) {
  if (!account_row)
    return to_caf(errc::not_found, "no such user");
  auto kind = static_cast<push_kind>(x.kind);
  auto& all = push.subscriptions;
  auto at = std::find_if(all.begin(), all.end(), [&](const auto& s) {
    return s.kind == kind && s.address == x.address;
  });
  auto known = at != all.end();
  history::batch rows;
  if (!known && all.size() >= subscriptions_max) {
    auto oldest = std::min_element(
        all.begin(), all.end(),
        [](const auto& a, const auto& b) { return a.renewed < b.renewed; });
    erase_subscriptions(
        rows, [id = oldest->id](const auto& s) { return s.id == id; });
  }
  if (!known)
    at = all.insert(
        all.end(),
        {make_secret(12, *node->random), kind, x.address, {}, {}, {}, {}, 0});
  at->p256dh = x.p256dh;
  at->auth = x.auth;
  at->device = x.device;
  at->login = x.login;
  at->renewed = node->clock->now();
  rows.put(family::state, push_key(where, push_part::subscription, at->id),
           history::encode(*at));
  return commit_then(std::move(rows), subscribed{at->id, known});
}

/// Forgets subscriptions, and what waits for them.
void user_state::erase_subscriptions(
    history::batch& rows,
    const std::function<bool(const subscription_record&)>& which) {
  std::vector<std::string> ids;
  for (const auto& s : push.subscriptions)
    if (which(s))
      ids.push_back(s.id);
  if (ids.empty())
    return;
  std::erase_if(push.subscriptions, which);
  for (const auto& id : ids) {
    rows.erase(family::state, push_key(where, push_part::subscription, id));
    withdraw_push({}, id);
  }
  for (auto i = push.waiting.begin(); i != push.waiting.end();) {
    auto conv = (i++)->first;
    keep_known_targets(rows, conv);
  }
}

caf::result<answer> user_state::on_unsubscribe(const unsubscribe_push& x) {
  auto before = push.subscriptions.size();
  history::batch rows;
  erase_subscriptions(rows, [&](const auto& s) { return s.id == x.id; });
  if (push.subscriptions.size() == before)
    return to_caf(errc::not_found, "no such subscription");
  return commit_then(std::move(rows), answer{});
}

/// Without what would let somebody else send to them.
caf::result<answer> user_state::on_subscriptions() {
  std::string fields;
  protocol::json_writer out{fields};
  out.key("subscriptions").open_array();
  for (const auto& s : push.subscriptions) {
    out.open_object().member("id", s.id).member("kind", kind_name(s.kind));
    if (!s.device.empty())
      out.member("device", s.device);
    out.member("renewed", s.renewed).close_object();
  }
  out.close_array();
  return answer{shared_bytes{std::move(fields)}};
}

caf::result<answer> user_state::on_quiet_hours() {
  const auto& hours = push.quiet;
  std::string fields;
  protocol::json_writer out{fields};
  // So a page knows without asking for a key that there may not be.
  out.member("enabled", static_cast<bool>(node->push.dispatcher));
  if (hours.from == hours.to)
    out.key("quiet_from").raw("null").key("quiet_to").raw("null");
  else
    out.member("quiet_from", protocol::clock_text(hours.from))
        .member("quiet_to", protocol::clock_text(hours.to));
  out.member("utc_offset_minutes", hours.offset_minutes);
  return answer{shared_bytes{std::move(fields)}};
}

caf::result<answer> user_state::on_set_quiet_hours(const set_quiet_hours& x) {
  if (!account_row)
    return to_caf(errc::not_found, "no such user");
  push.quiet = {x.from, x.to, x.offset_minutes};
  history::batch rows;
  rows.put(family::state, push_key(where, push_part::quiet),
           history::encode(push.quiet));
  return commit_then(std::move(rows), answer{});
}

} // namespace parley
