#include "parley/protocol/json_writer.hpp"

#include "protocol/words.hpp"

#include <array>
#include <charconv>

namespace parley::protocol {

namespace {

bool needs_escape(char c) noexcept {
  return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\';
}

/// The first character at or after `at` that needs an escape, or `end`.
const char* find_escape(const char* at, const char* end) noexcept {
  for (; static_cast<size_t>(end - at) >= words::size; at += words::size) {
    auto word = words::load(at);
    if (words::any_below(word, 0x20) || words::any_equal(word, '"')
        || words::any_equal(word, '\\'))
      break;
  }
  while (at != end && !needs_escape(*at))
    ++at;
  return at;
}

void append_escaped(std::string& to, char c) {
  constexpr std::string_view digits = "0123456789abcdef";
  switch (c) {
    case '"':
      to.append("\\\"");
      break;
    case '\\':
      to.append("\\\\");
      break;
    case '\n':
      to.append("\\n");
      break;
    case '\r':
      to.append("\\r");
      break;
    case '\t':
      to.append("\\t");
      break;
    default:
      to.append("\\u00");
      to.push_back(digits[static_cast<unsigned char>(c) >> 4]);
      to.push_back(digits[static_cast<unsigned char>(c) & 15]);
  }
}

template <class T>
void append_number(std::string& to, T x) {
  std::array<char, 20> digits; // -9223372036854775808
  auto end = std::to_chars(digits.begin(), digits.end(), x).ptr;
  to.append(digits.data(), static_cast<size_t>(end - digits.data()));
}

} // namespace

void append_json_string(std::string& to, std::string_view text) {
  to.push_back('"');
  auto at = text.data();
  auto end = at + text.size();
  for (;;) {
    auto stop = find_escape(at, end);
    to.append(at, static_cast<size_t>(stop - at));
    if (stop == end)
      break;
    append_escaped(to, *stop);
    at = stop + 1;
  }
  to.push_back('"');
}

void json_writer::separate() {
  if (to_.empty())
    return;
  auto last = to_.back();
  if (last != '{' && last != '[' && last != ',' && last != ':')
    to_.push_back(',');
}

json_writer& json_writer::open_object() {
  separate();
  to_.push_back('{');
  return *this;
}

json_writer& json_writer::close_object() {
  to_.push_back('}');
  return *this;
}

json_writer& json_writer::open_array() {
  separate();
  to_.push_back('[');
  return *this;
}

json_writer& json_writer::close_array() {
  to_.push_back(']');
  return *this;
}

json_writer& json_writer::key(std::string_view name) {
  separate();
  to_.push_back('"');
  to_.append(name);
  to_.append("\":");
  return *this;
}

json_writer& json_writer::value(std::string_view text) {
  separate();
  append_json_string(to_, text);
  return *this;
}

json_writer& json_writer::value(bool x) {
  return raw(x ? std::string_view{"true"} : std::string_view{"false"});
}

json_writer& json_writer::raw(std::string_view json) {
  separate();
  to_.append(json);
  return *this;
}

json_writer& json_writer::number(int64_t x) {
  separate();
  append_number(to_, x);
  return *this;
}

json_writer& json_writer::number(uint64_t x) {
  separate();
  append_number(to_, x);
  return *this;
}

} // namespace parley::protocol
