#include "parley/cluster/forced_election.hpp"

#include "parley/base/log.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace parley::cluster {

using model::replication::election_step;
using model::replication::node_set;

namespace {

constexpr instant report_patience{5'000};

/// Why a partition need not lose anything.
std::optional<std::string>
needless(const partition_record& record,
         const std::vector<model::replication::live_node>& live) {
  switch (model::replication::elect(record, live, 1, {}).step) {
    case election_step::none:
      return "has a leader that lives";
    case election_step::write:
    case election_step::ask:
      return "can elect a leader that has everything, and will in a moment";
    case election_step::wait:
      break;
  }
  return std::nullopt;
}

const std::string* member_name(const roster& in, node_id node) {
  for (const auto& [name, row] : in.rows)
    if (row.number == node)
      return &name;
  return nullptr;
}

} // namespace

forced_election::forced_election(coordination& by, const paths& at,
                                 const cluster_view& view, forced_wish wish,
                                 on_forced done)
    : by_(by),
      at_(at),
      view_(view),
      wish_(std::move(wish)),
      done_(std::move(done)) {}

void forced_election::begin(const asker& ask, instant now) {
  if (!choose())
    return finish();
  std::map<node_id, std::vector<asked_position>> asks;
  for (const auto& [partition, x] : chosen_)
    for (auto node : view_.records().at(partition).record.replicas)
      if (view_.nodes().contains(node))
        asks[node].push_back({partition, x.version});
  for (const auto& [node, of] : asks)
    awaited_.insert(node);
  until_ = now + report_patience;
  for (const auto& [node, of] : asks)
    ask(node, of);
  if (awaited_.empty())
    conclude();
}

/// @returns whether there is anything to be done.
bool forced_election::choose() {
  if (!view_.complete()) {
    fail({errc::unavailable, "not all is known yet; try again"});
    return false;
  }
  if (wish_.partition && !view_.records().contains(*wish_.partition)) {
    fail({errc::not_found,
          fmt::format("there is no partition {}", *wish_.partition)});
    return false;
  }
  const auto live = view_.live();
  for (const auto& [partition, x] : view_.records()) {
    if (wish_.partition && wish_.partition != partition)
      continue;
    auto why = needless(x.record, live);
    if (why && !wish_.partition)
      continue;
    if (!why)
      why = awaits(x.record);
    if (!why)
      chosen_[partition].version = x.version;
    else
      fail({errc::forbidden, fmt::format("partition {} {}", partition, *why)});
  }
  return !chosen_.empty();
}

/// Whether it waits for somebody who may have all of it, or more than those
/// who live.
std::optional<std::string>
forced_election::awaits(const partition_record& record) const {
  for (auto node : record.replicas)
    if (const auto* name = member_name(view_.members(), node);
        name != nullptr && !view_.nodes().contains(node))
      return fmt::format("waits for \"{0}\", which may come back with what is "
                         "missing; if it is gone for ever, say so first: "
                         "cluster replace {0}",
                         *name);
  return std::nullopt;
}

void forced_election::reported(node_id node, uint64_t incarnation,
                               const std::vector<reported_position>& what) {
  if (concluded_ || awaited_.erase(node) == 0)
    return;
  for (const auto& each : what) {
    auto of = chosen_.find(each.asked.partition);
    if (of != chosen_.end() && of->second.version == each.asked.version)
      of->second.reports[node] = {incarnation, each.last, each.sound};
  }
  if (awaited_.empty())
    conclude();
}

void forced_election::tick(instant now) {
  if (!concluded_ && !is_over() && now >= until_)
    conclude();
}

void forced_election::conclude() {
  if (std::exchange(concluded_, true))
    return;
  ++writes_; // Answers may come before all is asked.
  for (const auto& [partition, x] : chosen_)
    write(partition, x);
  if (--writes_ == 0)
    finish();
}

void forced_election::write(uint16_t partition, const candidate& x) {
  const auto& now = view_.records().at(partition);
  if (now.version != x.version) {
    fail({errc::conflict,
          fmt::format("partition {} changes; try again", partition)});
    return;
  }
  // It may be the one that has most.
  for (auto node : now.record.replicas)
    if (awaited_.contains(node) && view_.nodes().contains(node)) {
      fail({errc::unavailable,
            fmt::format("\"{}\" lives, and does not say yet what it has of "
                        "partition {}; wait until it is linked, and try again",
                        view_.nodes().at(node).entry.name, partition)});
      return;
    }
  auto live = view_.live();
  node_set known;
  for (auto& each : live) {
    auto said = x.reports.find(each.node);
    if (said != x.reports.end() && said->second.sound
        && said->second.incarnation == each.incarnation)
      each.last = said->second.last;
  }
  for (auto node : now.record.replicas)
    if (member_name(view_.members(), node) != nullptr)
      known.push_back(node);
  auto next =
      model::replication::force_elect(now.record, live, known, wish_.gap);
  if (next.step != election_step::write) {
    fail({errc::forbidden,
          fmt::format("no sound replica of partition {} lives; start a node "
                      "that has one, or restore a backup",
                      partition)});
    return;
  }
  const auto leader = next.record.leader;
  forced_leader as{partition, leader, next.record.epoch,
                   x.reports.at(leader).last};
  std::vector<operation> all;
  for (const auto& each : next.must_be_current)
    all.push_back(operation::check(at_.incarnation(each.incarnation)));
  all.push_back(
      operation::set(at_.partition(partition), encode(next.record), x.version));
  ++writes_;
  by_.commit(all, [self = shared_from_this(), as](const commit_answer& answer) {
    self->written(as, answer);
  });
}

void forced_election::written(const forced_leader& as, const commit_answer& x) {
  if (x.code == outcome::ok) {
    log::warn("cluster.forced_election",
              "partition={} leader={} epoch={} last_epoch={} last_index={} "
              "gap={}",
              as.partition, as.leader, as.epoch, as.last.epoch, as.last.index,
              wish_.gap);
    forced_.push_back(as);
  } else {
    fail({is_refusal(x.code) ? errc::conflict : errc::unavailable,
          fmt::format("ZooKeeper, for partition {}: {}; look "
                      "whether it has a leader, and try again",
                      as.partition, to_string(x.code))});
  }
  if (--writes_ == 0)
    finish();
}

/// The first one is told, once all that is under way is over: the others go on
/// without it.
void forced_election::fail(error why) {
  if (!failure_)
    failure_ = std::move(why);
}

void forced_election::finish() {
  auto done = std::exchange(done_, nullptr);
  if (failure_ && !forced_.empty())
    failure_->message += fmt::format("; {} others were forced", forced_.size());
  if (failure_)
    done(*failure_);
  else
    done(std::move(forced_));
}

} // namespace parley::cluster
