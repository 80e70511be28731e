#pragma once

#include "parley/actors/wire.hpp"
#include "parley/base/clock.hpp"
#include "parley/history/records.hpp"

#include <caf/all.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// Notifications of people who are away: what clients ask of a user, and what a
/// user and the node's push dispatcher tell each other.
namespace parley {

/// Adds a subscription, or renews the one of the same address; answered by
/// `subscribed`.
struct subscribe_push {
  uint8_t kind = 0; ///< A history::push_kind.
  std::string address;
  std::string p256dh;
  std::string auth;
  std::string device;
  std::string login;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, subscribe_push& x) {
  return fields(f, x.kind, x.address, x.p256dh, x.auth, x.device, x.login);
}

struct subscribed {
  std::string id;
  bool known = false; ///< It was there before.
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, subscribed& x) {
  return fields(f, x.id, x.known);
}

/// These are answered by `answer`.
struct get_subscriptions {};
struct unsubscribe_push {
  std::string id;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, unsubscribe_push& x) {
  return fields(f, x.id);
}

struct get_quiet_hours {};
struct set_quiet_hours {
  uint32_t from = 0; ///< Minutes of the user's day; equal: none.
  uint32_t to = 0;
  int32_t offset_minutes = 0;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, set_quiet_hours& x) {
  return fields(f, x.from, x.to, x.offset_minutes);
}

/// To a user with a mark: offer again what waits. No answer.
struct push_wake {};

/// To a user: what became of a notification at one subscription. No answer.
struct push_told {
  enum class fate : uint8_t {
    taken,   ///< The service has it.
    dropped, ///< It will not be taken: refused, or given up.
    gone,    ///< The subscription is dead.
  };

  std::string conv;
  uint64_t useq = 0;
  std::string subscription;
  fate what = fate::taken;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, push_told& x) {
  return fields(f, x.conv, x.useq, x.subscription, x.what);
}

// -- within a node

/// A notification for the dispatcher, durable by now. It takes the place of an
/// earlier one of the same user, conversation and subscription; the same once
/// more changes nothing.
struct push_offer {
  std::string user;
  history::push_record what;
  std::vector<history::subscription_record> to; ///< Those of `what.left`.
  bool webhook = false;                         ///< And the webhook.
};

/// Do not send any more; empty: of any conversation, to any subscription.
struct push_withdraw {
  std::string user;
  std::string conv;
  std::string subscription;
};

/// From a provider's thread to the dispatcher: how a sending ended.
struct push_ended {
  uint64_t ticket = 0;
  uint8_t verdict = 0; ///< A push::verdict.
  std::optional<int64_t> retry_after_ms;
  std::string detail;
};

/// Have the dispatcher wake every user with a mark: a start, or partitions
/// that this node leads from now on.
struct push_replay {};

/// To itself: look what is due.
struct push_look {};

} // namespace parley
