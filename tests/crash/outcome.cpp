#include "crash/outcome.hpp"

#include "support/recording.hpp"

#include <algorithm>

namespace parley::test {

std::vector<reading>
read_histories(const std::vector<shared_conversation>& all) {
  std::vector<reading> result;
  for (const auto& [conv, readers] : all)
    for (const auto& reader : readers) {
      reading one{reader.user(), conv, {}};
      for (const auto& item : whole_history(reader, conv))
        one.entries.push_back(to_entry(item));
      result.push_back(std::move(one));
    }
  return result;
}

std::map<std::string, int64_t> goals_of(const std::string& user,
                                        const std::vector<reading>& histories) {
  std::map<std::string, int64_t> result;
  for (const auto& each : histories)
    if (const auto last = last_addressed(each, user); last > 0)
      result[each.conv] = std::max(result[each.conv], last);
  return result;
}

namespace {

/// The last of each conversation comes after all others of it.
bool has_all(const durable_client& client,
             const std::map<std::string, int64_t>& goals) {
  return std::all_of(goals.begin(), goals.end(), [&](const auto& goal) {
    return client.has(goal.first, goal.second);
  });
}

} // namespace

bool read_to_the_end(durable_client& client,
                     const std::vector<reading>& histories) {
  const auto goals = goals_of(client.user(), histories);
  const auto deadline = clock::now() + patience;
  while (!has_all(client, goals)) {
    if (!client.read(milliseconds(100)) || clock::now() > deadline)
      return false;
  }
  return true;
}

client_records read_whole_inbox(const endpoint& where, const account& user,
                                const std::vector<reading>& histories) {
  const std::string device = "archive";
  auto archive = session(where, user.token(), {.device = device, .since = 0});
  client_records result;
  const auto goals = goals_of(user.user(), histories);
  archive.await([&] {
    return std::all_of(goals.begin(), goals.end(), [&](const auto& goal) {
      return !archive.seen({{"conv", goal.first}, {"seq", goal.second}})
                  .empty();
    });
  });
  for (const auto& event : archive.events())
    result.deliveries.push_back({user.user(), device, 1,
                                 number_of(event, "useq"),
                                 text_of(event, "conv"), to_entry(event)});
  result.complete_devices.push_back({user.user(), device});
  return result;
}

std::string verdict(const std::vector<const durable_client*>& clients,
                    client_records others, std::vector<reading> histories) {
  for (const auto* client : clients) {
    merge(others, client_records(client->records()));
    others.complete_devices.push_back({client->user(), client->device()});
  }
  others.histories = std::move(histories);
  return to_string(check(others));
}

} // namespace parley::test
