#include "parley/history/batch.hpp"

#include "history/bytes.hpp"

namespace parley::history {

namespace {

constexpr unsigned family_bits = 4;

} // namespace

void batch::put(family in, std::string_view key, std::string_view value) {
  add(op::put, in, key, value);
}

void batch::erase(family in, std::string_view key) {
  add(op::erase, in, key, {});
}

void batch::erase_range(family in, std::string_view from, std::string_view to) {
  add(op::erase_range, in, from, to);
}

std::string_view batch::first_key() const {
  std::string_view rest = rows_;
  op what;
  family in;
  std::string_view key;
  std::string_view value;
  return next(rest, what, in, key, value) ? key : std::string_view{};
}

// A row: operation and family in one byte, key, and but for `erase` the value;
// key and value with their lengths before them.
void batch::add(op what, family in, std::string_view key,
                std::string_view value) {
  auto out = byte_writer{rows_};
  out.byte(static_cast<uint8_t>((static_cast<unsigned>(what) << family_bits)
                                | static_cast<unsigned>(in)));
  out.text(key);
  if (what != op::erase)
    out.text(value);
}

bool batch::next(std::string_view& rest, op& what, family& in,
                 std::string_view& key, std::string_view& value) {
  auto from = byte_reader{rest};
  uint8_t head = 0;
  if (!from.byte(head))
    return false;
  auto operation = static_cast<uint8_t>(head >> family_bits);
  auto column = static_cast<uint8_t>(head & ((1u << family_bits) - 1));
  if (operation > static_cast<uint8_t>(op::erase_range)
      || column > static_cast<uint8_t>(family::log))
    return false;
  what = static_cast<op>(operation);
  in = static_cast<family>(column);
  value = {};
  if (!from.text(key) || (what != op::erase && !from.text(value)))
    return false;
  rest = from.rest();
  return true;
}

} // namespace parley::history
