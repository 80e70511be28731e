#include "parley/history/open.hpp"

#include <array>
#include <map>
#include <mutex>

namespace parley::history {

namespace {

constexpr uint64_t unlimited_disk_bytes = uint64_t{1} << 40;

/// One ordered map a family. Every read and write holds the one lock, so that
/// a read sees whole batches only; recursive, since a visitor may read.
class memory_store final : public store {
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

std::unique_ptr<store> make_memory_store() {
  return std::make_unique<memory_store>();
}

} // namespace parley::history
