#include "parley/model/replication/types.hpp"

#include <boost/crc.hpp>

#include <array>

namespace parley::model::replication {

namespace {

using crc32c =
    boost::crc_optimal<32, 0x1EDC6F41, 0xFFFFFFFF, 0xFFFFFFFF, true, true>;

} // namespace

uint32_t checksum(const log_entry& x) noexcept {
  std::array<unsigned char, 18> fields{};
  auto at = fields.begin();
  auto put = [&at](uint64_t value, int bytes) {
    for (auto shift = 8 * (bytes - 1); shift >= 0; shift -= 8)
      *at++ = static_cast<unsigned char>(value >> shift);
  };
  put(x.partition, 2);
  put(x.epoch, 8);
  put(x.index, 8);
  crc32c crc;
  crc.process_bytes(fields.data(), fields.size());
  crc.process_bytes(x.payload.view().data(), x.payload.size());
  return static_cast<uint32_t>(crc.checksum());
}

} // namespace parley::model::replication
