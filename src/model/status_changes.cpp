#include "parley/model/status_changes.hpp"

#include <algorithm>
#include <functional>
#include <limits>

namespace parley::model {

namespace {

/// Rows are due at full seconds: those of all partitions share a sync.
constexpr int64_t row_grid_ms = 1000;

/// Nothing was told yet.
constexpr int64_t never = std::numeric_limits<int64_t>::min() / 2;

int64_t on_grid(int64_t when) {
  return (when + row_grid_ms - 1) / row_grid_ms * row_grid_ms;
}

} // namespace

status_changes::status_changes(presence_rules rules, waiting_room& rows_room)
    : rules_(rules), room_(rows_room) {}

status_changes::~status_changes() {
  room_.leave(rows_.size());
}

const status_changes::entry*
status_changes::find(const std::string& user) const {
  auto at = all_.find(user);
  return at == all_.end() ? nullptr : &at->second;
}

/// Of who is new while sessions may still come from another leader, watchers
/// know what that one told them: nothing is said before it is certain.
status_changes::item& status_changes::find_or_add(const std::string& user,
                                                  moment now) {
  auto [at, added] = all_.try_emplace(user);
  auto& x = at->second;
  if (!added)
    return *at;
  x.told_at = never;
  if (now.steady >= rules_.settles)
    x.told = status::offline;
  else
    wait(*at, rules_.settles);
  return *at;
}

void status_changes::wait(item& x, int64_t when) {
  auto& e = x.second;
  wait_no_more(e);
  e.waits_in = !e.watched                  ? &unheard_
               : e.real == status::offline ? &patient_
                                           : &prompt_;
  e.waits_at = {when, ++order_};
  e.waits_in->emplace(e.waits_at, &x);
}

void status_changes::wait_no_more(entry& x) {
  if (x.waits_in)
    x.waits_in->erase(x.waits_at);
  x.waits_in = nullptr;
}

void status_changes::move(const std::string& user, status now_is, moment now,
                          std::chrono::milliseconds held) {
  if (now_is == status::offline && !find(user))
    return;
  auto& x = find_or_add(user, now);
  auto& e = x.second;
  if (e.real != now_is) {
    e.active = std::max(e.active, now.wall);
    e.known = true;
    e.row_stale = true;
  }
  e.real = now_is;
  if (e.told == now_is) {
    wait_no_more(e);
    if (now_is == status::online && !e.row_later && !e.row_waits)
      wait_for_next_row(x, now.steady + rules_.write_every.count());
    if (now_is == status::offline && e.row_stale)
      want_row(x, now.steady);
    return;
  }
  auto when = std::max(now.steady, e.told_at + rules_.coalesce.count());
  if (now_is == status::offline)
    when = std::max(when, now.steady + std::max(held, rules_.coalesce).count());
  if (!e.told && now_is == status::offline)
    when = std::max(when, rules_.settles);
  wait(x, when);
}

bool status_changes::knows(const std::string& user) const {
  const auto* x = find(user);
  return x && x->known;
}

void status_changes::restore(const std::string& user, timestamp last_active,
                             moment now) {
  auto& e = find_or_add(user, now).second;
  if (!e.known)
    e.active = last_active;
  e.known = true;
}

void status_changes::watch(const std::string& user, bool watched, moment now) {
  if (!watched && !find(user))
    return;
  auto& x = find_or_add(user, now);
  if (x.second.watched == watched)
    return;
  x.second.watched = watched;
  if (x.second.waits_in)
    wait(x, x.second.waits_at.first);
  forget_if_nothing(x);
}

timestamp status_changes::active_of(const entry& x, moment now) {
  return x.real == status::online ? now.wall : x.active;
}

status_changes::seen status_changes::seen_of(const entry& x, moment now) const {
  auto is = x.told.value_or(x.real);
  return {is, is == status::online ? now.wall : x.active, x.told.has_value()};
}

status_changes::seen status_changes::look(const std::string& user,
                                          moment now) const {
  const auto* x = find(user);
  if (x)
    return seen_of(*x, now);
  return {status::offline, 0, now.steady >= rules_.settles};
}

size_t status_changes::due(moment now, size_t max) const {
  size_t count = 0;
  for (const auto* each : {&prompt_, &patient_})
    for (auto i = each->begin(); i != each->end() && count < max; ++i) {
      if (i->first.first > now.steady)
        break;
      ++count;
    }
  return count;
}

/// What is told is written, too; but what was known before only in its turn,
/// or a new leader would write down everybody at once.
void status_changes::apply(item& x, moment now) {
  auto& e = x.second;
  auto is_news = e.told.has_value();
  wait_no_more(e);
  e.told = e.real;
  e.told_at = now.steady;
  if (is_news)
    want_row(x, on_grid(now.steady));
  else if (e.real == status::online)
    wait_for_next_row(
        x, now.steady
               + static_cast<int64_t>(
                   std::hash<std::string>{}(x.first)
                   % static_cast<uint64_t>(rules_.write_every.count())));
  else if (e.real == status::away)
    want_row(x, on_grid(now.steady));
}

std::vector<status_changes::told> status_changes::take_due(moment now,
                                                           size_t max) {
  while (!unheard_.empty() && unheard_.begin()->first.first <= now.steady) {
    auto& x = *unheard_.begin()->second;
    apply(x, now);
    forget_if_nothing(x);
  }
  std::vector<told> all;
  for (auto* each : {&prompt_, &patient_})
    while (all.size() < max && !each->empty()
           && each->begin()->first.first <= now.steady) {
      auto& x = *each->begin()->second;
      apply(x, now);
      all.push_back({x.first, seen_of(x.second, now)});
    }
  return all;
}

// -- rows --------------------------------------------------------------------

void status_changes::want_row(item& x, int64_t when) {
  x.second.row_stale = true;
  if (!x.second.row_waits)
    wait_for_next_row(x, when);
}

void status_changes::wait_for_next_row(item& x, int64_t when) {
  auto& e = x.second;
  if (e.row_later)
    later_.erase(*e.row_later);
  e.row_later = key{on_grid(when), ++order_};
  later_.emplace(*e.row_later, &x);
}

/// Whoever finds no place, and has left, keeps the row that was written last.
void status_changes::queue_row(item& x, moment now) {
  auto& e = x.second;
  e.row_later.reset();
  if (e.row_waits)
    return;
  if (room_.enter()) {
    e.row_waits = true;
    rows_.push_back(&x);
    return;
  }
  ++rows_refused_;
  if (e.real == status::online)
    wait_for_next_row(x, now.steady + rules_.write_every.count());
  else
    e.row_stale = false;
  forget_if_nothing(x);
}

size_t status_changes::rows_due(moment now) {
  while (!later_.empty() && later_.begin()->first.first <= now.steady) {
    auto& x = *later_.begin()->second;
    later_.erase(later_.begin());
    queue_row(x, now);
  }
  return rows_.size();
}

std::vector<status_changes::row> status_changes::take_rows(moment now,
                                                           size_t max) {
  std::vector<row> all;
  while (all.size() < max && !rows_.empty()) {
    auto& x = *rows_.front();
    rows_.pop_front();
    auto& e = x.second;
    e.row_waits = e.row_stale = false;
    if (!std::exchange(e.row_taken, true))
      taken_.push_back(&x);
    all.push_back({x.first, active_of(e, now)});
  }
  room_.leave(all.size());
  return all;
}

void status_changes::settle_rows(moment now) {
  for (auto* x : std::exchange(taken_, {})) {
    auto& e = x->second;
    e.row_taken = false;
    if (e.real == status::online && !e.row_later && !e.row_waits)
      wait_for_next_row(*x, now.steady + rules_.write_every.count());
    forget_if_nothing(*x);
  }
}

std::vector<status_changes::row> status_changes::last_rows(moment now) const {
  std::vector<row> all;
  for (const auto& [user, e] : all_)
    if (e.row_stale || e.row_waits || e.real == status::online)
      all.push_back({user, active_of(e, now)});
  return all;
}

// -- what is left ------------------------------------------------------------

std::optional<int64_t> status_changes::next_due() const {
  std::optional<int64_t> next;
  for (const auto* each : {&unheard_, &prompt_, &patient_, &later_})
    if (!each->empty()) {
      auto when = each->begin()->first.first;
      next = std::min(when, next.value_or(when));
    }
  return next;
}

size_t status_changes::changes_waiting() const noexcept {
  return prompt_.size() + patient_.size();
}

void status_changes::forget_if_nothing(item& x) {
  const auto& e = x.second;
  if (e.real == status::offline && !e.watched && !e.waits_in && !e.row_waits
      && !e.row_taken && !e.row_later)
    all_.erase(all_.find(x.first));
}

} // namespace parley::model
