#include "model/sim/world.hpp"

#include "model/sim/trace.hpp"

#include <algorithm>
#include <utility>

namespace parley::sim {

using rep::replica_role;
using std::chrono::milliseconds;

namespace {

constexpr size_t members = 3; ///< Of the replica set at the beginning.

/// Small bounds, so that schedules meet them.
rep::replica_settings settings_of(node_id self, const rep::rules& rule) {
  rep::replica_settings out;
  out.self = self;
  out.lag_deadline = milliseconds{60};
  out.resend_after = milliseconds{15};
  out.hand_over_deadline = milliseconds{60};
  out.resign_after = milliseconds{60};
  out.batch_entries_max = 3;
  out.in_flight_entries_max = 6;
  out.uncommitted_entries_max = 6;
  out.unsynced_writes_max = 6;
  out.rule = rule;
  return out;
}

rep::partition_record first_record() {
  rep::partition_record out;
  out.epoch = out.leader = 1;
  for (node_id id = 1; id <= members; ++id) {
    out.isr.push_back({id, id});
    out.replicas.push_back(id);
  }
  return out;
}

/// Payloads are made once: schedules are many.
const shared_bytes& payload(uint64_t i) {
  static const auto all = [] {
    std::vector<shared_bytes> out;
    for (int n = 0; n < 4096; ++n)
      out.emplace_back("entry " + std::to_string(n));
    return out;
  }();
  return all[i % all.size()];
}

} // namespace

world::world(const options& with)
    : with_(with), random_(with.seed), keeper_(first_record()) {
  for (node_id id = 1; id <= with.nodes; ++id) {
    auto& x = nodes_[id];
    x.id = id;
    x.settings = settings_of(id, with.rule);
    x.hosts = id <= members;
    start(x);
  }
}

void world::start(node& at) {
  at.up = true;
  at.paused = false;
  at.incarnation = keeper_.open_session(at.id);
  at.seen_version = 0;
  note(at.id, "starts");
  if (at.hosts)
    host(at);
}

void world::host(node& at) {
  at.hosts = true;
  at.replica.emplace(at.settings, uint16_t{7}, at.incarnation,
                     at.store.recover());
  at.checked = 0;
  at.applied = at.replica->applied();
  effects_.clear();
  at.replica->tick(at.now, effects_);
  carry_out(at, effects_);
}

void world::stop(node& at) {
  at.up = at.paused = false;
  note(at.id, "stops");
  forget(at);
}

void world::forget(node& at) {
  at.replica.reset();
  ++at.life;
  at.reads.clear();
  at.clients.clear();
  at.fetching_from = 0;
}

world::packet world::take_packet(size_t i) {
  auto x = std::move(packets_[i]);
  packets_[i] = std::move(packets_.back());
  packets_.pop_back();
  return x;
}

void world::deliver(size_t i) {
  if (i >= packets_.size() || nodes_[packets_[i].to].paused)
    return;
  auto x = take_packet(i);
  auto& at = nodes_[x.to];
  auto from = std::visit([](const auto& m) { return m.head.from; }, x.what);
  if (!runs(at) || !hears(x.to, from))
    return;
  if (with_.trace)
    note(x.to, text_of(x.what));
  auto before = at.replica->log().last();
  run(at, [&](auto& r, auto& out) { r.receive(x.what, out); });
  const auto* m = std::get_if<rep::append>(&x.what);
  if (m != nullptr && m->head.epoch < at.promised_epoch && at.replica
      && at.replica->log().last() != before)
    oracle_.fails("I6: a deposed leader's write is not refused");
}

void world::lose(size_t i) {
  if (i < packets_.size())
    take_packet(i);
}

void world::duplicate(size_t i) {
  if (i < packets_.size()) {
    auto copy = packets_[i];
    put(copy.to, std::move(copy.what));
  }
}

void world::sync(node_id id) {
  auto& at = nodes_[id];
  if (!runs(at) || !at.store.has_tickets())
    return;
  auto ticket = at.store.sync(random_);
  run(at, [&](auto& r, auto& out) { r.synced(ticket, out); });
}

void world::tick(node_id id, milliseconds later) {
  auto& at = nodes_[id];
  at.now += later;
  run(at, [&](auto& r, auto& out) { r.tick(at.now, out); });
}

void world::propose(node_id id) {
  run(nodes_[id], [&](auto& r, auto& out) {
    if (r.propose(payload(payloads_), out) == rep::admission::accepted)
      ++payloads_;
  });
}

void world::ask_to_read(node_id id) {
  auto& at = nodes_[id];
  run(at, [&](auto& r, auto& out) {
    at.clients.push_back({++tickets_, committed()});
    if (r.confirm_reads(tickets_, out) != rep::admission::accepted)
      at.clients.pop_back();
  });
}

void world::hand_over(node_id id) {
  run(nodes_[id], [](auto& r, auto& out) { r.hand_over(0, out); });
}

void world::trim(node_id id) {
  auto& at = nodes_[id];
  if (!runs(at) || at.applied <= at.replica->log().base().index)
    return;
  auto base = at.replica->log().base().index;
  auto upto = base + 1 + random_.below(at.applied - base);
  run(at, [&](auto& r, auto&) { r.trimmed(upto); });
  at.store.trim(upto);
}

void world::read_on(node_id id) {
  auto& at = nodes_[id];
  if (!runs(at) || at.reads.empty() || keeper_.session(id) != at.incarnation)
    return;
  auto i = random_.below(at.reads.size());
  auto& read = at.reads[i];
  if (read.version == 0) {
    read.version = keeper_.version();
    return;
  }
  auto x = read;
  at.reads.erase(at.reads.begin() + static_cast<std::ptrdiff_t>(i));
  at.seen_version = std::max(at.seen_version, x.version);
  run(at,
      [&](auto& r, auto& out) { r.saw(x.token, keeper_.at(x.version), out); });
}

void world::watch(node_id id) {
  auto& at = nodes_[id];
  auto newest = keeper_.version();
  if (!at.up || at.paused || keeper_.session(id) != at.incarnation
      || at.seen_version == newest)
    return;
  // A server may lag behind, but not behind what this session has seen.
  auto oldest = std::max(at.seen_version + 1, newest > 3 ? newest - 3 : 1);
  at.seen_version = oldest + random_.below(newest - oldest + 1);
  const auto& read = keeper_.at(at.seen_version);
  if (!at.replica && rep::holds(read.record.replicas, id))
    host(at);
  run(at, [&](auto& r, auto& out) { r.saw(0, read, out); });
}

void world::deal_with_request(fate of_it) {
  if (keeper_.has_requests())
    answers_.push_back(keeper_.deal(random_, of_it));
  if (with_.trace)
    note(0, text_of(keeper_.record()));
}

void world::deliver_answer() {
  if (answers_.empty())
    return;
  auto i = random_.below(answers_.size());
  auto x = answers_[i];
  auto& at = nodes_[x.to];
  if (at.paused)
    return;
  answers_.erase(answers_.begin() + static_cast<std::ptrdiff_t>(i));
  if (at.life == x.life)
    run(at, [&](auto& r, auto& out) {
      r.answered(x.token, x.outcome, x.version, out);
    });
}

void world::let_ghost_arrive() {
  keeper_.let_ghost_arrive(random_);
}

std::vector<rep::live_node> world::live(uint64_t version) const {
  std::vector<rep::live_node> out;
  for (node_id id = 1; id <= with_.nodes; ++id) {
    auto incarnation = keeper_.session(id);
    if (incarnation == 0)
      continue;
    out.push_back({id, incarnation, {}});
    const auto& said = reports_[id];
    if (said.incarnation == incarnation && said.version == version)
      out.back().last = said.last;
  }
  return out;
}

void world::control(uint64_t version) {
  if (version == 0)
    version = keeper_.version();
  auto read = keeper_.at(version);
  auto next = rep::elect(read.record, live(version),
                         rep::replica_settings{}.min_in_sync, with_.rule);
  if (next.step != rep::election_step::write)
    return;
  rep::compare_and_set ask{0, next.record, version, next.must_be_current};
  if (!with_.rule.r11_compare_and_set)
    ask.expected.reset();
  keeper_.ask({0, 0, std::move(ask)});
}

void world::report(node_id id) {
  const auto& at = nodes_[id];
  if (runs(at))
    reports_[id] = {at.incarnation, at.replica->last_synced(),
                    keeper_.version()};
}

void world::change(node_id coming, node_id leaving) {
  auto read = keeper_.read();
  auto wanted = rep::begin_change(read.record, coming, leaving);
  if (!wanted)
    return;
  rep::compare_and_set ask{0, *wanted, read.version, {}};
  if (!with_.rule.r11_compare_and_set)
    ask.expected.reset();
  keeper_.ask({0, 0, std::move(ask)});
}

void world::finish_fetch(node_id id) {
  auto& at = nodes_[id];
  const auto& from = nodes_[at.fetching_from];
  if (!runs(at) || at.fetching_from == 0 || !runs(from))
    return;
  if (!hears(id, from.id) || !hears(from.id, id))
    return fail_fetch(id);
  auto index = from.replica->applied();
  auto epoch = from.replica->log().epoch_at(index);
  at.fetching_from = 0;
  run(at, [&](auto& r, auto& out) { r.fetched({*epoch, index}, out); });
}

void world::fail_fetch(node_id id) {
  auto& at = nodes_[id];
  if (!runs(at) || at.fetching_from == 0)
    return;
  at.fetching_from = 0;
  run(at, [](auto& r, auto&) { r.fetch_failed(); });
}

} // namespace parley::sim
