#include "copy_rows.hpp"

#include "prose.hpp"
#include "random.hpp"

#include "parley/history/codecs.hpp"
#include "parley/history/keys.hpp"

#include <fmt/format.h>

#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace parley::bench {

namespace {

using history::batch;
using history::family;

constexpr uint32_t conversations = 2000;
constexpr size_t part_bytes = size_t{1} << 20;
constexpr uint32_t body_bytes_min = 20;
constexpr uint32_t body_bytes_max = 220;

place place_here(const std::string& name) {
  return {moved_partition, hash_of(name)};
}

/// One message of a direct conversation: the entry, the row against doubles,
/// and what one of the two inboxes gets; the other is in another partition.
void put_message(batch& to, uint32_t conversation, uint64_t seq,
                 const std::string& text) {
  const auto name = fmt::format("dm:alice{0}:bob{0}", conversation);
  const auto conv = place_here(name);
  entry x;
  x.seq = seq;
  x.ts =
      1'700'000'000'000 + static_cast<timestamp>(seq * 60'000 + conversation);
  x.from = fmt::format("{}{}", seq % 3 != 0 ? "alice" : "bob", conversation);
  x.cid = fmt::format("{:016x}", seq * 0x9E3779B97F4A7C15ull + conversation);
  x.body = text;
  to.put(family::messages, history::entry_key(conv, seq), history::encode(x));
  to.put(
      family::state,
      history::state_key(history::record::dedupe, conv, hash_of(x.cid).view()),
      history::encode(history::dedupe_record{seq, x.ts, hash_of(text)}));
  history::inbox_chunk chunk;
  chunk.ordinal = seq - 1;
  chunk.entries.push_back(
      {seq, conv.key, seq, entry_kind::msg, seq % 3 != 0, x.ts});
  const auto user = place_here(fmt::format("alice{}", conversation));
  to.put(family::inbox, history::inbox_key(user, seq), history::encode(chunk));
}

} // namespace

void write_history(history::store& to, uint64_t bytes) {
  const auto prose = make_prose(size_t{4} << 20);
  random_source random{1};
  uint64_t written = 0;
  for (uint64_t seq = 1; written < bytes; ++seq) {
    batch rows;
    for (uint32_t i = 0; i < conversations && written < bytes; ++i) {
      const auto length =
          body_bytes_min + random.below(body_bytes_max - body_bytes_min);
      const auto at =
          random.below(static_cast<uint32_t>(prose.size()) - body_bytes_max);
      const auto before = rows.bytes();
      put_message(rows, i, seq, prose.substr(at, length));
      written += rows.bytes() - before;
    }
    if (auto done = to.write({rows}); !done)
      throw std::runtime_error(done.error().message);
  }
}

void save_rows(const history::replica_store& from,
               const std::filesystem::path& to) {
  std::ofstream file{to, std::ios::binary};
  auto view = from.snapshot(moved_partition);
  for (;;) {
    auto rows = view->next(part_bytes);
    if (!rows)
      throw std::runtime_error(rows.error().message);
    if (rows->empty())
      break;
    file << rows->encoded();
  }
  if (!file.flush())
    throw std::runtime_error("cannot write " + to.string());
}

uint64_t bytes_in(const std::filesystem::path& folder) {
  uint64_t total = 0;
  for (const auto& each : std::filesystem::recursive_directory_iterator{folder})
    if (each.is_regular_file())
      total += each.file_size();
  return total;
}

} // namespace parley::bench
