#include "parley/history/partition_log.hpp"

#include "history/encoding.hpp"
#include "history/key_parts.hpp"

#include "parley/history/keys.hpp"
#include "parley/history/store.hpp"

#include <limits>
#include <string>

namespace parley::history {

namespace {

constexpr auto last_index = std::numeric_limits<uint64_t>::max();
constexpr size_t row_head_bytes = 24; ///< Before the payload, about.

bool fields(auto& io, is<log_marks> auto& x) {
  return io.number(x.epoch) && io.number(x.base_epoch) && io.number(x.base)
         && io.number(x.applied);
}

/// The payload is the rest of the value: it is long, and needs no copy of its
/// length.
std::string encode_row(const log_row& x) {
  std::string value;
  value.reserve(row_head_bytes + x.payload.size());
  auto out = byte_writer{value};
  out.byte(value_version);
  out.number(x.epoch);
  out.number(x.crc32c);
  value.append(x.payload.view());
  return value;
}

bool decode_row(std::string_view value, log_row& x) {
  auto in = byte_reader{value};
  uint8_t version = 0;
  if (!in.byte(version) || version != value_version || !in.number(x.epoch)
      || !in.number(x.crc32c))
    return false;
  x.payload = shared_bytes{std::string{in.rest()}};
  return true;
}

error damaged(uint16_t partition, const char* what) {
  return {errc::internal,
          "partition " + std::to_string(partition) + ": " + what
              + " of the replication log is damaged",
          0};
}

PARLEY_RECORD_CODEC(log_marks, 32)

} // namespace

void put_log_row(batch& to, uint16_t partition, const log_row& x) {
  to.put(family::log, log_key(partition, x.index), encode_row(x));
}

void cut_log(batch& to, uint16_t partition, uint64_t above) {
  to.erase_range(family::log, log_key(partition, above + 1),
                 prefix_end(log_key(partition, last_index)));
}

void trim_log(batch& to, uint16_t partition, uint64_t upto) {
  to.erase_range(family::log, log_key(partition, 0),
                 log_key(partition, upto + 1));
}

void put_log_marks(batch& to, uint16_t partition, const log_marks& x) {
  to.put(family::log, log_marks_key(partition), encode(x));
}

result<std::optional<log_marks>> read_log_marks(const store& from,
                                                uint16_t partition) {
  auto bytes = from.get(family::log, log_marks_key(partition), reach::disk);
  if (!bytes)
    return bytes.error();
  if (!*bytes)
    return std::optional<log_marks>{};
  log_marks found;
  if (!decode(**bytes, found))
    return damaged(partition, "the mark");
  return std::optional{found};
}

result<void> read_log(const store& from, uint16_t partition, uint64_t first,
                      uint64_t last,
                      const std::function<bool(log_row)>& visit) {
  auto sound = true;
  auto done = from.scan(family::log, log_key(partition, first),
                        prefix_end(log_key(partition, last)), false,
                        [&](std::string_view key, std::string_view value) {
                          log_row row;
                          sound = parse_log_key(key, row.index)
                                  && decode_row(value, row);
                          return sound && visit(std::move(row));
                        });
  if (!done)
    return done;
  if (!sound)
    return damaged(partition, "an entry");
  return {};
}

} // namespace parley::history
