#include "cluster/hosted.hpp"
#include "cluster/stored_replica.hpp"

#include "parley/base/log.hpp"

#include <algorithm>
#include <utility>

/// How the effects of replicas are carried out.
namespace parley::cluster {

void replica_host::carry_out(hosted& at, rep::effects& all) {
  for (auto& each : all) {
    if (failed_)
      return;
    std::visit([&](auto& x) { on(at, x); }, each);
  }
}

void replica_host::on(hosted&, rep::send& x) {
  outside_->send(x.to, std::move(x.what));
}

void replica_host::on(hosted& at, rep::send_entries& x) {
  auto first = x.what.prev.index + 1;
  // What would overtake a read could not be used, and would be asked for anew.
  if (!at.log.holds(first) || at.reads.count(x.to) != 0) {
    ++at.reads[x.to];
    return outside_->read_and_send(x.to, std::move(x.what), x.last);
  }
  x.what.entries = at.log.copy(first, x.last.index, with_->append_bytes_max);
  outside_->send(x.to, std::move(x.what));
}

void replica_host::on(hosted& at, rep::persist& x) {
  auto& rows = rows_of(at);
  if (x.epoch)
    at.marks.epoch = *x.epoch;
  if (x.truncate) {
    history::cut_log(rows, at.it.partition(), *x.truncate);
    at.log.truncate(*x.truncate);
  }
  for (auto& each : x.entries) {
    history::put_log_row(rows, at.it.partition(), row_of(each));
    at.log.push(std::move(each));
  }
  at.ticket = x.ticket;
  must_sync_ = true;
}

void replica_host::on(hosted& at, const rep::apply& x) {
  auto& rows = rows_of(at);
  for (auto index = x.first; index <= x.last; ++index)
    rows.append(
        history::batch::decoded(std::string{at.log.at(index).payload.view()}));
  at.marks.applied = x.last;
  if (x.last >= at.first_mine)
    at.committed += x.last - std::max(x.first, at.first_mine) + 1;
}

void replica_host::on(hosted& at, const rep::compare_and_set& x) {
  if (x.record.epoch > at.it.epoch())
    log::info("replica.gives_up_lead", "partition={} epoch={} to={}",
              at.it.partition(), at.it.epoch(), x.record.leader);
  outside_->compare_and_set(at.it.partition(), x);
}

void replica_host::on(hosted& at, const rep::read_record& x) {
  outside_->read_record(at.it.partition(), x.token);
}

void replica_host::on(hosted& at, const rep::fetch_snapshot& x) {
  outside_->fetch_snapshot(at.it.partition(), x.from);
}

void replica_host::on(hosted& at, const rep::install& x) {
  auto partition = at.it.partition();
  write_touched(); // What was asked for before comes before.
  if (failed_)
    return;
  at.marks.base = at.marks.applied = x.base.index;
  at.marks.base_epoch = x.base.epoch;
  history::batch marks;
  history::put_log_marks(marks, partition, at.marks);
  if (auto done = store_->replace(std::move(at.fetched), marks); !done)
    return fail(done.error());
  at.log = recent_log{x.base.index};
  at.readable = x.base.index;
  written_.push_back({partition, x.ticket});
}

void replica_host::on(hosted& at, const rep::lead&) {
  at.first_mine = at.it.end() + 1;
}

void replica_host::on(hosted& at, const rep::stepped_down&) {
  at.first_mine = none_of_mine;
  at.committed = 0;
  at.told_to_lead = false;
  at.reads.clear();
  at.waiting.clear();
  outside_->stepped_down(at.it.partition());
}

void replica_host::on(hosted& at, const rep::reads_confirmed& x) {
  outside_->reads_confirmed(at.it.partition(), x.ticket);
}

void replica_host::on(hosted& at, const rep::retire&) {
  at.retired = true;
}

void replica_host::on(hosted& at, const rep::halt& x) {
  outside_->halted(at.it.partition(), x.reason);
}

/// What becomes of a replica after its effects were carried out.
void replica_host::settle(hosted& at) {
  if (at.retired)
    erase(at.it.partition());
  else
    lead_if_complete(at);
}

/// A leader is told to lead once its state has all that its predecessors
/// committed.
void replica_host::lead_if_complete(hosted& at) {
  if (at.told_to_lead || at.first_mine == none_of_mine
      || at.readable + 1 < at.first_mine)
    return;
  at.told_to_lead = true;
  outside_->leads(at.it.partition(), at.it.epoch());
}

void replica_host::erase(uint16_t partition) {
  write_touched();
  if (failed_)
    return;
  auto nothing = store_->begin_import(partition);
  if (!nothing)
    return fail(nothing.error());
  if (auto done = store_->replace(std::move(*nothing), {}); !done)
    return fail(done.error());
  all_[partition].reset();
  outside_->retired(partition);
}

void replica_host::fail(const error& why) {
  failed_ = true;
  outside_->failed(why);
}

} // namespace parley::cluster
