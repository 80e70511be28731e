#include "model/sim/trace.hpp"
#include "model/sim/world.hpp"

#include <algorithm>
#include <cstdio>
#include <utility>

/// What a driver does: it carries out effects, and looks after each step.
namespace parley::sim {

namespace {

constexpr size_t packets_max = 48;

} // namespace

void world::put(node_id to, rep::message what) {
  if (packets_.size() >= packets_max)
    lose(random_.below(packets_.size()));
  packets_.push_back({to, std::move(what)});
}

void world::carry_out(node& at, rep::effects& all) {
  for (auto& each : all) {
    if (with_.trace)
      note(at.id, "  " + text_of(each));
    std::visit([&](auto& x) { on(at, x); }, each);
    if (!at.replica || !holds())
      return;
  }
  if (with_.trace)
    note(at.id, text_of(*at.replica));
  check(at);
}

void world::note(node_id at, const std::string& what) const {
  if (with_.trace)
    std::printf("n%u %s\n", at, what.c_str());
}

void world::check(node& at) {
  const auto before = committed();
  at.checked = oracle_.knows(*at.replica, at.store, at.checked,
                             at.replica->high_watermark());
  if (committed() == before)
    return;
  for (const auto& other : nodes_)
    if (other.replica && other.replica->role() == rep::replica_role::leader)
      oracle_.sees_commit(*other.replica, other.store);
}

void world::on(node& at, rep::send& x) {
  if (const auto* ack = std::get_if<rep::appended>(&x.what))
    at.promised_epoch = std::max(at.promised_epoch, ack->head.epoch);
  put(x.to, std::move(x.what));
}

void world::on(node& at, rep::send_entries& x) {
  const auto* last = at.store.entry(x.last.index);
  if (last == nullptr || last->epoch != x.last.epoch)
    return;
  auto upto = x.last.index;
  if (random_.percent(with_.cut_percent))
    upto -= random_.below(upto - x.what.prev.index);
  x.what.entries = at.store.entries(x.what.prev.index + 1, upto);
  put(x.to, std::move(x.what));
}

void world::on(node& at, rep::persist& x) {
  if (x.truncate && *x.truncate < at.checked)
    oracle_.fails("I1: a replica cuts what it counts as committed");
  at.store.write(x);
}

void world::on(node& at, rep::install& x) {
  at.store.write(x);
  at.applied = x.base.index;
}

void world::on(node& at, rep::apply& x) {
  if (x.first != at.applied + 1)
    oracle_.fails("I2: a replica applies with a gap");
  at.applied = x.last;
  at.store.apply(x.last);
}

void world::on(node& at, rep::compare_and_set& x) {
  keeper_.ask({at.id, at.life, std::move(x)});
}

void world::on(node& at, rep::read_record& x) {
  // One that is asked for again is the same request, given up and repeated.
  auto same = [&](const pending_read& y) {
    return y.token == x.token;
  };
  if (std::none_of(at.reads.begin(), at.reads.end(), same))
    at.reads.push_back({x.token, 0});
}

void world::on(node& at, rep::fetch_snapshot& x) {
  at.fetching_from = x.from;
}

void world::on(node& at, rep::lead&) {
  at.promised_epoch = std::max(at.promised_epoch, at.replica->epoch());
  oracle_.leads(*at.replica, at.store);
}

void world::on(node& at, rep::reads_confirmed& x) {
  auto& clients = at.clients;
  for (auto i = clients.begin(); i != clients.end();) {
    if (i->ticket > x.ticket) {
      ++i;
      continue;
    }
    if (at.replica->applied() < i->committed)
      oracle_.fails("I6: a deposed leader answers a read from the past");
    i = clients.erase(i);
  }
}

void world::on(node& at, rep::retire&) {
  at.hosts = false;
  // Answers to what it asked are not for a replica that may come later.
  forget(at);
  at.store.wipe();
  at.damaged = false;
  at.promised_epoch = at.checked = at.applied = 0;
}

void world::on(node& at, rep::halt& x) {
  if (x.reason == rep::halt_reason::write_failed)
    return cut_power(at.id);
  oracle_.fails(x.reason == rep::halt_reason::epoch_went_back
                    ? "a replica halts for an epoch that never went back"
                    : "I1: a replica is told to cut what was committed");
}

} // namespace parley::sim
