#include "model/sim/world.hpp"

#include <algorithm>

/// What befalls nodes, and the end of it.
namespace parley::sim {

using rep::replica_role;
using std::chrono::milliseconds;

void world::kill(node_id id) {
  auto& at = nodes_[id];
  if (!at.up)
    return;
  at.store.survive();
  stop(at);
}

void world::cut_power(node_id id) {
  auto& at = nodes_[id];
  if (!at.up)
    return;
  at.damaged = at.store.lose_power(random_) || (at.damaged && !is_healed(at));
  note(id, at.damaged ? "loses what it promised" : "loses power");
  if (at.damaged)
    at.promised_epoch = 0;
  stop(at);
}

void world::fail_write(node_id id) {
  run(nodes_[id], [](auto& r, auto& out) { r.write_failed(out); });
}

void world::restart(node_id id) {
  if (!nodes_[id].up)
    start(nodes_[id]);
}

/// Whether the node is a member again, with an incarnation that began after
/// the damage: then it has everything once more.
bool world::is_healed(const node& x) const {
  return x.up && !x.store.lying()
         && rep::holds(keeper_.record().isr, {x.id, x.incarnation});
}

/// Of the two members that are enough to acknowledge, one may be damaged.
bool world::may_damage(const node& x) {
  for (auto& each : nodes_)
    if (each.damaged && is_healed(each))
      each.damaged = false;
  return std::all_of(nodes_.begin(), nodes_.end(), [&](const node& each) {
    return each.id == x.id || !each.damaged;
  });
}

void world::restart_wiped(node_id id) {
  auto& at = nodes_[id];
  if (at.up || !at.hosts || !may_damage(at))
    return;
  note(id, "is wiped");
  at.store.wipe();
  at.damaged = true;
  at.promised_epoch = 0;
  start(at);
}

void world::lie(node_id id) {
  auto& at = nodes_[id];
  if (!runs(at) || !may_damage(at))
    return;
  note(id, "lies");
  at.store.lie();
  at.damaged = true;
}

void world::repent(node_id id) {
  auto& at = nodes_[id];
  if (at.up && at.store.lying())
    at.store.repent();
}

void world::pause(node_id id) {
  if (nodes_[id].up)
    nodes_[id].paused = true;
}

void world::resume(node_id id) {
  nodes_[id].paused = false;
}

void world::expire(node_id id) {
  keeper_.end_session(id);
}

void world::renew(node_id id) {
  auto& at = nodes_[id];
  if (!at.up || at.paused || keeper_.session(id) == at.incarnation)
    return;
  at.incarnation = keeper_.open_session(id);
  at.seen_version = 0;
  run(at, [&](auto& r, auto& out) { r.renewed(at.incarnation, out); });
}

void world::silence(node_id from, node_id to) {
  silent_[from][to] = from != to;
}

void world::cut_off(node_id at, bool hears, bool is_heard) {
  for (node_id other = 1; other <= with_.nodes; ++other) {
    if (!hears)
      silence(other, at);
    if (!is_heard)
      silence(at, other);
  }
}

void world::heal() {
  silent_ = {};
}

void world::let_time_pass() {
  for (int i = 0; i < 200 && !packets_.empty(); ++i)
    deliver(random_.below(packets_.size()));
  for (node_id id = 1; id <= with_.nodes; ++id) {
    sync(id);
    tick(id, milliseconds{5});
    watch(id);
    read_on(id);
    report(id);
    finish_fetch(id);
  }
  deal_with_request(fate::answered);
  deliver_answer();
  control();
}

bool world::has_come_to_rest() const {
  const auto& record = keeper_.record();
  if (record.leaving != 0 || record.isr.size() != record.replicas.size())
    return false;
  return std::all_of(
      record.replicas.begin(), record.replicas.end(), [&](node_id id) {
        const auto& r = nodes_[id].replica;
        return r && r->applied() == committed() && r->end() == committed()
               && r->epoch() == record.epoch;
      });
}

/// By whoever leads or comes to lead.
void world::commit_one_more(const char* otherwise) {
  const auto before = committed();
  for (int i = 0; i < 200 && holds() && committed() == before; ++i) {
    propose(keeper_.record().leader);
    let_time_pass();
  }
  if (holds() && committed() == before)
    oracle_.fails(otherwise);
}

void world::come_to_rest() {
  heal();
  for (node_id id = 1; id <= with_.nodes; ++id) {
    resume(id);
    repent(id);
    restart(id);
    renew(id);
  }
  for (int i = 0; i < 400 && holds() && !has_come_to_rest(); ++i)
    let_time_pass();
  commit_one_more("once all faults have ended, nothing can be committed");
  for (int i = 0; i < 200 && holds() && !has_come_to_rest(); ++i)
    let_time_pass();
  if (holds() && !has_come_to_rest())
    oracle_.fails("once all faults have ended, a replica lacks something");
}

void world::outlast_a_cut() {
  const auto& record = keeper_.record();
  const auto& all = record.replicas;
  auto who =
      random_.percent(60) ? record.leader : all[random_.below(all.size())];
  switch (random_.below(4)) {
    case 0:
      cut_off(who, true, false);
      break;
    case 1:
      cut_off(who, false, true);
      break;
    case 2:
      silence(who, all[random_.below(all.size())]);
      break;
    default:
      cut_off(who, false, false);
  }
  note(who, "is cut off for long");
  commit_one_more("while one node is cut off, nothing can be committed");
}

} // namespace parley::sim
