#pragma once

#include "parley/model/replication/replica.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

/// One replica, driven by hand: what it is told, and what it asks for.
namespace parley::model::replication::test {

inline constexpr uint16_t partition = 9;

inline replica_settings settings_of(node_id self) {
  replica_settings out;
  out.self = self;
  out.uncommitted_entries_max = 4;
  out.unsynced_writes_max = 8;
  out.in_flight_entries_max = 3;
  out.batch_entries_max = 2;
  out.uncommitted_bytes_max = 100;
  return out;
}

/// Node 1 leads, nodes n have the incarnations 10 + n.
inline versioned_record record_of(uint64_t epoch, uint64_t version) {
  versioned_record out;
  out.record.epoch = epoch;
  out.record.leader = 1;
  out.record.isr = {{1, 11}, {2, 12}, {3, 13}};
  out.record.replicas = {1, 2, 3};
  out.version = version;
  return out;
}

/// The effects of one kind.
template <class T>
std::vector<T> all(const effects& from) {
  std::vector<T> out;
  for (const auto& each : from)
    if (const auto* x = std::get_if<T>(&each))
      out.push_back(*x);
  return out;
}

template <class T>
std::vector<T> sent(const effects& from) {
  std::vector<T> out;
  for (const auto& each : all<send>(from))
    if (const auto* x = std::get_if<T>(&each.what))
      out.push_back(*x);
  return out;
}

inline log_entry entry_at(uint64_t epoch, uint64_t index) {
  log_entry out{partition, 0, epoch, index,
                shared_bytes{"entry " + std::to_string(index)}};
  out.crc32c = checksum(out);
  return out;
}

inline header from(node_id node, uint64_t epoch) {
  return {partition, node, 10 + node, epoch};
}

/// A replica and what it asked for since the last look.
struct subject {
  explicit subject(node_id self, recovered with = {})
      : settings(settings_of(self)),
        it(settings, partition, 10 + self, std::move(with)) {}

  effects take() { return std::exchange(out, {}); }

  void sync_all() { it.synced(1'000'000, out); }

  /// Node 1, leading in epoch 1, with both others aligned.
  void lead() {
    it.tick(std::chrono::milliseconds{1}, out);
    it.saw(0, record_of(1, 1), out);
    sync_all();
    for (node_id node : {2u, 3u})
      it.receive(appended{from(node, 1), 0, 0, 0}, out);
    out.clear();
  }

  /// Node 2, aligned with node 1's log, which is empty.
  void follow() {
    it.receive(append{from(1, 1), {}, 0, 0, {}}, out);
    it.receive(located{from(1, 1), {}, {}}, out);
    sync_all();
    out.clear();
  }

  replica_settings settings;
  replica it;
  effects out;
  std::chrono::milliseconds now{0};
};

inline admission post(subject& to, size_t bytes = 5) {
  return to.it.propose(shared_bytes{std::string(bytes, 'x')}, to.out);
}

} // namespace parley::model::replication::test
