#include "parley/cluster/replica_host.hpp"

#include "cluster/hosted.hpp"
#include "cluster/stored_replica.hpp"

#include <utility>

namespace parley::cluster {

replica_host::replica_host(const host_settings& with,
                           history::replica_store& store, surroundings& outside)
    : with_(&with), store_(&store), outside_(&outside), all_(with.partitions) {}

replica_host::~replica_host() = default;

const rep::replica* replica_host::at(uint16_t partition) const {
  return hosts(partition) ? &all_[partition]->it : nullptr;
}

void replica_host::host(uint16_t partition, uint64_t incarnation) {
  if (hosts(partition) || failed_)
    return;
  auto marks = history::read_log_marks(*store_, partition);
  if (!marks)
    return fail(marks.error());
  add(partition, incarnation, marks->value_or(history::log_marks{}));
}

void replica_host::host_stored(uint64_t incarnation) {
  for (uint32_t i = 0; i < with_->partitions && !failed_; ++i) {
    auto partition = static_cast<uint16_t>(i);
    auto marks = history::read_log_marks(*store_, partition);
    if (!marks)
      return fail(marks.error());
    if (*marks && !hosts(partition))
      add(partition, incarnation, **marks);
  }
}

void replica_host::add(uint16_t partition, uint64_t incarnation,
                       const history::log_marks& marks) {
  auto found = read_replica(*store_, partition, marks);
  if (!found)
    return fail(found.error());
  auto& made = all_[partition];
  made = std::make_unique<hosted>(with_->replicas, partition, incarnation,
                                  std::move(found->state));
  made->log = std::move(found->log);
  made->marks = marks;
  made->readable = marks.applied;
}

bool replica_host::propose(uint16_t partition, uint64_t epoch,
                           shared_bytes payload) {
  if (partition >= all_.size() || !hosts(partition) || failed_)
    return false;
  auto& at = *all_[partition];
  if (at.first_mine == none_of_mine || at.it.epoch() != epoch)
    return false;
  at.waiting.push_back(std::move(payload));
  propose_waiting(at);
  return true;
}

/// What is not accepted now is tried again after each event: what frees the
/// window or fills the in-sync set is one.
void replica_host::propose_waiting(hosted& at) {
  if (at.waiting.empty())
    return;
  rep::effects out;
  while (!at.waiting.empty()
         && at.it.propose(at.waiting.front(), out) == rep::admission::accepted)
    at.waiting.pop_front();
  carry_out(at, out);
}

void replica_host::receive(const rep::message& what) {
  auto partition =
      std::visit([](const auto& x) { return x.head.partition; }, what);
  run(partition, [&](auto& it, auto& out) { it.receive(what, out); });
}

void replica_host::saw(uint16_t partition, uint64_t token,
                       const rep::versioned_record& read) {
  run(partition, [&](auto& it, auto& out) { it.saw(token, read, out); });
}

void replica_host::answered(uint16_t partition, uint64_t token,
                            rep::cas_outcome outcome, uint64_t version) {
  run(partition,
      [&](auto& it, auto& out) { it.answered(token, outcome, version, out); });
}

void replica_host::tick(rep::instant now) {
  for (uint16_t partition = 0; partition < with_->partitions; ++partition)
    run(partition, [now](auto& it, auto& out) { it.tick(now, out); });
}

void replica_host::renewed(uint64_t incarnation) {
  for (uint16_t partition = 0; partition < with_->partitions; ++partition)
    run(partition, [=](auto& it, auto& out) { it.renewed(incarnation, out); });
}

void replica_host::fetched(uint16_t partition, rep::position at,
                           std::unique_ptr<history::partition_import> rows) {
  if (!hosts(partition))
    return;
  all_[partition]->fetched = std::move(rows);
  run(partition, [at](auto& it, auto& out) { it.fetched(at, out); });
  if (hosts(partition))
    all_[partition]->fetched.reset();
}

void replica_host::fetch_failed(uint16_t partition) {
  run(partition, [](auto& it, auto&) { it.fetch_failed(); });
}

void replica_host::send_read(rep::node_id to, rep::append what,
                             rep::position last) {
  auto partition = what.head.partition;
  if (!hosts(partition))
    return;
  auto& reads = all_[partition]->reads;
  if (auto open = reads.find(to); open != reads.end() && --open->second == 0)
    reads.erase(open);
  // Read too late: the log has another entry there by now.
  const auto& log = all_[partition]->it.log();
  if (!what.entries.empty() && log.epoch_at(last.index) == last.epoch)
    outside_->send(to, std::move(what));
}

rep::admission replica_host::confirm_reads(uint16_t partition,
                                           uint64_t ticket) {
  auto outcome = rep::admission::not_leader;
  run(partition,
      [&](auto& it, auto& out) { outcome = it.confirm_reads(ticket, out); });
  return outcome;
}

void replica_host::hand_over(uint16_t partition, rep::node_id to) {
  run(partition, [to](auto& it, auto& out) { it.hand_over(to, out); });
}

void replica_host::peer_leaves(rep::node_id node) {
  for (uint16_t partition = 0; partition < with_->partitions; ++partition)
    run(partition, [node](auto& it, auto& out) { it.peer_leaves(node, out); });
}

void replica_host::peer_lost(rep::node_id node) {
  for (uint16_t partition = 0; partition < with_->partitions; ++partition)
    run(partition, [node](auto& it, auto&) { it.peer_lost(node); });
}

std::optional<partition_snapshot>
replica_host::snapshot(uint16_t partition) const {
  if (!hosts(partition))
    return std::nullopt;
  const auto& it = all_[partition]->it;
  auto index = all_[partition]->readable;
  auto epoch = it.log().epoch_at(index);
  if (it.role() != rep::replica_role::leader || !epoch)
    return std::nullopt;
  return partition_snapshot{{*epoch, index}, store_->snapshot(partition)};
}

} // namespace parley::cluster
