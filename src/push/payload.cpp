#include "push/payload.hpp"

#include "parley/protocol/json_writer.hpp"

#include <algorithm>

namespace parley::push {

namespace {

/// An escape is up to six bytes for one.
constexpr size_t escape_bytes_max = 6;

size_t bytes_as_json(std::string_view text) {
  std::string quoted;
  protocol::append_json_string(quoted, text);
  return quoted.size();
}

bool continues_char(char c) {
  return (static_cast<unsigned char>(c) & 0xc0) == 0x80;
}

std::string_view cut(std::string_view text, size_t bytes) {
  if (bytes >= text.size())
    return text;
  while (bytes > 0 && continues_char(text[bytes]))
    --bytes;
  return text.substr(0, bytes);
}

} // namespace

std::string_view fitting(std::string_view text, size_t bytes_max) {
  text = cut(text, bytes_max);
  for (auto size = bytes_as_json(text); size > bytes_max && !text.empty();
       size = bytes_as_json(text)) {
    auto least = std::max<size_t>((size - bytes_max) / escape_bytes_max, 1);
    text = cut(text, text.size() - least);
  }
  return text;
}

} // namespace parley::push
