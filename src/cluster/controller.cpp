#include "parley/cluster/controller.hpp"

#include "parley/base/log.hpp"

#include <utility>

namespace parley::cluster {

controller::controller(coordination& by, const paths& at, cluster_view& view,
                       executor post, controller_settings with,
                       controller_port& port)
    : by_(by),
      at_(at),
      view_(view),
      post_(std::move(post)),
      with_(std::move(with)),
      port_(port) {
  with_.limits.replicas = with_.cluster.replicas;
  view_.add(*this);
}

controller::~controller() {
  view_.remove(*this);
}

void controller::joined(uint64_t incarnation) {
  resign();
  incarnation_ = incarnation;
  stand();
}

void controller::left() {
  resign();
  step_ = step::out;
}

void controller::resign() {
  if (leads())
    log::info("cluster.controller_ended", "node={}", with_.name);
  rounds_.next();
  stalled_ = false;
  busy_.clear();
  unread_.clear();
  inquiries_.clear();
  hand_overs_.clear();
}

void controller::tick(instant now) {
  now_ = now;
  if (std::exchange(stalled_, false))
    stand();
  if (!leads())
    return;
  for (auto partition : std::exchange(unread_, {}))
    read_afresh(partition);
  decide();
  balance();
}

/// Goes on with the next tick.
void controller::stall() {
  stalled_ = true;
}

void controller::stand() {
  step_ = step::standing;
  rounds_.next();
  auto created = [this](const write_answer& x) {
    if (x.code == outcome::ok)
      take_epoch();
    else if (x.code == outcome::exists)
      look_at_holder();
    else
      stall();
  };
  by_.create(at_.controller(), std::to_string(incarnation_), lifetime::session,
             rounds_.in_this(created));
}

void controller::look_at_holder() {
  auto read = [this](const read_answer& x) {
    if (x.code == outcome::not_found)
      return stand();
    if (x.code != outcome::ok)
      return stall();
    if (x.bytes == std::to_string(incarnation_))
      return take_epoch(); // an outcome had been unknown
    step_ = step::waiting;
  };
  auto changed = [this] {
    if (!leads())
      stand();
  };
  by_.get(at_.controller(), rounds_.in_this(read), rounds_.in_this(changed),
          freshness::synced);
}

/// Ends the terms of all earlier controllers: their writes name the version
/// that this write replaces.
void controller::take_epoch() {
  auto created = [this](const write_answer& x) {
    if (x.code == outcome::ok || x.code == outcome::exists)
      take_epoch();
    else
      stall();
  };
  auto taken = [this](const commit_answer& x) {
    if (x.code == outcome::ok)
      begin_to_lead(x.stats.back().version);
    else if (x.code == outcome::conflict)
      stand();
    else
      stall();
  };
  auto read = [this, created, taken](const read_answer& x) {
    if (x.code == outcome::not_found)
      return by_.create(at_.controller_epoch(), "", lifetime::lasting,
                        rounds_.in_this(created));
    if (x.code != outcome::ok)
      return stall();
    by_.commit(
        {operation::check(at_.incarnation(incarnation_)),
         operation::set(at_.controller_epoch(), with_.name, x.stat.version)},
        rounds_.in_this(taken));
  };
  by_.get(at_.controller_epoch(), rounds_.in_this(read), {}, freshness::synced);
}

void controller::begin_to_lead(uint64_t guard) {
  guard_ = guard;
  step_ = step::leading;
  log::info("cluster.controller", "node={} term={}", with_.name, guard);
  schedule();
}

void controller::write(uint16_t partition, const partition_record& record,
                       std::optional<uint64_t> expected,
                       const model::replication::isr_set& must_be_current) {
  std::vector<operation> all{operation::check(at_.controller_epoch(), guard_)};
  for (const auto& each : must_be_current)
    all.push_back(operation::check(at_.incarnation(each.incarnation)));
  auto path = at_.partition(partition);
  all.push_back(expected ? operation::set(path, encode(record), expected)
                         : operation::create(path, encode(record)));
  busy_.insert(partition);
  by_.commit(
      all, rounds_.in_this([this, partition, record](const commit_answer& x) {
        auto version = x.code == outcome::ok ? x.stats.back().version : 0;
        written(partition, record, version, x);
      }));
}

void controller::written(uint16_t partition, const partition_record& record,
                         uint64_t version, const commit_answer& x) {
  if (x.code == outcome::ok) {
    busy_.erase(partition);
    return view_.learn(partition, {record, version});
  }
  if (x.code == outcome::conflict && x.failed == 0) {
    log::info("cluster.controller_deposed", "node={}", with_.name);
    resign();
    return stand();
  }
  if (x.code == outcome::unavailable)
    busy_.erase(partition); // decided anew with the next tick
  else
    read_afresh(partition);
}

/// Nothing is written to a partition before it is known what it is like. If
/// there is no record yet, making one was refused: one of its nodes was there
/// already, and its incarnation not.
void controller::read_afresh(uint16_t partition) {
  auto read = [this, partition](const result<versioned_record>& x) {
    if (!x && x.error().code == errc::unavailable) {
      unread_.insert(partition);
      return;
    }
    busy_.erase(partition);
    if (x)
      view_.learn(partition, *x);
  };
  read_record(by_, at_, partition, rounds_.in_this(read));
}

} // namespace parley::cluster
