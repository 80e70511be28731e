#include "parley/cluster/partition_records.hpp"

#include "cluster/json_reader.hpp"

#include <fmt/format.h>

namespace parley::cluster {

namespace replication = model::replication;
using replication::cas_outcome;

namespace {

constexpr uint64_t record_format = 1;

} // namespace

std::string encode(const partition_record& x) {
  json::array isr;
  for (const auto& each : x.isr)
    isr.push_back(
        json::object{{"node", each.node}, {"incarnation", each.incarnation}});
  json::object out{
      {"format", record_format},
      {"epoch", x.epoch},
      {"leader", x.leader},
      {"isr", std::move(isr)},
      {"replicas", json::array(x.replicas.begin(), x.replicas.end())},
      {"leaving", x.leaving}};
  if (x.lossy_epoch != 0) {
    out["lossy_epoch"] = x.lossy_epoch;
    out["lossy_gap"] = x.lossy_gap;
  }
  return json::serialize(out);
}

result<partition_record> decode_record(uint16_t partition,
                                       std::string_view bytes) {
  auto what = fmt::format("the record of partition {}", partition);
  json_reader in{what, bytes, record_format};
  partition_record out;
  out.epoch = in.number("epoch");
  out.leader = in.number<replication::node_id>("leader");
  for (const auto& each : in.list("isr", replication::replicas_max)) {
    json_reader member{what, each};
    out.isr.push_back({member.number<replication::node_id>("node"),
                       member.number("incarnation")});
    if (member.failed())
      return member.finish(partition_record{});
  }
  for (const auto& each : in.list("replicas", replication::replicas_max))
    out.replicas.push_back(in.item<replication::node_id>(each));
  out.leaving = in.number<replication::node_id>("leaving");
  if (in.has("lossy_epoch")) {
    out.lossy_epoch = in.number("lossy_epoch");
    out.lossy_gap = in.number("lossy_gap");
  }
  return in.finish(out);
}

cas_outcome to_cas_outcome(outcome x) noexcept {
  if (x == outcome::ok)
    return cas_outcome::confirmed;
  return is_refusal(x) ? cas_outcome::refused : cas_outcome::unknown;
}

void write_record(coordination& by, const paths& at, uint16_t partition,
                  const replication::compare_and_set& what,
                  on_record_written done) {
  std::vector<operation> all;
  for (const auto& each : what.must_be_current)
    all.push_back(operation::check(at.incarnation(each.incarnation)));
  all.push_back(operation::set(at.partition(partition), encode(what.record),
                               what.expected));
  by.commit(all, [done = std::move(done)](const commit_answer& x) {
    done(to_cas_outcome(x.code),
         x.code == outcome::ok ? x.stats.back().version : 0);
  });
}

void read_record(coordination& by, const paths& at, uint16_t partition,
                 on_record_read done) {
  auto read = [partition, done = std::move(done)](const read_answer& x) {
    if (x.code == outcome::not_found)
      return done(error{errc::not_found,
                        fmt::format("partition {} has no record", partition)});
    if (x.code != outcome::ok)
      return done(
          error{errc::unavailable, fmt::format("the record of partition {}: {}",
                                               partition, to_string(x.code))});
    auto record = decode_record(partition, x.bytes);
    if (!record)
      return done(record.error());
    done(versioned_record{*record, x.stat.version});
  };
  by.get(at.partition(partition), std::move(read), {}, freshness::synced);
}

} // namespace parley::cluster
