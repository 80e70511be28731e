#include "parley/config/load.hpp"

#include "config/keys.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <toml++/toml.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <set>
#include <system_error>

namespace parley::config {

namespace {

constexpr size_t file_bytes_max = size_t{1} << 20;

/// Whether `name` lies in the table `path`; "" is the whole file.
bool is_inside(std::string_view name, std::string_view path) {
  return path.empty()
         || (name.size() > path.size() && name.starts_with(path)
             && name[path.size()] == '.');
}

/// Keys may hold any character; a message is one line of plain text.
std::string printable(std::string_view x) {
  auto result = std::string{x.substr(0, 200)};
  std::replace_if(
      result.begin(), result.end(),
      [](unsigned char c) { return c < 0x20 || c == 0x7f; }, '?');
  return result;
}

value to_value(const toml::node& node) {
  switch (node.type()) {
    case toml::node_type::boolean:
      return node.as_boolean()->get();
    case toml::node_type::integer:
      return node.as_integer()->get();
    case toml::node_type::string:
      return node.as_string()->get();
    case toml::node_type::floating_point:
      return other_value{"a floating-point number"};
    case toml::node_type::table:
      return other_value{"a table"};
    case toml::node_type::array: {
      auto texts = std::vector<std::string>{};
      for (auto& each : *node.as_array()) {
        if (!each.is_string())
          return other_value{"an array with other things than strings"};
        texts.push_back(each.as_string()->get());
      }
      return texts;
    }
    default:
      return other_value{"a date or time"};
  }
}

class reader {
public:
  explicit reader(std::string_view file) : file_(file) {}
  reader(const reader&) = delete; // the keys point into the settings
  reader& operator=(const reader&) = delete;

  void read(const toml::table& table) {
    read(table, "");
    for (auto& x : contradictions(settings_)) {
      auto faulty = [this](auto name) {
        return faulty_.contains(name);
      };
      if (std::none_of(x.keys.begin(), x.keys.end(), faulty))
        report(line_of(x.keys), x.keys.front(), x.text);
    }
  }

  void report(uint32_t line, std::string_view where, std::string_view what) {
    auto text = where.empty()
                    ? fmt::format("{}:{}: {}", file_, line, what)
                    : fmt::format("{}:{}: {}: {}", file_, line, where, what);
    mistakes_.emplace(line, std::move(text));
  }

  load_result finish() && {
    if (mistakes_.empty())
      return std::move(settings_);
    auto result = std::vector<std::string>{};
    for (auto& [line, text] : mistakes_)
      result.push_back(std::move(text));
    return result;
  }

private:
  void read(const toml::table& table, const std::string& path) {
    for (auto& [name, node] : table) {
      auto full = path.empty() ? std::string{name.str()}
                               : fmt::format("{}.{}", path, name.str());
      auto line = name.source().begin.line;
      // A quoted key may be empty or contain a dot; it is then none of ours.
      auto known = !name.empty() && name.str().find('.') == name.str().npos;
      auto found = std::find_if(keys_.begin(), keys_.end(),
                                [&](auto& x) { return x.name == full; });
      if (known && found != keys_.end()) {
        take(*found, node, line);
      } else if (known && is_table(full)) {
        if (auto inner = node.as_table())
          read(*inner, full);
        else
          report(line, full,
                 fmt::format("is {}, expected a table",
                             type_name(to_value(node))));
      } else {
        report(line, printable(full),
               fmt::format("unknown {}, expected {}",
                           node.is_table() ? "table" : "key", names_in(path)));
      }
    }
  }

  void take(const key& which, const toml::node& node, uint32_t line) {
    lines_[which.name] = line;
    if (auto wrong = which.take(to_value(node))) {
      faulty_.insert(which.name);
      report(line, which.name, *wrong);
    }
  }

  bool is_table(std::string_view path) const {
    return std::any_of(keys_.begin(), keys_.end(),
                       [&](auto& x) { return is_inside(x.name, path); });
  }

  /// What may stand directly in the table `path`.
  std::string names_in(std::string_view path) const {
    auto names = std::set<std::string_view>{};
    for (auto& each : keys_) {
      if (!is_inside(each.name, path))
        continue;
      auto rest = each.name.substr(path.empty() ? 0 : path.size() + 1);
      names.insert(rest.substr(0, rest.find('.')));
    }
    return fmt::format("one of {}", fmt::join(names, ", "));
  }

  /// The line of the first of `names` that the file sets. One of them is set:
  /// the defaults do not contradict each other.
  uint32_t line_of(const std::vector<std::string_view>& names) const {
    for (auto name : names)
      if (auto found = lines_.find(name); found != lines_.end())
        return found->second;
    return 1;
  }

  std::string_view file_;
  settings settings_;
  std::vector<key> keys_ = keys_of(settings_);
  std::multimap<uint32_t, std::string> mistakes_;
  std::map<std::string_view, uint32_t> lines_;
  std::set<std::string_view> faulty_;
};

} // namespace

load_result parse(std::string_view text, std::string_view file) {
  auto into = reader{file};
  try {
    into.read(toml::parse(text));
  } catch (const toml::parse_error& error) {
    into.report(error.source().begin.line, "",
                fmt::format("syntax: {}", error.description()));
  }
  return std::move(into).finish();
}

load_result load(const std::filesystem::path& path) {
  auto text = std::string(file_bytes_max + 1, '\0');
  auto in = std::ifstream{path, std::ios::binary};
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (in.bad() || (!in.eof() && in.fail()))
    return std::vector{fmt::format("{}: cannot be read: {}", path.string(),
                                   std::generic_category().message(errno))};
  text.resize(static_cast<size_t>(in.gcount()));
  if (text.size() > file_bytes_max)
    return std::vector{
        fmt::format("{}: is too large, expected at most {} bytes",
                    path.string(), file_bytes_max)};
  return parse(text, path.string());
}

} // namespace parley::config
