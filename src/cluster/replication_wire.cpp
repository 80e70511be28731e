#include "parley/cluster/replication_wire.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <type_traits>
#include <utility>
#include <variant>

namespace parley::cluster {

/// A namespace of its own, since actors have messages of the same names.
namespace replication_wire {

using model::replication::append;
using model::replication::appended;
using model::replication::header;
using model::replication::locate;
using model::replication::located;
using model::replication::log_entry;
using model::replication::message;
using model::replication::node_id;
using model::replication::position;
using model::replication::refused;
using model::replication::too_old;

namespace {

/// The least that an encoded entry takes: four varints and the checksum.
constexpr size_t entry_bytes_min = 8;

/// Numbers of the messages on the wire. Never given to another one.
constexpr uint8_t tag_max = 6;

template <class T>
constexpr uint8_t tag_of() {
  if constexpr (std::is_same_v<T, append>)
    return 1;
  else if constexpr (std::is_same_v<T, appended>)
    return 2;
  else if constexpr (std::is_same_v<T, locate>)
    return 3;
  else if constexpr (std::is_same_v<T, located>)
    return 4;
  else if constexpr (std::is_same_v<T, too_old>)
    return 5;
  else
    return tag_max;
}

/// Counts what would be written.
class size_sink {
public:
  void byte(uint8_t) { ++size_; }
  void number(uint64_t x) {
    do
      ++size_;
    while (x >>= 7);
  }
  void fixed(uint32_t) { size_ += 4; }
  void bytes(std::string_view x) { size_ += x.size(); }
  size_t size() const { return size_; }

private:
  size_t size_ = 0;
};

/// Gathers numbers, and passes payloads by.
class piece_sink {
public:
  explicit piece_sink(const std::function<void(std::string_view)>& take)
      : take_(take) {}

  void byte(uint8_t x) {
    if (used_ == buffer_.size())
      flush();
    buffer_[used_++] = static_cast<char>(x);
  }
  void number(uint64_t x) {
    while (x >= 0x80) {
      byte(static_cast<uint8_t>(x | 0x80));
      x >>= 7;
    }
    byte(static_cast<uint8_t>(x));
  }
  void fixed(uint32_t x) {
    for (auto shift = 0; shift < 32; shift += 8)
      byte(static_cast<uint8_t>(x >> shift));
  }
  void bytes(std::string_view x) {
    flush();
    if (!x.empty())
      take_(x);
  }
  void flush() {
    if (used_)
      take_({buffer_.data(), used_});
    used_ = 0;
  }

private:
  const std::function<void(std::string_view)>& take_;
  std::array<char, 256> buffer_; // NOLINT: filled before it is read
  size_t used_ = 0;
};

/// Reads numbers until one is not there; everything is 0 from then on.
class reader {
public:
  explicit reader(std::string_view from) : left_(from) {}

  uint8_t byte() {
    if (left_.empty()) {
      failed_ = true;
      return 0;
    }
    auto x = static_cast<uint8_t>(left_.front());
    left_.remove_prefix(1);
    return x;
  }
  uint64_t number() {
    uint64_t x = 0;
    for (auto shift = 0; shift < 64; shift += 7) {
      const auto next = byte();
      if (shift == 63 && next > 1)
        break;
      x |= uint64_t{next & 0x7fU} << shift;
      if (next < 0x80)
        return x;
    }
    failed_ = true;
    return 0;
  }
  template <class T>
  T small_number() {
    const auto x = number();
    if (x > std::numeric_limits<T>::max())
      failed_ = true;
    return static_cast<T>(x);
  }
  uint32_t fixed() {
    uint32_t x = 0;
    for (auto shift = 0; shift < 32; shift += 8)
      x |= uint32_t{byte()} << shift;
    return x;
  }
  std::string_view bytes(uint64_t count) {
    if (count > left_.size()) {
      failed_ = true;
      return {};
    }
    auto x = left_.substr(0, count);
    left_.remove_prefix(count);
    return x;
  }

  void fail() { failed_ = true; }
  bool failed() const { return failed_; }
  std::string_view left() const { return left_; }

private:
  std::string_view left_;
  bool failed_ = false;
};

// -- writing -----------------------------------------------------------------

template <class Sink>
void put(Sink& to, const header& x) {
  to.number(x.partition);
  to.number(x.from);
  to.number(x.incarnation);
  to.number(x.epoch);
}

template <class Sink>
void put(Sink& to, const position& x) {
  to.number(x.epoch);
  to.number(x.index);
}

/// Differences wrap around, so any two values have one.
template <class Sink>
void put(Sink& to, const std::vector<log_entry>& entries, uint16_t partition,
         position before) {
  to.number(entries.size());
  for (const auto& x : entries) {
    to.number(static_cast<uint16_t>(x.partition - partition));
    to.number(x.epoch - before.epoch);
    to.number(x.index - before.index);
    to.fixed(x.crc32c);
    to.number(x.payload.size());
    to.bytes(x.payload.view());
    before = {x.epoch, x.index};
  }
}

template <class Sink>
void put_rest(Sink& to, const append& x) {
  put(to, x.prev);
  to.number(x.high_watermark);
  to.number(x.round);
  put(to, x.entries, x.head.partition, x.prev);
}

template <class Sink>
void put_rest(Sink& to, const appended& x) {
  to.number(x.match);
  to.number(x.end);
  to.number(x.round);
}

template <class Sink>
void put_rest(Sink& to, const locate& x) {
  put(to, x.last);
}

template <class Sink>
void put_rest(Sink& to, const located& x) {
  put(to, x.asked);
  put(to, x.boundary);
}

template <class Sink>
void put_rest(Sink& to, const too_old& x) {
  put(to, x.asked);
}

template <class Sink>
void put_rest(Sink&, const refused&) {}

template <class Sink>
void put_message(Sink& to, const message& any) {
  std::visit(
      [&to](const auto& x) {
        to.byte(tag_of<std::decay_t<decltype(x)>>());
        put(to, x.head);
        put_rest(to, x);
      },
      any);
}

/// Behind its size, so that whoever knows less can go on behind it.
template <class Sink>
void put_sized(Sink& to, const message& any) {
  size_sink size;
  put_message(size, any);
  to.number(size.size());
  put_message(to, any);
}

// -- reading -----------------------------------------------------------------

header get_header(reader& from) {
  header x;
  x.partition = from.small_number<uint16_t>();
  x.from = from.small_number<node_id>();
  x.incarnation = from.number();
  x.epoch = from.number();
  return x;
}

position get_position(reader& from) {
  position x;
  x.epoch = from.number();
  x.index = from.number();
  return x;
}

void get_entries(reader& from, append& to) {
  const auto count = from.number();
  if (count > from.left().size() / entry_bytes_min)
    return from.fail();
  to.entries.reserve(count);
  auto before = to.prev;
  for (uint64_t i = 0; i < count && !from.failed(); ++i) {
    auto& x = to.entries.emplace_back();
    x.partition = static_cast<uint16_t>(to.head.partition
                                        + from.small_number<uint16_t>());
    x.epoch = before.epoch + from.number();
    x.index = before.index + from.number();
    x.crc32c = from.fixed();
    x.payload = shared_bytes{std::string{from.bytes(from.number())}};
    before = {x.epoch, x.index};
  }
}

void get_rest(reader& from, append& to) {
  to.prev = get_position(from);
  to.high_watermark = from.number();
  to.round = from.number();
  get_entries(from, to);
}

void get_rest(reader& from, appended& to) {
  to.match = from.number();
  to.end = from.number();
  to.round = from.number();
}

void get_rest(reader& from, locate& to) {
  to.last = get_position(from);
}

void get_rest(reader& from, located& to) {
  to.asked = get_position(from);
  to.boundary = get_position(from);
}

void get_rest(reader& from, too_old& to) {
  to.asked = get_position(from);
}

void get_rest(reader&, refused&) {}

template <class T>
message get(reader& from) {
  T x;
  x.head = get_header(from);
  get_rest(from, x);
  return x;
}

message get_message(reader& from) {
  switch (from.byte()) {
    case tag_of<append>():
      return get<append>(from);
    case tag_of<appended>():
      return get<appended>(from);
    case tag_of<locate>():
      return get<locate>(from);
    case tag_of<located>():
      return get<located>(from);
    case tag_of<too_old>():
      return get<too_old>(from);
    case tag_of<refused>():
      return get<refused>(from);
    default:
      from.fail();
      return {};
  }
}

} // namespace

} // namespace replication_wire

size_t wire_size(const model::replication::message& x) noexcept {
  replication_wire::size_sink sink;
  replication_wire::put_sized(sink, x);
  return sink.size();
}

void encode(const model::replication::message& x,
            const std::function<void(std::string_view)>& take) {
  replication_wire::piece_sink sink{take};
  replication_wire::put_sized(sink, x);
  sink.flush();
}

bool decode(std::string_view& from,
            std::vector<model::replication::message>& to) {
  replication_wire::reader in{from};
  const auto one = in.bytes(in.number());
  if (in.failed() || one.empty())
    return false;
  from = in.left();
  if (static_cast<uint8_t>(one.front()) > replication_wire::tag_max)
    return true;
  replication_wire::reader parts{one};
  auto x = replication_wire::get_message(parts);
  if (parts.failed())
    return false;
  to.push_back(std::move(x));
  return true;
}

} // namespace parley::cluster
