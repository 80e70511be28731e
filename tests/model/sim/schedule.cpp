#include "model/sim/schedule.hpp"

#include <vector>

namespace parley::sim {

using std::chrono::milliseconds;

namespace {

struct usual {
  act what;
  uint16_t weight;
};

constexpr usual always[] = {
    {act::deliver, 360},
    {act::sync, 140},
    {act::tick, 60},
    {act::propose, 60},
    {act::ask_to_read, 8},
    {act::deal_with_request, 50},
    {act::deliver_answer, 50},
    {act::watch, 50},
    {act::read_on, 40},
    {act::control, 25},
    {act::report, 25},
    {act::finish_fetch, 15},
    {act::restart, 18},
    {act::resume, 10},
    {act::renew, 18},
    {act::repent, 4},
    {act::heal, 1},
};

constexpr usual faults[] = {
    {act::lose, 50},      {act::duplicate, 30},    {act::kill, 3},
    {act::cut_power, 3},  {act::cut_all_power, 1}, {act::wipe, 6},
    {act::lie, 6},        {act::pause, 4},         {act::expire, 4},
    {act::trim, 10},      {act::hand_over, 5},     {act::let_ghost_arrive, 15},
    {act::jump_clock, 6}, {act::fail_write, 1},    {act::fail_fetch, 4},
    {act::silence, 3},    {act::cut_off, 2},
};

/// Each schedule leaves some faults out and makes much of others: mixtures
/// find more than the average does.
weights mixture(dice& random, bool changes_replicas) {
  weights out{};
  auto of = [&out](act what) -> uint16_t& {
    return out[static_cast<size_t>(what)];
  };
  // From one fault after the other to long stretches of ordinary life.
  static constexpr uint16_t calms[] = {1, 3, 8};
  const auto calm = calms[random.below(3)];
  for (const auto& each : always)
    of(each.what) = static_cast<uint16_t>(each.weight * calm);
  for (const auto& each : faults)
    switch (random.below(4)) {
      case 0:
        break;
      case 1:
        of(each.what) = static_cast<uint16_t>(each.weight / 4 + 1);
        break;
      default:
        of(each.what) = each.weight;
    }
  if (changes_replicas)
    of(act::change) = 6;
  return out;
}

/// Draws by weight in constant time.
class urn {
public:
  explicit urn(const weights& of) {
    for (size_t i = 0; i < of.size(); ++i)
      all_.insert(all_.end(), of[i], static_cast<act>(i));
  }
  act draw(dice& random) const { return all_[random.below(all_.size())]; }

private:
  std::vector<act> all_;
};

node_id any_node(world& w) {
  return static_cast<node_id>(1 + w.random().below(w.nodes()));
}

/// A node that believes to lead, if any does; else any.
node_id any_leader(world& w) {
  auto first = w.random().below(w.nodes());
  for (size_t i = 0; i < w.nodes(); ++i) {
    auto id = static_cast<node_id>(1 + (first + i) % w.nodes());
    const auto* r = w.at(id);
    if (r != nullptr && r->role() == rep::replica_role::leader)
      return id;
  }
  return static_cast<node_id>(1 + first);
}

size_t any_packet(world& w) {
  auto n = w.packets().size();
  return n == 0 ? 0 : w.random().below(n);
}

/// A ZooKeeper that mostly answers, or one that mostly does not.
fate any_fate(world& w, const schedule& x) {
  if (!w.random().percent(x.seed % 3 == 0 ? 50 : 10))
    return fate::answered;
  return static_cast<fate>(1 + w.random().below(3));
}

void happen(world& w, act what, const schedule& x) {
  auto& random = w.random();
  const auto node = any_node(w);
  switch (what) {
    case act::deliver:
      return w.deliver(any_packet(w));
    case act::lose:
      return w.lose(any_packet(w));
    case act::duplicate:
      return w.duplicate(any_packet(w));
    case act::sync:
      return w.sync(node);
    case act::tick:
      return w.tick(node, milliseconds{1 + random.below(12)});
    case act::propose:
      return w.propose(random.percent(60) ? any_leader(w) : node);
    case act::ask_to_read:
      return w.ask_to_read(node);
    case act::deal_with_request:
      return w.deal_with_request(any_fate(w, x));
    case act::deliver_answer:
      return w.deliver_answer();
    case act::watch:
      return w.watch(node);
    case act::read_on:
      return w.read_on(node);
    case act::control:
      return w.control(random.percent(15) && w.keeper().version() > 1
                           ? w.keeper().version() - 1
                           : 0);
    case act::report:
      return w.report(node);
    case act::finish_fetch:
      return w.finish_fetch(node);
    case act::restart:
      return w.restart(node);
    case act::resume:
      return w.resume(node);
    case act::renew:
      return w.renew(node);
    case act::repent:
      return w.repent(node);
    case act::heal:
      return w.heal();
    case act::kill:
      return w.kill(node);
    case act::cut_power:
      return w.cut_power(node);
    case act::cut_all_power:
      for (node_id each = 1; each <= w.nodes(); ++each)
        w.cut_power(each);
      return;
    case act::wipe:
      return w.restart_wiped(node);
    case act::lie:
      return w.lie(node);
    case act::pause:
      return w.pause(node);
    case act::expire:
      return w.expire(node);
    case act::trim:
      return w.trim(node);
    case act::hand_over:
      return w.hand_over(node);
    case act::let_ghost_arrive:
      return w.let_ghost_arrive();
    case act::jump_clock:
      return w.tick(node, milliseconds{100});
    case act::fail_write:
      return w.fail_write(node);
    case act::fail_fetch:
      return w.fail_fetch(node);
    case act::silence:
      return w.silence(node, any_node(w));
    case act::cut_off: {
      auto way = random.below(3);
      return w.cut_off(node, way == 1, way == 2);
    }
    case act::change: {
      const auto& all = w.keeper().record().replicas;
      return w.change(node, all[random.below(all.size())]);
    }
    case act::count_:
      break;
  }
}

} // namespace

verdict live_through(const schedule& x) {
  world::options with;
  with.seed = x.seed;
  with.rule = x.rule;
  with.trace = x.trace;
  if (x.changes_replicas)
    with.nodes = nodes_max;
  world w{with};
  const urn acts{mixture(w.random(), x.changes_replicas)};
  for (size_t i = 0; i < x.steps && w.holds(); ++i)
    happen(w, acts.draw(w.random()), x);
  if (w.holds())
    w.come_to_rest();
  if (w.holds())
    w.outlast_a_cut();
  verdict out{w.violation(), w.committed(), 0, 0};
  for (uint64_t version = 2; version <= w.keeper().version(); ++version) {
    const auto before = w.keeper().at(version - 1).record;
    const auto after = w.keeper().at(version).record;
    out.elections += before.leader != after.leader ? 1 : 0;
    out.changes += before.leaving != 0 && after.leaving == 0 ? 1 : 0;
  }
  return out;
}

} // namespace parley::sim
