#include "cluster/leading_times.hpp"

#include <algorithm>
#include <cstdio>
#include <optional>
#include <sstream>
#include <string_view>

namespace parley::test {

namespace {

using moment = milliseconds; ///< Since the epoch.

/// The time that a line of a node's log begins with.
std::optional<moment> time_of(const std::string& line) {
  int year = 0;
  unsigned month = 0;
  unsigned day = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
  int ms = 0;
  if (std::sscanf(line.c_str(), "%4d-%2u-%2uT%2d:%2d:%2d.%3dZ ", &year, &month,
                  &day, &hour, &minute, &second, &ms)
      != 7)
    return std::nullopt;
  using namespace std::chrono;
  const sys_days date{std::chrono::year{year} / std::chrono::month{month}
                      / std::chrono::day{day}};
  return date.time_since_epoch() + hours{hour} + minutes{minute}
         + seconds{second} + milliseconds{ms};
}

/// `partition.leadership partition=P epoch=E place=W`; 1 is the node itself.
struct change {
  unsigned partition = 0;
  bool leads = false;
};

std::optional<change> change_in(const std::string& line) {
  constexpr std::string_view event = " partition.leadership ";
  const auto at = line.find(event);
  unsigned partition = 0;
  unsigned long epoch = 0;
  int place = 0;
  if (at == std::string::npos
      || std::sscanf(line.c_str() + at + event.size(),
                     "partition=%u epoch=%lu place=%d", &partition, &epoch,
                     &place)
             != 3)
    return std::nullopt;
  return change{partition, place == 1};
}

struct term {
  moment begin{0};
  moment end{0};
};
using terms = std::map<uint16_t, std::vector<term>>;

void read_log(const std::string& log, terms& to) {
  std::map<uint16_t, moment> leading;
  std::istringstream lines(log);
  moment last{0};
  for (std::string line; std::getline(lines, line);) {
    const auto when = time_of(line);
    if (!when)
      continue;
    last = *when;
    const auto found = change_in(line);
    if (!found)
      continue;
    const auto partition = static_cast<uint16_t>(found->partition);
    if (found->leads)
      leading.try_emplace(partition, last);
    else if (auto ended = leading.extract(partition))
      to[partition].push_back({ended.mapped(), last});
  }
  for (const auto& [partition, since] : leading)
    to[partition].push_back({since, last});
}

milliseconds quantile(const std::vector<milliseconds>& sorted, size_t percent) {
  return sorted[std::min(sorted.size() * percent / 100, sorted.size() - 1)];
}

} // namespace

times_without_leader read_leading_times(const std::vector<std::string>& logs) {
  terms all;
  for (const auto& log : logs)
    read_log(log, all);
  times_without_leader result;
  for (auto& [partition, each] : all) {
    std::sort(each.begin(), each.end(),
              [](const auto& a, const auto& b) { return a.begin < b.begin; });
    auto& times = result[partition];
    auto led_until = each.front().end;
    for (size_t i = 1; i < each.size(); ++i) {
      times.push_back(std::max(each[i].begin - led_until, milliseconds{0}));
      led_until = std::max(led_until, each[i].end);
    }
  }
  return result;
}

std::string to_string(const times_without_leader& all) {
  std::ostringstream out;
  for (const auto& [partition, times] : all) {
    out << "partition " << partition << ':';
    for (const auto& x : times)
      out << ' ' << x.count();
    out << '\n';
  }
  return std::move(out).str();
}

std::string summary_of(const times_without_leader& all) {
  std::vector<milliseconds> times;
  for (const auto& [partition, each] : all)
    times.insert(times.end(), each.begin(), each.end());
  if (times.empty())
    return "no leader changed";
  std::sort(times.begin(), times.end());
  std::ostringstream out;
  out << times.size() << " changes of leader, ms without one: median "
      << quantile(times, 50).count() << ", 90 % " << quantile(times, 90).count()
      << ", longest " << times.back().count();
  return std::move(out).str();
}

} // namespace parley::test
