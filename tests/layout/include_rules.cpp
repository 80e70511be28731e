#include "include_rules.hpp"

#include <algorithm>
#include <array>
#include <regex>

namespace parley::layout {

namespace {

/// A part may include itself and whatever has a lower level.
struct part {
  std::string_view name;
  int level;
};

constexpr auto parts =
    std::array{part{"base", 0},    part{"protocol", 1}, part{"config", 1},
               part{"history", 1}, part{"model", 2},    part{"actors", 3},
               part{"cluster", 4}, part{"push", 4},     part{"gateway", 4},
               part{"admin", 5},   part{"server", 6}};

/// Files whose path begins with one of `places` may include what begins with
/// `prefix`. Between slashes, a part stands for both of its folders.
struct library {
  std::string_view prefix;
  std::vector<std::string_view> places;
};

const auto libraries = std::vector<library>{
    {"caf/",
     {"/actors/", "/cluster/", "/push/", "/gateway/", "/admin/", "/server/"}},
    {"boost/asio", {"/push/", "/gateway/", "/admin/", "/server/"}},
    {"boost/beast", {"/push/", "/gateway/", "/admin/", "/server/"}},
    {"curl/", {"src/push/"}},
    {"maxminddb", {"src/gateway/client_regions.cpp"}},
    {"rocksdb/", {"src/history/"}},
    {"toml++/", {"src/config/load.cpp"}},
    {"zookeeper/", {"src/cluster/zookeeper_"}},
};

const part* find_part(std::string_view name) {
  auto found = std::find_if(parts.begin(), parts.end(),
                            [&](auto& x) { return x.name == name; });
  return found != parts.end() ? &*found : nullptr;
}

bool lies_in(std::string_view path, std::string_view place) {
  if (place.starts_with('/'))
    return "/" + part_of(path) + "/" == place;
  return path.starts_with(place);
}

} // namespace

std::vector<std::string> includes_of(std::string_view text) {
  static const auto line = std::regex{
      R"(^[ \t]*#[ \t]*include[ \t]*[<"]([^>"]+)[>"])", std::regex::multiline};
  auto result = std::vector<std::string>{};
  for (auto i =
           std::cregex_iterator{text.data(), text.data() + text.size(), line};
       i != std::cregex_iterator{}; ++i)
    result.push_back((*i)[1]);
  return result;
}

std::string part_of(std::string_view path) {
  if (path == "src/main.cpp")
    return "server";
  for (auto root :
       {std::string_view{"include/parley/"}, std::string_view{"src/"}}) {
    if (!path.starts_with(root))
      continue;
    path.remove_prefix(root.size());
    auto folder = path.substr(0, path.find('/'));
    return std::string{is_part(folder) ? folder : ""};
  }
  return {};
}

bool is_part(std::string_view name) {
  return find_part(name) != nullptr;
}

std::string objection(std::string_view path, std::string_view name) {
  for (auto& each : libraries)
    if (name.starts_with(each.prefix)
        && std::none_of(each.places.begin(), each.places.end(),
                        [&](auto place) { return lies_in(path, place); }))
      return std::string{each.prefix} + " is not for this part";
  auto from = part_of(path);
  constexpr auto ours = std::string_view{"parley/"};
  auto is_public = name.starts_with(ours);
  auto rest = is_public ? name.substr(ours.size()) : name;
  auto to = rest.substr(0, rest.find('/'));
  if (to.size() == rest.size() || to == from)
    return {};
  auto includer = find_part(from);
  auto included = find_part(to);
  if (is_public && (!included || !includer))
    return "no such part";
  if (!included)
    return {};
  if (!is_public)
    return "a private header of another part";
  if (included->level >= includer->level)
    return "points upward or sideways";
  return {};
}

} // namespace parley::layout
