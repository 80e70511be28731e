#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

/// For how long partitions had no leader, by what the nodes of one machine log.
namespace parley::test {

using std::chrono::milliseconds;

/// Of each partition, the times between one leader's end and the next one's
/// beginning, in their order. Of a leader that did not log its end, the last
/// line of its log is taken for it.
using times_without_leader = std::map<uint16_t, std::vector<milliseconds>>;

times_without_leader read_leading_times(const std::vector<std::string>& logs);

/// The median and the like in one line, and a line for each partition.
std::string to_string(const times_without_leader& all);
std::string summary_of(const times_without_leader& all);

} // namespace parley::test
