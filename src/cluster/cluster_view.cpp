#include "parley/cluster/cluster_view.hpp"

#include "cluster/watched_entries.hpp"

#include <algorithm>

namespace parley::cluster {

struct cluster_view::followed {
  watched_entries nodes;
  watched_entries partitions;
  watched_entries draining;
  watched_entries roster;
};

namespace {

constexpr size_t parts_of_view = 4;

std::string last_name(const std::string& path) {
  return path.substr(path.rfind('/') + 1);
}

} // namespace

cluster_view::cluster_view(coordination& by, const paths& at) {
  auto done = [this] {
    completed();
  };
  followed_ = std::unique_ptr<followed>(new followed{
      {by,
       at.nodes(),
       {[this](auto& name, auto& x) { node_read(name, x); },
        [this](auto& name) { node_lost(name); }, done}},
      // A record is never deleted.
      {by,
       at.partitions(),
       {[this](auto& name, auto& x) { record_read(name, x); }, [](auto&) {},
        done}},
      {by,
       at.draining(),
       {[this](auto& name, auto&) {
          draining_.insert(name);
          tell([](auto& o) { o.roster_changed(); });
        },
        [this](auto& name) {
          draining_.erase(name);
          tell([](auto& o) { o.roster_changed(); });
        },
        done}},
      {by,
       at.root(),
       {[this](auto&, auto& x) { roster_read(x); }, [](auto&) {}, done},
       last_name(at.roster())}});
}

cluster_view::~cluster_view() = default;

template <class F>
void cluster_view::tell(F f) {
  auto all = observers_; // one may remove itself
  for (auto* each : all)
    f(*each);
}

void cluster_view::follow() {
  missing_ = parts_of_view;
  followed_->roster.follow();
  followed_->draining.follow();
  followed_->nodes.follow();
  followed_->partitions.follow();
}

void cluster_view::retry() {
  followed_->roster.retry();
  followed_->draining.retry();
  followed_->nodes.retry();
  followed_->partitions.retry();
}

void cluster_view::completed() {
  if (--missing_ == 0)
    tell([](auto& o) { o.view_completed(); });
}

void cluster_view::node_read(const std::string& name, const read_answer& x) {
  auto entry = decode_node_entry(x.bytes);
  if (!entry)
    return tell([&](auto& o) {
      o.view_misread(entry.error().message + " (" + name + ")");
    });
  auto& number = numbers_[name];
  if (number != entry->number) // it was taken off the roster in between
    nodes_.erase(number);
  number = entry->number;
  auto& node = nodes_[entry->number];
  node = {*std::move(entry), x.stat.created};
  tell([now = node](auto& o) { o.node_changed(now); });
}

void cluster_view::node_lost(const std::string& name) {
  auto number = numbers_.extract(name);
  if (number.empty())
    return;
  if (auto node = nodes_.extract(number.mapped()))
    tell([&](auto& o) { o.node_gone(node.mapped()); });
}

void cluster_view::record_read(const std::string& name, const read_answer& x) {
  auto partition = partition_named(name);
  if (!partition)
    return tell([&](auto& o) {
      o.view_misread("\"" + name + "\" is not the name of a partition");
    });
  auto record = decode_record(*partition, x.bytes);
  if (!record)
    return tell([&](auto& o) { o.view_misread(record.error().message); });
  learn(*partition, {*record, x.stat.version});
}

void cluster_view::learn(uint16_t partition, const versioned_record& x) {
  auto [at, is_new] = records_.try_emplace(partition, x);
  if (!is_new && x.version <= at->second.version)
    return;
  at->second = x;
  tell([&](auto& o) { o.record_changed(partition, x); });
}

void cluster_view::roster_read(const read_answer& x) {
  auto read = decode_roster(x.bytes);
  if (!read)
    return tell([&](auto& o) { o.view_misread(read.error().message); });
  roster_ = *std::move(read);
  tell([](auto& o) { o.roster_changed(); });
}

std::vector<model::replication::live_node> cluster_view::live() const {
  std::vector<model::replication::live_node> out;
  for (const auto& [number, node] : nodes_)
    out.push_back({number, node.incarnation, {}});
  return out;
}

std::vector<model::placement_node> cluster_view::leading_placement() const {
  auto out = placement();
  for (auto& each : out) {
    auto found = nodes_.find(each.node);
    if (found != nodes_.end() && found->second.entry.stopping)
      each.weight = 0;
  }
  return out;
}

size_t cluster_view::held_by(node_id node) const {
  return static_cast<size_t>(
      std::count_if(records_.begin(), records_.end(), [&](const auto& x) {
        return model::replication::holds(x.second.record.replicas, node);
      }));
}

} // namespace parley::cluster
