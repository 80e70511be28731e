#include "parley/push/dispatcher.hpp"

#include "push/endpoint.hpp"

#include "parley/actors/messages.hpp"
#include "parley/actors/readers.hpp"
#include "parley/base/fault.hpp"
#include "parley/base/log.hpp"
#include "parley/base/metrics.hpp"
#include "parley/history/push_rows.hpp"

#include <caf/all.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

namespace parley::push {

namespace {

using std::chrono::milliseconds;

/// A sending of Web Push encrypts: so many before others get their turn.
constexpr size_t sends_at_once = 16;

/// Users to wake at once, and how long until the next of them: what they offer
/// comes back in between.
constexpr size_t replay_page = 256;
constexpr milliseconds replay_pause{50};
constexpr milliseconds look_pause_max{1000};
constexpr milliseconds look_pause_min{10};
constexpr std::chrono::seconds read_timeout{30};

/// Users with a mark, found over all partitions from a place on.
struct replay_place {
  uint32_t partition = 0;
  std::string key;
};
struct replay_found {
  std::vector<std::string> users;
  replay_place next;
  bool ended = false;
};

/// In the partitions that this node leads: the others' users are woken by those
/// who lead them.
result<replay_found> find_marked(const history::store& in,
                                 const node_context& node, replay_place from) {
  replay_found found;
  found.next = std::move(from);
  while (found.next.partition < node.partitions.size()) {
    if (node.led.of(found.next.partition) == 0) {
      ++found.next.partition;
      continue;
    }
    auto page = history::read_push_marks(
        in, static_cast<uint16_t>(found.next.partition), found.next.key,
        replay_page - found.users.size());
    if (!page)
      return page.error();
    std::move(page->users.begin(), page->users.end(),
              std::back_inserter(found.users));
    found.next.key = std::move(page->next);
    if (!found.next.key.empty())
      return found;
    ++found.next.partition;
  }
  found.ended = true;
  return found;
}

/// The host whose lane an endpoint is in, as the transport counts it.
std::string host_of(const std::string& address) {
  auto parsed = parse_endpoint(address, true);
  return parsed ? std::move(parsed->origin) : address;
}

std::string hex_of(const hash128& x) {
  return fmt::format("{:02x}", fmt::join(x.bytes, ""));
}

dispatch_limits limits_of(const config::push_settings& by) {
  return {by.in_flight, by.in_flight_per_host, by.waiting_max,
          by.give_up_after};
}

std::shared_ptr<const notification> notification_of(const push_offer& x,
                                                    std::chrono::seconds ttl) {
  auto made = std::make_shared<notification>();
  const auto& what = x.what;
  made->id =
      hex_of(hash_of(x.user, what.conv + ' ' + std::to_string(what.useq)));
  made->user = x.user;
  made->conv = what.conv;
  made->title = what.title;
  made->body = what.body;
  made->badge = what.badge;
  made->collapse_key = hex_of(hash_of(x.user, what.conv));
  made->ttl = ttl;
  made->ts_ms = what.ts;
  return made;
}

struct dispatcher_state {
  static inline const char* name = "push dispatcher";

  caf::stateful_actor<dispatcher_state>* self = nullptr;
  context_ptr node;
  provider_table providers;
  std::optional<dispatch_queue> queue;
  int64_t shown_waiting = 0;
  int64_t shown_in_flight = 0;
  bool timer = false;

  bool replay_wanted = false;
  bool replaying = false;
  bool replay_due = false; ///< The next page may be woken.
  bool reading = false;
  replay_place replay_at;

  void on_offer(push_offer& x) {
    auto what = notification_of(x, node->settings.push.ttl);
    auto offer = [&](std::string id, service by, std::string host,
                     std::optional<target> to) {
      delivery_key key{x.user, x.what.conv, std::move(id)};
      if (!providers[static_cast<size_t>(by)])
        return tell(
            {std::move(key), x.what.useq, dispatch_queue::news::fate::refused});
      // What has no room waits on disk, and is offered again.
      if (!queue->offer({std::move(key), x.what.useq, x.what.made, by,
                         std::move(host), what, std::move(to)}))
        replay_wanted = true;
    };
    for (const auto& s : x.to)
      offer(s.id, service_of(s.kind),
            s.kind == history::push_kind::web ? host_of(s.address)
                                              : std::string{},
            target_of(s));
    if (x.webhook)
      offer(std::string{history::webhook_id}, service::webhook, {}, {});
    pump();
  }

  void on_withdraw(const push_withdraw& x) {
    queue->withdraw(x.user, x.conv, x.subscription);
    pump();
  }

  void on_ended(const push_ended& x) {
    outcome how;
    how.said = static_cast<verdict>(x.verdict);
    if (x.retry_after_ms)
      how.retry_after = std::chrono::duration_cast<std::chrono::seconds>(
          milliseconds{*x.retry_after_ms});
    if (how.said == verdict::later)
      metrics::add(metrics::counter::push_retried);
    if (how.said != verdict::taken)
      log::debug("push.not_taken", "verdict={} why={}", x.verdict, x.detail);
    if (auto said = queue->finish(x.ticket, how, node->clock->now()))
      tell(*said);
    pump();
  }

  void tell(const dispatch_queue::news& x) {
    using from = dispatch_queue::news::fate;
    using to = push_told::fate;
    auto what = x.what == from::taken  ? to::taken
                : x.what == from::gone ? to::gone
                                       : to::dropped;
    metrics::add(what == to::taken  ? metrics::counter::push_taken
                 : what == to::gone ? metrics::counter::push_gone
                                    : metrics::counter::push_failed);
    self->send(node->home(x.key.user), to_user{x.key.user},
               push_told{x.key.conv, x.version, x.key.subscription, what});
  }

  /// Sends what may be sent now, and sees to it that it is looked again.
  void pump() {
    std::vector<dispatch_queue::news> told;
    auto some = queue->take(node->clock->now(), sends_at_once, told);
    for (auto& x : some)
      send(x);
    for (const auto& x : told)
      tell(x);
    show();
    step_replay();
    if (some.size() + told.size() >= sends_at_once)
      self->send(self, flush{});
    start_timer();
  }

  void send(dispatch_queue::sending& x) {
    fault::point("push.before_send");
    auto to = caf::actor_cast<caf::actor>(self);
    auto done = [to, ticket = x.ticket](const outcome& how) {
      push_ended said{ticket, static_cast<uint8_t>(how.said), {}, how.detail};
      if (how.retry_after)
        said.retry_after_ms = milliseconds{*how.retry_after}.count();
      caf::anon_send(to, std::move(said));
    };
    auto& by = *providers[static_cast<size_t>(x.what.by)];
    by.send(*x.what.what, x.what.to ? &*x.what.to : nullptr, std::move(done));
  }

  void show() {
    auto waiting = static_cast<int64_t>(queue->waiting());
    auto in_flight = static_cast<int64_t>(queue->in_flight());
    metrics::move(metrics::gauge::push_waiting,
                  waiting - std::exchange(shown_waiting, waiting));
    metrics::move(metrics::gauge::push_in_flight,
                  in_flight - std::exchange(shown_in_flight, in_flight));
  }

  void start_timer() {
    auto next = queue->next_due();
    if (timer || (!next && !replaying && !replay_wanted))
      return;
    timer = true;
    auto wait = look_pause_max;
    if (next)
      wait = std::min(wait, milliseconds{*next - node->clock->now()});
    if (replaying)
      wait = std::min(wait, replay_pause);
    self->delayed_send(self, std::max(wait, look_pause_min), push_look{});
  }

  void on_look() {
    timer = false;
    if (replay_wanted && !replaying && has_room()) {
      replay_wanted = false;
      replaying = true;
      replay_at = {};
    }
    replay_due = replaying;
    pump();
  }

  bool has_room() const {
    return queue->waiting() < node->settings.push.waiting_max / 2;
  }

  /// Wakes the next page of users with a mark.
  void step_replay() {
    if (!std::exchange(replay_due, false) || reading || !has_room())
      return;
    auto reader = pick_reader(*node);
    if (!reader)
      return; // The next look tries again.
    reading = true;
    auto slot = std::make_shared<result<replay_found>>(error{});
    auto run = [slot, with = node, at = replay_at](const history::store& in) {
      *slot = find_marked(in, *with, at);
      return caf::make_message(read_done{});
    };
    self->request(reader, read_timeout, read_job{std::move(run)})
        .then([this, slot](const read_done&) { on_found(*slot); },
              [this](const caf::error&) {
                reading = false;
                start_timer();
              });
  }

  void on_found(const result<replay_found>& found) {
    reading = false;
    if (!found) {
      log::error("push.replay_failed", "why={}", found.error().message);
      return start_timer(); // The next look tries again.
    }
    for (const auto& user : found->users)
      self->send(node->home(user), to_user{user}, push_wake{});
    replay_at = found->next;
    replaying = !found->ended;
    start_timer();
  }
};

caf::behavior dispatcher(caf::stateful_actor<dispatcher_state>* self,
                         context_ptr node, provider_table providers) {
  auto& s = self->state;
  s.self = self;
  s.queue.emplace(limits_of(node->settings.push), *node->random);
  s.node = std::move(node);
  s.providers = std::move(providers);
  self->set_default_handler(caf::drop);
  self->set_error_handler([](caf::scheduled_actor*, caf::error&) {});
  return {
      [&s](push_offer& x) { s.on_offer(x); },
      [&s](const push_withdraw& x) { s.on_withdraw(x); },
      [&s](const push_ended& x) { s.on_ended(x); },
      [&s](const push_replay&) {
        s.replay_wanted = true;
        s.start_timer();
      },
      [&s](const push_look&) { s.on_look(); },
      [&s](const flush&) { s.pump(); },
  };
}

} // namespace

caf::actor spawn_dispatcher(caf::actor_system& sys, context_ptr node,
                            provider_table providers) {
  return sys.spawn(dispatcher, std::move(node), std::move(providers));
}

} // namespace parley::push
