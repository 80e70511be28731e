#include "admin/table.hpp"

#include "parley/protocol/text.hpp"

#include <boost/json.hpp>
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace parley::admin {

namespace {

namespace json = boost::json;

struct cell {
  std::string text;
  bool right = false; ///< Numbers line up at their ends.

  size_t width() const { return protocol::count_chars(text); }
};

using line = std::vector<cell>;

bool is_time(std::string_view key) {
  return key == "created" || key == "since" || key == "last_seen";
}

/// The C0 and C1 control characters escaped; some terminals obey both.
std::string printable(std::string_view text) {
  std::string shown;
  for (size_t i = 0; i < text.size(); ++i) {
    auto byte = static_cast<unsigned char>(text[i]);
    auto next =
        i + 1 < text.size() ? static_cast<unsigned char>(text[i + 1]) : 0u;
    if (byte == 0xc2 && next >= 0x80 && next < 0xa0)
      shown += fmt::format("\\x{:02x}", static_cast<unsigned char>(text[++i]));
    else if (byte < 0x20 || byte == 0x7f)
      shown += fmt::format("\\x{:02x}", byte);
    else
      shown += text[i];
  }
  return shown;
}

std::string bytes_text(uint64_t bytes) {
  static constexpr std::array units{"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
  auto size = static_cast<double>(bytes);
  size_t unit = 0;
  for (; size >= 1024 && unit + 1 < units.size(); ++unit)
    size /= 1024;
  return unit == 0 ? fmt::format("{} B", bytes)
                   : fmt::format("{:.1f} {}", size, units[unit]);
}

std::string duration_text(uint64_t seconds) {
  auto clock = fmt::format("{:02}:{:02}:{:02}", seconds / 3600 % 24,
                           seconds / 60 % 60, seconds % 60);
  auto days = seconds / 86400;
  return days == 0 ? clock : fmt::format("{}d {}", days, clock);
}

std::string time_text(int64_t ms) {
  std::chrono::sys_seconds at{std::chrono::seconds{ms / 1000}};
  return fmt::format("{:%Y-%m-%d %H:%M:%S}Z", at);
}

std::string number_text(std::string_view key, const json::value& x) {
  if (x.is_double())
    return fmt::format("{:.1f}", x.get_double());
  if (is_time(key) && x.is_int64())
    return time_text(x.get_int64());
  auto value =
      x.is_int64() ? static_cast<uint64_t>(x.get_int64()) : x.get_uint64();
  if (key.ends_with("_bytes"))
    return bytes_text(value);
  if (key.ends_with("_s"))
    return duration_text(value);
  return x.is_int64() ? fmt::format("{}", x.get_int64())
                      : fmt::format("{}", value);
}

cell shown(std::string_view key, const json::value& x) {
  if (x.is_string())
    return {printable(x.get_string()), false};
  if (x.is_bool())
    return {x.get_bool() ? "yes" : "no", false};
  if (x.is_number())
    return {number_text(key, x), !is_time(key)};
  return {printable(json::serialize(x)), false};
}

std::string heading(std::string_view key) {
  if (key.ends_with("_bytes"))
    key.remove_suffix(6);
  else if (key == "uptime_s")
    key.remove_suffix(2);
  auto text = printable(key);
  std::ranges::replace(text, '_', ' ');
  return text;
}

std::string align(const std::vector<line>& lines) {
  std::vector<size_t> widths;
  for (const auto& cells : lines) {
    widths.resize(std::max(widths.size(), cells.size()));
    for (size_t i = 0; i < cells.size(); ++i)
      widths[i] = std::max(widths[i], cells[i].width());
  }
  std::string text;
  for (const auto& cells : lines) {
    std::string row;
    for (size_t i = 0; i < cells.size(); ++i) {
      std::string gap(widths[i] - cells[i].width(), ' ');
      row += i == 0 ? "" : "  ";
      row += cells[i].right ? gap + cells[i].text : cells[i].text + gap;
    }
    row.erase(row.find_last_not_of(' ') + 1);
    text += row + '\n';
  }
  return text;
}

/// The columns are the keys of the first row that has each, in that order.
std::string table_of(const std::vector<json::object>& rows) {
  std::vector<std::string> keys;
  for (const auto& row : rows)
    for (const auto& [key, value] : row)
      if (std::ranges::find(keys, std::string_view{key}) == keys.end())
        keys.emplace_back(key);
  std::vector<line> lines(1);
  for (const auto& key : keys)
    lines.front().push_back({heading(key), false});
  for (const auto& row : rows) {
    auto& cells = lines.emplace_back();
    for (size_t i = 0; i < keys.size(); ++i) {
      const auto* value = row.if_contains(keys[i]);
      cells.push_back(value ? shown(keys[i], *value) : cell{});
      lines.front()[i].right |= cells.back().right;
    }
  }
  return align(lines);
}

std::vector<json::object> objects_of(const json::array& from) {
  std::vector<json::object> rows;
  for (const auto& x : from)
    rows.push_back(x.is_object() ? x.get_object() : json::object{{"", x}});
  return rows;
}

std::string fields_of(const json::object& one) {
  std::vector<line> lines;
  std::string tables;
  for (const auto& [key, value] : one) {
    if (value.is_array())
      tables += fmt::format("\n{}:\n{}", heading(key),
                            table_of(objects_of(value.get_array())));
    else if (key != "ok")
      lines.push_back({{heading(key), false}, {shown(key, value).text, false}});
  }
  return align(lines) + tables;
}

bool is_set(const json::object& in, std::string_view key) {
  const auto* value = in.if_contains(key);
  return value != nullptr && value->is_bool() && value->get_bool();
}

} // namespace

std::string render(const std::vector<json::object>& rows,
                   const json::object& last) {
  if (!last.contains("count"))
    return rows.empty() ? fields_of(last)
                        : table_of(rows) + '\n' + fields_of(last);
  auto text = rows.empty() ? std::string{"none\n"} : table_of(rows);
  if (is_set(last, "more"))
    text += "There are more: raise --limit.\n";
  if (is_set(last, "partial"))
    text += "Not all nodes have answered: there may be more.\n";
  if (const auto* note = last.if_contains("note"))
    text += printable(note->as_string()) + '\n';
  return text;
}

} // namespace parley::admin
