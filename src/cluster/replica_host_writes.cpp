#include "cluster/hosted.hpp"

#include <utility>

/// One write for all that the replicas of a node have to write.
namespace parley::cluster {

history::batch& replica_host::rows_of(hosted& at) {
  touch(at);
  return rows_.emplace_back();
}

void replica_host::touch(hosted& at) {
  if (at.touched)
    return;
  at.touched = true;
  touched_.push_back(at.it.partition());
}

/// Committed entries change the state by a write of their own, which needs no
/// sync: they can be had again from the log. So a round has one sync.
void replica_host::flush() {
  while (is_dirty() && !failed_) {
    write_touched();
    for (auto& each : std::exchange(written_, {}))
      run(each.partition,
          [&](auto& it, auto& out) { it.synced(each.ticket, out); });
  }
}

void replica_host::write_touched() {
  if (touched_.empty())
    return;
  auto touched = std::exchange(touched_, {});
  auto& marks = rows_.emplace_back();
  for (auto partition : touched)
    history::put_log_marks(marks, partition, all_[partition]->marks);
  auto rows = std::exchange(rows_, {});
  auto synced = std::exchange(must_sync_, false);
  auto done = synced ? store_->write(rows) : store_->write_behind(rows);
  if (!done)
    return fail(done.error());
  for (auto partition : touched)
    after_write(*all_[partition], synced);
}

void replica_host::after_write(hosted& at, bool synced) {
  auto partition = at.it.partition();
  at.touched = false;
  at.readable = at.marks.applied;
  if (synced && at.ticket != 0)
    written_.push_back({partition, std::exchange(at.ticket, 0)});
  if (at.committed > 0)
    outside_->committed(partition, std::exchange(at.committed, 0));
  at.log.shrink(at.readable, with_->recent_bytes);
  trim(at);
  lead_if_complete(at);
}

/// Takes the oldest entries from the disk, in the next write.
void replica_host::trim(hosted& at) {
  auto upto = at.log.to_trim(at.readable, with_->log_entries_kept,
                             with_->log_bytes_kept);
  if (upto == 0)
    return;
  at.it.trimmed(upto);
  at.marks.base = at.it.log().base().index;
  at.marks.base_epoch = at.it.log().base().epoch;
  history::trim_log(rows_of(at), at.it.partition(), at.marks.base);
  at.log.trim(at.marks.base);
}

} // namespace parley::cluster
