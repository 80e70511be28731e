#include "history/bytes.hpp"

#include <limits>

namespace parley::history {

bool byte_reader::number(uint64_t& x) noexcept {
  x = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    uint8_t part = 0;
    if (!byte(part))
      return false;
    if (shift == 63 && part > 1)
      return false;
    x |= uint64_t{part & 0x7fu} << shift;
    if (part < 0x80)
      return part != 0 || shift == 0; // No longer form than needed.
  }
  return false;
}

bool byte_reader::number(uint32_t& x) noexcept {
  uint64_t wide = 0;
  if (!number(wide) || wide > std::numeric_limits<uint32_t>::max())
    return false;
  x = static_cast<uint32_t>(wide);
  return true;
}

bool byte_reader::signed_number(int64_t& x) noexcept {
  uint64_t folded = 0;
  if (!number(folded))
    return false;
  x = unzigzag(folded);
  return true;
}

bool byte_reader::flag(bool& x) noexcept {
  uint8_t value = 0;
  if (!byte(value) || value > 1)
    return false;
  x = value == 1;
  return true;
}

bool byte_reader::text(std::string_view& x) noexcept {
  uint64_t size = 0;
  if (!number(size) || size > rest_.size())
    return false;
  x = rest_.substr(0, size);
  rest_.remove_prefix(size);
  return true;
}

bool byte_reader::text(std::string& x) {
  std::string_view view;
  if (!text(view))
    return false;
  x.assign(view);
  return true;
}

bool byte_reader::hash(hash128& x) noexcept {
  if (rest_.size() < x.bytes.size())
    return false;
  std::memcpy(x.bytes.data(), rest_.data(), x.bytes.size());
  rest_.remove_prefix(x.bytes.size());
  return true;
}

bool byte_reader::rising(uint64_t& x, uint64_t& last) noexcept {
  uint64_t step = 0;
  if (!number(step) || step == 0
      || step > std::numeric_limits<uint64_t>::max() - last)
    return false;
  last += step;
  x = last;
  return true;
}

} // namespace parley::history
