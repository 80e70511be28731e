#include "cluster/recent_log.hpp"

#include <algorithm>
#include <utility>

namespace parley::cluster {

void recent_log::push(rep::log_entry x) {
  auto bytes = x.payload.size();
  if (entries_.empty())
    first_ = end() + 1;
  push_size(bytes);
  bytes_in_memory_ += bytes;
  entries_.push_back(std::move(x));
}

void recent_log::push_stored(size_t bytes) {
  push_size(bytes);
  first_ = end() + 1;
}

void recent_log::push_size(size_t bytes) {
  sizes_.push_back(static_cast<uint32_t>(bytes));
  bytes_on_disk_ += bytes;
}

void recent_log::truncate(uint64_t index) {
  for (; end() > index; sizes_.pop_back()) {
    bytes_on_disk_ -= sizes_.back();
    if (entries_.empty())
      continue;
    bytes_in_memory_ -= entries_.back().payload.size();
    entries_.pop_back();
  }
  if (entries_.empty())
    first_ = end() + 1;
}

void recent_log::trim(uint64_t index) {
  for (; base_ < index && !sizes_.empty(); ++base_) {
    bytes_on_disk_ -= sizes_.front();
    sizes_.pop_front();
  }
  shrink(index, 0);
}

void recent_log::shrink(uint64_t applied, size_t bytes_max) {
  while (bytes_in_memory_ > bytes_max && !entries_.empty()
         && entries_.front().index <= applied) {
    bytes_in_memory_ -= entries_.front().payload.size();
    entries_.pop_front();
    ++first_;
  }
}

std::vector<rep::log_entry> recent_log::copy(uint64_t first, uint64_t last,
                                             size_t bytes_max) const {
  std::vector<rep::log_entry> all;
  size_t bytes = 0;
  for (auto index = first; index <= std::min(last, end()); ++index) {
    const auto& next = at(index);
    bytes += next.payload.size();
    if (!all.empty() && bytes > bytes_max)
      break;
    all.push_back(next);
  }
  return all;
}

uint64_t recent_log::to_trim(uint64_t applied, size_t entries_kept,
                             uint64_t bytes_kept) const {
  auto count = sizes_.size();
  auto bytes = bytes_on_disk_;
  if (count <= 2 * entries_kept && bytes <= 2 * bytes_kept)
    return 0;
  auto index = base_;
  for (auto size : sizes_) {
    if (index == applied || (count <= entries_kept && bytes <= bytes_kept))
      break;
    ++index;
    --count;
    bytes -= size;
  }
  return index > base_ ? index : 0;
}

} // namespace parley::cluster
