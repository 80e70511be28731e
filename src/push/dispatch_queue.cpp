#include "parley/push/dispatch_queue.hpp"

#include <algorithm>
#include <utility>

namespace parley::push {

using std::chrono::milliseconds;

namespace {

constexpr milliseconds first_wait{1000};
constexpr milliseconds longest_wait{15 * 60'000};
constexpr uint32_t doublings_max = 20;

} // namespace

milliseconds back_off(uint32_t tries, random_source& random,
                      milliseconds at_least) {
  auto whole =
      std::min(first_wait * (int64_t{1} << std::min(tries, doublings_max)),
               longest_wait);
  uint32_t dice = 0;
  random.fill(&dice, sizeof dice);
  auto half = whole.count() / 2;
  auto wait = milliseconds{half + static_cast<int64_t>(dice) % (half + 1)};
  // Those who were told the same time must not come back together.
  return at_least > wait ? at_least + wait / 4 : wait;
}

dispatch_queue::dispatch_queue(dispatch_limits with, random_source& random)
    : with_(with), random_(random) {}

bool dispatch_queue::offer(job x) {
  auto at = all_.find(x.key);
  if (at == all_.end()) {
    if (all_.size() >= with_.waiting)
      return false;
    auto& made = all_[x.key];
    made.what = std::move(x);
    make_ready(made);
    return true;
  }
  auto& there = at->second;
  if (there.flies) {
    const auto& newest = there.next ? *there.next : there.what;
    if (there.withdrawn || x.version > newest.version)
      there.next = std::move(x);
    there.withdrawn = false;
  } else if (x.version > there.what.version) {
    // It keeps its place, and the time at which it was told to come back.
    there.what = std::move(x);
  }
  return true;
}

void dispatch_queue::withdraw(const std::string& user, const std::string& conv,
                              const std::string& subscription) {
  auto i = all_.lower_bound({user, conv, {}});
  while (i != all_.end() && i->first.user == user
         && (conv.empty() || i->first.conv == conv)) {
    auto& x = i->second;
    ++i;
    if (!subscription.empty() && x.what.key.subscription != subscription)
      continue;
    if (x.flies) {
      x.withdrawn = true;
      x.next.reset();
    } else {
      remove(x);
    }
  }
}

std::vector<dispatch_queue::sending>
dispatch_queue::take(timestamp now, size_t max, std::vector<news>& told) {
  while (!late_.empty() && late_.begin()->first.first <= now) {
    auto& x = *late_.begin()->second;
    late_.erase(late_.begin());
    x.due = 0;
    make_ready(x);
  }
  std::vector<sending> out;
  ++first_; // So that none comes last every time.
  for (size_t turn = 0; turn < services; ++turn) {
    auto i = (first_ + turn) % services;
    auto& row = rows_[i];
    while (!row.empty() && flying_of_[i] < with_.in_flight
           && out.size() + told.size() < max) {
      auto& from = *row.front();
      row.pop_front();
      from.queued = false;
      take_from(from, now, out, told);
      queue_lane(from);
      tidy(from);
    }
  }
  return out;
}

void dispatch_queue::take_from(lane& from, timestamp now,
                               std::vector<sending>& out,
                               std::vector<news>& told) {
  if (from.ready.empty())
    return;
  auto& x = *from.ready.begin()->second;
  if (is_too_old(x.what, now)) {
    told.push_back({x.what.key, x.what.version, news::fate::given_up});
    return remove(x);
  }
  from.ready.erase(from.ready.begin());
  x.flies = true;
  ++from.flying;
  ++flying_of_[static_cast<size_t>(from.name.first)];
  auto ticket = ++last_turn_;
  flying_.emplace(ticket, &x);
  out.push_back({ticket, x.what});
}

namespace {

/// `later` is not news, unless nothing is tried any more.
dispatch_queue::news::fate fate_of(verdict x) {
  using enum dispatch_queue::news::fate;
  switch (x) {
    case verdict::taken:
      return taken;
    case verdict::gone:
      return gone;
    case verdict::refused:
      return refused;
    case verdict::later:
      break;
  }
  return given_up;
}

} // namespace

std::optional<dispatch_queue::news>
dispatch_queue::finish(uint64_t ticket, const outcome& how, timestamp now) {
  auto at = flying_.find(ticket);
  if (at == flying_.end())
    return std::nullopt;
  auto& x = *at->second;
  flying_.erase(at);
  auto& from = *x.in;
  x.flies = false;
  --from.flying;
  --flying_of_[static_cast<size_t>(from.name.first)];
  news said{x.what.key, x.what.version, fate_of(how.said)};
  auto silent = x.withdrawn;
  auto later = how.said == verdict::later && !silent;
  auto newer = x.next && !silent && how.said != verdict::gone;
  if (newer) {
    x.what = *std::exchange(x.next, std::nullopt);
    if (!later)
      x.tries = 0;
  }
  auto again = later && !is_too_old(x.what, now);
  if (later)
    said.version = x.what.version;
  if (again)
    delay(x, how, now);
  else if (newer && !later)
    make_ready(x);
  else
    remove(x);
  queue_lane(from);
  tidy(from);
  // That a subscription is dead is worth knowing in any case.
  if (again || (silent && said.what != news::fate::gone))
    return std::nullopt;
  return said;
}

std::optional<timestamp> dispatch_queue::next_due() const {
  if (late_.empty())
    return std::nullopt;
  return late_.begin()->first.first;
}

void dispatch_queue::delay(entry& x, const outcome& how, timestamp now) {
  auto at_least =
      milliseconds{how.retry_after.value_or(std::chrono::seconds{0})};
  x.due = now + back_off(x.tries, random_, at_least).count();
  ++x.tries;
  x.turn = ++last_turn_;
  x.in = nullptr;
  late_.emplace(std::pair{x.due, x.turn}, &x);
}

bool dispatch_queue::has_room(const lane& x) const {
  return x.name.first != service::web_push
         || x.flying < with_.in_flight_per_host;
}

dispatch_queue::lane& dispatch_queue::lane_of(const job& x) {
  auto name = std::pair{x.by, x.host};
  auto& found = lanes_[name];
  found.name = std::move(name);
  return found;
}

void dispatch_queue::make_ready(entry& x) {
  x.in = &lane_of(x.what);
  x.turn = ++last_turn_;
  x.in->ready.emplace(x.turn, &x);
  queue_lane(*x.in);
}

void dispatch_queue::queue_lane(lane& x) {
  if (x.queued || x.ready.empty() || !has_room(x))
    return;
  x.queued = true;
  rows_[static_cast<size_t>(x.name.first)].push_back(&x);
}

/// A lane is there as long as something is in it, or it stands in the row.
void dispatch_queue::tidy(lane& x) {
  if (!x.queued && x.ready.empty() && x.flying == 0)
    lanes_.erase(std::pair{x.name});
}

void dispatch_queue::unlink(entry& x) {
  if (x.due != 0)
    late_.erase({x.due, x.turn});
  else if (x.in)
    x.in->ready.erase(x.turn);
  x.due = 0;
}

void dispatch_queue::remove(entry& x) {
  unlink(x);
  all_.erase(delivery_key{x.what.key});
}

bool dispatch_queue::is_too_old(const job& x, timestamp now) const {
  return now - x.made >= with_.give_up_after.count();
}

} // namespace parley::push
