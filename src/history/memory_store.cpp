#include "parley/history/keys.hpp"
#include "parley/history/open.hpp"

#include <array>
#include <deque>
#include <map>
#include <mutex>

namespace parley::history {

namespace {

constexpr family all_families[] = {family::messages, family::inbox,
                                   family::state, family::log};
constexpr uint64_t unlimited_disk_bytes = uint64_t{1} << 40;

class view_of_memory final : public partition_view {
public:
  explicit view_of_memory(batch rows) {
    rows.for_each([this](batch::op, family in, std::string_view key,
                         std::string_view value) {
      rows_.emplace_back().put(in, key, value);
    });
  }

  result<batch> next(size_t bytes) override {
    batch rows;
    while (!rows_.empty() && rows.bytes() < bytes) {
      rows.append(rows_.front());
      rows_.pop_front();
    }
    return rows;
  }

private:
  std::deque<batch> rows_;
};

class import_to_memory final : public partition_import {
public:
  explicit import_to_memory(uint16_t partition)
      : prefix_(partition_prefix(partition)) {}

  result<void> add(const batch& rows) override {
    auto fits = true;
    auto sound = rows.for_each(
        [&](batch::op what, family in, std::string_view key, std::string_view) {
          auto next = std::pair{in, std::string{key}};
          fits = fits && what == batch::op::put && key.starts_with(prefix_)
                 && (last_.second.empty() || last_ < next);
          last_ = std::move(next);
        });
    if (!sound || !fits)
      return error{errc::internal, "not the next rows of the partition", 0};
    rows_.append(rows);
    return {};
  }

  const std::string& prefix() const { return prefix_; }
  const batch& rows() const { return rows_; }

private:
  std::string prefix_;
  batch rows_;
  std::pair<family, std::string> last_;
};

/// One ordered map a family. Every read and write holds the one lock, so that
/// a read sees whole batches only; recursive, since a visitor may read.
class memory_store final : public replica_store {
public:
  result<std::optional<std::string>> get(family in, std::string_view key,
                                         reach) const override {
    auto held = std::lock_guard{lock_};
    const auto& rows = rows_of(in);
    auto found = rows.find(key);
    if (found == rows.end())
      return std::optional<std::string>{};
    return std::optional{found->second};
  }

  result<void>
  scan(family in, std::string_view from, std::string_view to, bool reverse,
       const std::function<bool(std::string_view, std::string_view)>& visit)
      const override {
    if (from >= to)
      return {};
    auto held = std::lock_guard{lock_};
    const auto& rows = rows_of(in);
    auto first = rows.lower_bound(from);
    auto last = rows.lower_bound(to);
    if (reverse) {
      while (last != first) {
        --last;
        if (!visit(last->first, last->second))
          break;
      }
    } else {
      for (; first != last; ++first)
        if (!visit(first->first, first->second))
          break;
    }
    return {};
  }

  result<void> write(const std::vector<batch>& batches) override {
    auto held = std::lock_guard{lock_};
    auto sound = [](const batch& x) {
      return x.for_each([](auto&&...) {});
    };
    for (const auto& x : batches)
      if (!sound(x))
        return error{errc::internal, "a batch is damaged"};
    for (const auto& x : batches)
      x.for_each(
          [this](batch::op what, family in, std::string_view key,
                 std::string_view value) { apply(what, in, key, value); });
    return {};
  }

  result<void> write_behind(const std::vector<batch>& batches) override {
    return write(batches);
  }

  std::unique_ptr<partition_view> snapshot(uint16_t partition) const override {
    auto held = std::lock_guard{lock_};
    auto from = partition_prefix(partition);
    auto to = prefix_end(from);
    batch all;
    for (auto in : {family::messages, family::inbox, family::state}) {
      const auto& rows = rows_of(in);
      auto end = rows.lower_bound(to);
      for (auto i = rows.lower_bound(from); i != end; ++i)
        all.put(in, i->first, i->second);
    }
    return std::make_unique<view_of_memory>(std::move(all));
  }

  result<std::unique_ptr<partition_import>>
  begin_import(uint16_t partition) override {
    return std::unique_ptr<partition_import>{
        std::make_unique<import_to_memory>(partition)};
  }

  result<void> replace(std::unique_ptr<partition_import> rows,
                       const batch& log_rows) override {
    auto& import = dynamic_cast<import_to_memory&>(*rows);
    batch erased;
    for (auto in : all_families)
      erased.erase_range(in, import.prefix(), prefix_end(import.prefix()));
    return write({erased, import.rows(), log_rows});
  }

  store_stats stats() const override {
    auto held = std::lock_guard{lock_};
    store_stats result;
    for (const auto& rows : families_) {
      result.rows_estimated += rows.size();
      for (const auto& [key, value] : rows)
        result.bytes_in_memory += key.size() + value.size();
    }
    result.disk_free_bytes = unlimited_disk_bytes;
    result.disk_total_bytes = unlimited_disk_bytes;
    return result;
  }

private:
  using row_map = std::map<std::string, std::string, std::less<>>;

  const row_map& rows_of(family in) const {
    return families_[static_cast<size_t>(in)];
  }

  void apply(batch::op what, family in, std::string_view key,
             std::string_view value) {
    auto& rows = families_[static_cast<size_t>(in)];
    switch (what) {
      case batch::op::put:
        rows.insert_or_assign(std::string{key}, std::string{value});
        break;
      case batch::op::erase:
        if (auto found = rows.find(key); found != rows.end())
          rows.erase(found);
        break;
      case batch::op::erase_range:
        if (key < value)
          rows.erase(rows.lower_bound(key), rows.lower_bound(value));
        break;
    }
  }

  mutable std::recursive_mutex lock_;
  std::array<row_map, 4> families_;
};

} // namespace

std::unique_ptr<replica_store> make_memory_store() {
  return std::make_unique<memory_store>();
}

} // namespace parley::history
