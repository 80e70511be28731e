#include "parley/model/replication/log_outline.hpp"

namespace parley::model::replication {

std::optional<uint64_t> log_outline::epoch_at(uint64_t index) const {
  if (index > end_ || index < base_.index)
    return std::nullopt;
  // Almost always asked of the newest epoch.
  for (auto i = starts_.rbegin(); i != starts_.rend(); ++i)
    if (i->first <= index)
      return i->epoch;
  return base_.epoch;
}

std::optional<position> log_outline::boundary(uint64_t epoch) const {
  auto end = end_;
  for (auto i = starts_.rbegin(); i != starts_.rend(); ++i) {
    if (i->epoch <= epoch)
      return position{i->epoch, end};
    end = i->first - 1;
  }
  if (base_.epoch > epoch)
    return std::nullopt;
  return base_;
}

void log_outline::push(uint64_t epoch) {
  ++end_;
  if (starts_.empty() || starts_.back().epoch != epoch)
    starts_.push_back({epoch, end_});
}

void log_outline::truncate(uint64_t index) {
  end_ = index;
  while (!starts_.empty() && starts_.back().first > index)
    starts_.pop_back();
}

void log_outline::trim(uint64_t index) {
  auto epoch = epoch_at(index);
  if (!epoch)
    return;
  base_ = {*epoch, index};
  auto kept = starts_.begin();
  for (auto i = starts_.begin(); i != starts_.end(); ++i)
    if (i->first <= index + 1)
      kept = i;
  starts_.erase(starts_.begin(), kept);
  if (starts_.empty())
    return;
  if (index == end_)
    starts_.clear();
  else if (starts_.front().first <= index)
    starts_.front().first = index + 1;
}

} // namespace parley::model::replication
