#include "support/doctest.hpp"

#include "parley/model/replication/log_outline.hpp"

#include <random>
#include <vector>

using namespace parley::model::replication;

namespace {

/// The same with an epoch for each entry.
struct plain_log {
  position base;
  std::vector<uint64_t> epochs;

  uint64_t end() const { return base.index + epochs.size(); }
  std::optional<uint64_t> epoch_at(uint64_t index) const {
    if (index < base.index || index > end())
      return std::nullopt;
    return index == base.index ? base.epoch : epochs[index - base.index - 1];
  }
  std::optional<position> boundary(uint64_t epoch) const {
    for (auto i = end(); i > base.index; --i)
      if (*epoch_at(i) <= epoch)
        return position{*epoch_at(i), i};
    if (base.epoch > epoch)
      return std::nullopt;
    return base;
  }
};

} // namespace

TEST_CASE("an outline knows what the whole log would know") {
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    CAPTURE(seed);
    std::mt19937_64 random{seed};
    log_outline outline;
    plain_log plain;
    uint64_t epoch = 1;
    for (int step = 0; step < 100; ++step) {
      const auto dice = random() % 10;
      const auto inside =
          plain.base.index + random() % (plain.epochs.size() + 1);
      if (dice < 7) {
        epoch += random() % 4 == 0 ? 1 + random() % 2 : 0;
        outline.push(epoch);
        plain.epochs.push_back(epoch);
      } else if (dice < 9) {
        outline.truncate(inside);
        plain.epochs.resize(inside - plain.base.index);
        epoch += 1;
      } else {
        outline.trim(inside);
        auto gone = static_cast<std::ptrdiff_t>(inside - plain.base.index);
        plain.base = {*plain.epoch_at(inside), inside};
        plain.epochs.erase(plain.epochs.begin(), plain.epochs.begin() + gone);
      }
      REQUIRE(outline.end() == plain.end());
      REQUIRE(outline.base() == plain.base);
      for (uint64_t i = 0; i <= plain.end() + 1; ++i)
        REQUIRE(outline.epoch_at(i) == plain.epoch_at(i));
      for (uint64_t e = 0; e <= epoch + 1; ++e)
        REQUIRE(outline.boundary(e) == plain.boundary(e));
    }
    CHECK(outline.starts().size() <= plain.epochs.size());
  }
}
