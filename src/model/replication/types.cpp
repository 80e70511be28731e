#include "parley/model/replication/types.hpp"

#include "parley/base/crc32c.hpp"

#include <array>

namespace parley::model::replication {

uint32_t checksum(const log_entry& x) noexcept {
  std::array<char, 18> fields{};
  auto at = fields.begin();
  auto put = [&at](uint64_t value, int bytes) {
    for (auto shift = 8 * (bytes - 1); shift >= 0; shift -= 8)
      *at++ = static_cast<char>(value >> shift);
  };
  put(x.partition, 2);
  put(x.epoch, 8);
  put(x.index, 8);
  return crc32c(crc32c(0, {fields.data(), fields.size()}), x.payload.view());
}

} // namespace parley::model::replication
