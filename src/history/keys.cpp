#include "parley/history/keys.hpp"

#include "history/key_parts.hpp"

#include <boost/endian/conversion.hpp>

namespace parley::history {

namespace {

void add_u16(std::string& to, uint16_t x) {
  unsigned char bytes[2];
  boost::endian::store_big_u16(bytes, x);
  to.append(reinterpret_cast<const char*>(bytes), sizeof bytes);
}

void add_u64(std::string& to, uint64_t x) {
  unsigned char bytes[8];
  boost::endian::store_big_u64(bytes, x);
  to.append(reinterpret_cast<const char*>(bytes), sizeof bytes);
}

std::string place_prefix(const place& of, size_t reserved) {
  std::string key;
  key.reserve(reserved);
  add_u16(key, of.partition);
  key.append(of.key.view());
  return key;
}

std::string message_key(const place& conv, uint64_t seq, row_part part) {
  auto key = place_prefix(conv, message_key_bytes);
  add_u64(key, seq);
  key.push_back(static_cast<char>(part));
  return key;
}

} // namespace

std::string entry_key(const place& conv, uint64_t seq) {
  return message_key(conv, seq, row_part::entry);
}

std::string overlay_key(const place& conv, uint64_t seq) {
  return message_key(conv, seq, row_part::overlay);
}

std::string inbox_key(const place& user, uint64_t last_useq) {
  auto key = place_prefix(user, inbox_key_bytes);
  add_u64(key, last_useq);
  return key;
}

std::string state_key(record kind, const place& of, std::string_view suffix) {
  std::string key;
  key.reserve(3 + of.key.bytes.size() + suffix.size());
  key += state_prefix(kind, of.partition);
  key.append(of.key.view());
  key.append(suffix);
  return key;
}

std::string push_key(const place& user, push_part what,
                     std::string_view suffix) {
  auto key = state_key(record::push, user);
  key.push_back(static_cast<char>(what));
  key.append(suffix);
  return key;
}

std::string account_key(uint16_t partition, std::string_view user) {
  auto key = state_prefix(record::account, partition);
  key.append(user);
  return key;
}

// One byte is less than any key of partition 0xff00, and above all before.
std::string meta_key() {
  return "\xff";
}

std::string first_meta_key() {
  return state_prefix(record::meta, 0);
}

std::string log_key(uint16_t partition, uint64_t index) {
  auto key = partition_prefix(partition);
  key.push_back(static_cast<char>(log_part::entry));
  add_u64(key, index);
  return key;
}

std::string log_marks_key(uint16_t partition) {
  auto key = partition_prefix(partition);
  key.push_back(static_cast<char>(log_part::marks));
  return key;
}

uint16_t partition_of_key(std::string_view key) {
  if (key.size() < 2)
    return 0;
  return boost::endian::load_big_u16(
      reinterpret_cast<const unsigned char*>(key.data()));
}

std::string partition_prefix(uint16_t partition) {
  std::string key;
  add_u16(key, partition);
  return key;
}

std::string state_prefix(record kind, uint16_t partition) {
  auto key = partition_prefix(partition);
  key.push_back(static_cast<char>(kind));
  return key;
}

std::string prefix_end(std::string prefix) {
  while (!prefix.empty() && prefix.back() == '\xff')
    prefix.pop_back();
  // Nothing is above all that begins with 0xff alone (the last of 65,536
  // partitions as a whole): then a key that is above all of this key space.
  if (prefix.empty())
    return std::string(key_bytes_max, '\xff');
  prefix.back() = static_cast<char>(static_cast<uint8_t>(prefix.back()) + 1);
  return prefix;
}

bool parse_message_key(std::string_view key, uint64_t& seq, row_part& part) {
  if (key.size() != message_key_bytes)
    return false;
  auto last = static_cast<uint8_t>(key.back());
  if (last > static_cast<uint8_t>(row_part::overlay))
    return false;
  part = static_cast<row_part>(last);
  seq = boost::endian::load_big_u64(
      reinterpret_cast<const unsigned char*>(key.data()) + place_bytes);
  return true;
}

bool parse_log_key(std::string_view key, uint64_t& index) {
  if (key.size() != log_key_bytes
      || key[2] != static_cast<char>(log_part::entry))
    return false;
  index = boost::endian::load_big_u64(
      reinterpret_cast<const unsigned char*>(key.data()) + 3);
  return true;
}

bool parse_inbox_key(std::string_view key, uint64_t& last_useq) {
  if (key.size() != inbox_key_bytes)
    return false;
  last_useq = boost::endian::load_big_u64(
      reinterpret_cast<const unsigned char*>(key.data()) + place_bytes);
  return true;
}

} // namespace parley::history
