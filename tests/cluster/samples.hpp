#pragma once

#include "parley/model/replication/messages.hpp"

#include <string>
#include <utility>
#include <vector>

namespace parley::test {

/// An append of entries as a leader makes it.
inline model::replication::message append_of(size_t entries, size_t bytes) {
  namespace rep = model::replication;
  rep::append x;
  x.head = {7, 3, 0x1'0000'0123, 12};
  x.prev = {11, 1'000'000};
  x.high_watermark = 999'990;
  x.round = 4;
  for (size_t i = 0; i < entries; ++i) {
    rep::log_entry entry{7, 0, 12, 1'000'001 + i,
                         shared_bytes{std::string(bytes, 'x')}};
    entry.crc32c = rep::checksum(entry);
    x.entries.push_back(std::move(entry));
  }
  return x;
}

/// Every kind of message, with the least and the greatest values.
inline std::vector<model::replication::message> sample_messages() {
  namespace rep = model::replication;
  const rep::header head{1'023, 24, UINT64_MAX, 5};
  const rep::header widest{UINT16_MAX, UINT32_MAX, UINT64_MAX, UINT64_MAX};
  rep::append strange;
  strange.head = head;
  strange.prev = {9, 100};
  strange.entries = {{5, UINT32_MAX, 1, 3, shared_bytes{"back"}},
                     {UINT16_MAX, 0, UINT64_MAX, UINT64_MAX, shared_bytes{}}};
  return {rep::append{},
          append_of(0, 0),
          append_of(1, 0),
          append_of(5, 300),
          strange,
          rep::appended{head, 10, 20, 30},
          rep::appended{widest, UINT64_MAX, UINT64_MAX, UINT64_MAX},
          rep::locate{head, {1, 2}},
          rep::located{head, {3, 4}, {5, UINT64_MAX}},
          rep::too_old{head, {127, 128}},
          rep::refused{head},
          rep::refused{widest}};
}

bool same(const model::replication::message& a,
          const model::replication::message& b);

} // namespace parley::test
