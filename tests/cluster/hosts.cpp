#include "cluster/hosts.hpp"

#include "cluster/stored_replica.hpp"

#include "parley/history/keys.hpp"
#include "parley/history/partition_log.hpp"

#include <doctest/doctest.h>

#include <functional>

namespace parley::test {

using history::family;

namespace {

constexpr size_t copied_bytes = 300; ///< In one part of a snapshot.

std::string row_key(const std::string& key) {
  return history::partition_prefix(hosts::partition) + key;
}

} // namespace

struct hosts::node final : cluster::surroundings {
  node(hosts& in, rep::node_id number) : all(in), id(number) {}

  void send(rep::node_id to, rep::message what) override {
    all.packets_.push_back({to, std::move(what)});
  }
  void read_and_send(rep::node_id to, rep::append what,
                     rep::position last) override {
    ++all.disk_reads[id];
    later.push_back([this, to, what, last]() mutable {
      auto take = [&](history::log_row row) {
        what.entries.push_back(cluster::entry_of(partition, std::move(row)));
        return true;
      };
      REQUIRE(history::read_log(*store, partition, what.prev.index + 1,
                                last.index, take)
                  .has_value());
      host->send_read(to, std::move(what), last);
    });
  }
  void compare_and_set(uint16_t, const rep::compare_and_set& what) override {
    later.push_back([this, what] {
      auto fits = !what.expected || *what.expected == all.record.version;
      for (const auto& each : what.must_be_current)
        fits = fits && all.nodes_.at(each.node)->incarnation == each.incarnation
               && all.nodes_.at(each.node)->host;
      if (fits)
        all.record = {what.record, all.record.version + 1};
      host->answered(partition, what.token,
                     fits ? rep::cas_outcome::confirmed
                          : rep::cas_outcome::refused,
                     all.record.version);
    });
  }
  void read_record(uint16_t, uint64_t token) override {
    later.push_back([this, token] { host->saw(partition, token, all.record); });
  }
  void fetch_snapshot(uint16_t, rep::node_id from) override {
    later.push_back([this, from] { all.copy(*this, from); });
  }
  void committed(uint16_t, size_t count) override {
    all.committed[id] += count;
  }
  void leads(uint16_t, uint64_t epoch) override { all.led[id] = epoch; }
  void stepped_down(uint16_t) override { all.led[id] = 0; }
  void reads_confirmed(uint16_t, uint64_t) override {}
  void retired(uint16_t) override {}
  void halted(uint16_t, rep::halt_reason) override { all.failure = "halted"; }
  void failed(const error& why) override { all.failure = why.message; }

  hosts& all;
  rep::node_id id;
  uint64_t incarnation = 0;
  cluster::host_settings with;
  std::unique_ptr<history::replica_store> store = history::make_memory_store();
  std::unique_ptr<cluster::replica_host> host;
  std::deque<std::function<void()>> later;
};

hosts::hosts(unsigned seed, uint32_t log_entries_kept)
    : log_entries_kept_(log_entries_kept), random_(seed) {
  auto& first = record.record;
  record.version = 1;
  first.epoch = 1;
  first.leader = 1;
  for (rep::node_id id : {1u, 2u, 3u}) {
    nodes_[id] = std::make_unique<node>(*this, id);
    first.replicas.push_back(id);
    first.isr.push_back({id, id});
  }
  for (rep::node_id id : {1u, 2u, 3u})
    start(id);
  run();
}

hosts::~hosts() = default;

cluster::host_settings hosts::settings(rep::node_id self) const {
  cluster::host_settings with;
  with.replicas.self = self;
  with.replicas.lag_deadline = std::chrono::milliseconds{2'000};
  with.log_entries_kept = log_entries_kept_;
  with.recent_bytes = 2'000;
  return with;
}

void hosts::start(rep::node_id id) {
  auto& at = *nodes_[id];
  at.incarnation = ++creations_;
  at.with = settings(id);
  at.host = std::make_unique<cluster::replica_host>(at.with, *at.store, at);
  at.host->host(partition, at.incarnation);
  at.host->tick(now_);
  at.host->saw(partition, 0, record);
  committed[id] = 0;
  led[id] = 0;
}

void hosts::crash(rep::node_id id) {
  nodes_[id]->host.reset();
  nodes_[id]->later.clear();
}

void hosts::wipe(rep::node_id id) {
  nodes_[id]->store = history::make_memory_store();
}

history::replica_store& hosts::store(rep::node_id id) {
  return *nodes_[id]->store;
}

cluster::replica_host& hosts::host(rep::node_id id) {
  return *nodes_[id]->host;
}

bool hosts::chance(int percent) {
  return static_cast<int>(random_() % 100) < percent;
}

/// One message or answer, any of those under way.
bool hosts::step() {
  for (auto& [id, at] : nodes_)
    if (!at->later.empty() && at->host) {
      auto next = std::move(at->later.front());
      at->later.pop_front();
      next();
      at->host->flush();
      return true;
    }
  if (packets_.empty())
    return false;
  auto which = lost_percent > 0 ? random_() % packets_.size() : 0;
  auto next = packets_[which];
  if (!chance(doubled_percent))
    packets_.erase(packets_.begin() + static_cast<ptrdiff_t>(which));
  auto& to = *nodes_[next.to];
  if (to.host && !chance(lost_percent)) {
    to.host->receive(next.what);
    to.host->flush();
  }
  return true;
}

void hosts::run(int beats) {
  for (int i = 0; i < beats; ++i) {
    for (int count = 0; step() && count < 100'000; ++count)
      ;
    now_ += std::chrono::milliseconds{500};
    for (auto& [id, at] : nodes_)
      if (at->host) {
        at->host->tick(now_);
        at->host->flush();
      }
  }
  for (int count = 0; step() && count < 100'000; ++count)
    ;
}

void hosts::elect(rep::node_id leader) {
  ++record.record.epoch;
  ++record.version;
  record.record.leader = leader;
  for (auto& [id, at] : nodes_)
    if (at->host) {
      at->host->saw(partition, 0, record);
      at->host->flush();
    }
  run();
}

void hosts::set_replicas(std::vector<rep::node_id> ids) {
  record.record.replicas.assign(ids.begin(), ids.end());
  rep::isr_set kept;
  for (const auto& each : record.record.isr)
    if (rep::holds(record.record.replicas, each.node))
      kept.push_back(each);
  record.record.isr = kept;
  elect(record.record.leader);
}

void hosts::copy(node& to, rep::node_id from) {
  auto& source = *nodes_[from];
  auto taken = source.host ? source.host->snapshot(partition) : std::nullopt;
  if (!taken)
    return to.host->fetch_failed(partition);
  auto rows = to.store->begin_import(partition);
  REQUIRE(rows.has_value());
  for (;;) {
    auto next = taken->rows->next(copied_bytes);
    REQUIRE(next.has_value());
    if (next->empty())
      break;
    REQUIRE((*rows)->add(*next).has_value());
  }
  ++copies[to.id];
  to.host->fetched(partition, taken->at, std::move(*rows));
}

void hosts::put(rep::node_id at, const std::string& key) {
  history::batch rows;
  rows.put(family::state, row_key(key), "1");
  const auto* replica = nodes_[at]->host->at(partition);
  nodes_[at]->host->propose(partition, replica ? replica->epoch() : 0,
                            shared_bytes{rows.encoded()});
}

std::string hosts::keys(rep::node_id at) const {
  std::string found;
  auto done = nodes_.at(at)->store->scan(
      family::state, row_key(""), history::prefix_end(row_key("")), false,
      [&](std::string_view key, std::string_view) {
        found += key.substr(2);
        found += ' ';
        return true;
      });
  REQUIRE(done.has_value());
  return found;
}

} // namespace parley::test
