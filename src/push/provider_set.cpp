#include "parley/push/provider_set.hpp"

#include "parley/base/random.hpp"
#include "parley/push/apns.hpp"
#include "parley/push/fcm.hpp"
#include "parley/push/vapid_keys.hpp"
#include "parley/push/web_push.hpp"
#include "parley/push/webhook.hpp"

#include <algorithm>
#include <utility>

namespace parley::push {

namespace {

std::shared_ptr<provider>& slot(provider_table& table, service of) {
  return table[static_cast<size_t>(of)];
}

/// Whom a service may turn to. One has to be named; without anything better it
/// is who receives the mail of the node's host.
std::string contact_of(const config::settings& by) {
  if (!by.push.contact.empty())
    return by.push.contact;
  const auto& url = by.http.public_url;
  if (url.starts_with("https:"))
    return url;
  auto host = url.substr(url.find("//") + 2);
  return "mailto:postmaster@" + host.substr(0, host.find(':'));
}

result<std::unique_ptr<transport>>
open_transport(const config::push_settings& by, bool allow_private) {
  transport_settings with;
  with.in_flight_max = size_t{by.in_flight} * services;
  with.in_flight_per_origin_max = std::max(by.in_flight, by.in_flight_per_host);
  with.allow_private = allow_private;
  return transport::start(with);
}

/// Puts a provider that was made, or the reason why not, in its place.
result<void> put(provider_table& table, service of,
                 result<std::unique_ptr<provider>> made,
                 std::string_view settings) {
  if (!made)
    return error{errc::internal,
                 std::string{settings} + ": " + made.error().message};
  slot(table, of) = std::move(*made);
  return {};
}

} // namespace

target target_of(const history::subscription_record& x) {
  switch (x.kind) {
    case history::push_kind::web:
      return web_push_target{x.address, x.p256dh, x.auth};
    case history::push_kind::apns:
      return apns_target{x.address};
    case history::push_kind::fcm:
      break;
  }
  return fcm_target{x.address};
}

service service_of(history::push_kind x) {
  switch (x) {
    case history::push_kind::web:
      return service::web_push;
    case history::push_kind::apns:
      return service::apns;
    case history::push_kind::fcm:
      break;
  }
  return service::fcm;
}

result<std::unique_ptr<provider_set>>
provider_set::open(const config::settings& by, const wall_clock& clock) {
  std::unique_ptr<provider_set> made{new provider_set};
  made->rules_.allow_private = by.push.allow_private_endpoints;
  if (auto done = made->add_web_push(by, clock); !done)
    return done.error();
  if (auto done = made->add_operators(by.push, clock); !done)
    return done.error();
  return made;
}

result<void> provider_set::add_web_push(const config::settings& by,
                                        const wall_clock& clock) {
  auto keys = vapid_keys::open(
      by.push.vapid_key_file.empty()
          ? (std::filesystem::path{by.node.data_dir} / "push.key").string()
          : by.push.vapid_key_file);
  if (!keys)
    return keys.error();
  vapid_key_ = keys->public_key();
  auto made = open_transport(by.push, rules_.allow_private);
  if (!made)
    return made.error();
  public_ = std::move(*made);
  web_push_settings with;
  with.contact = contact_of(by);
  return put(
      table_, service::web_push,
      make_web_push(*public_, std::move(*keys), with, clock, system_random()),
      "push");
}

result<void> provider_set::add_operators(const config::push_settings& by,
                                         const wall_clock& clock) {
  if (by.webhook.url.empty() && by.apns.key_file.empty()
      && by.fcm.service_account_file.empty())
    return {};
  auto made = open_transport(by, true);
  if (!made)
    return made.error();
  operators_ = std::move(*made);
  auto& over = *operators_;
  result<void> done;
  if (!by.webhook.url.empty())
    done = put(table_, service::webhook,
               make_webhook(over, {by.webhook.url, by.webhook.secret}, clock),
               "push.webhook");
  if (done && !by.apns.key_file.empty())
    done = put(table_, service::apns,
               make_apns(over,
                         {by.apns.key_file, by.apns.key_id, by.apns.team_id,
                          by.apns.topic, by.apns.url},
                         clock),
               "push.apns");
  if (done && !by.fcm.service_account_file.empty()) {
    fcm_settings with;
    with.service_account_file = by.fcm.service_account_file;
    done = put(table_, service::fcm, make_fcm(over, with, clock), "push.fcm");
  }
  return done;
}

std::optional<error>
provider_set::check(const history::subscription_record& x) const {
  if (!table_[static_cast<size_t>(service_of(x.kind))])
    return error{errc::bad_request, "kind: this node does not serve it"};
  return push::check(target_of(x), rules_);
}

void provider_set::stop() {
  public_.reset();
  operators_.reset();
}

} // namespace parley::push
