#include "crash/outcome.hpp"

#include "support/recording.hpp"

#include <cstdio>
#include <set>
#include <tuple>

namespace parley::test {

namespace {

/// Without anything new: what was lost on its way to a session is asked for
/// again after `actors.answer_timeout`, and that may be lost once more.
constexpr auto silence_max = 2 * patience;

} // namespace

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

bool read_to_the_end(durable_client& client,
                     const std::vector<reading>& histories) {
  std::vector<std::pair<std::string, int64_t>> wanted;
  for (const auto& each : histories)
    for (auto seq : addressed_to(each, client.user()))
      wanted.emplace_back(each.conv, seq);
  auto deadline = clock::now() + silence_max;
  auto before = client.records().deliveries.size();
  for (const auto& [conv, seq] : wanted)
    while (!client.has(conv, seq)) {
      if (!client.read(milliseconds(100)) || clock::now() > deadline)
        return false;
      if (const auto now = client.records().deliveries.size(); now > before) {
        deadline = clock::now() + silence_max;
        before = now;
      }
    }
  return true;
}

client_records read_whole_inbox(const endpoint& where, const account& user,
                                const std::vector<reading>& histories) {
  durable_client archive(user, "archive", 0);
  // Leaders may still move: a connection that ends is begun anew, as any client
  // does it. One that goes on and says nothing is not.
  const auto deadline = clock::now() + patience;
  do {
    if (archive.connect(where))
      read_to_the_end(archive, histories);
  } while (!archive.connected() && clock::now() < deadline);
  auto result = archive.records();
  result.complete_devices.push_back({archive.user(), archive.device()});
  return result;
}

std::string verdict(const std::vector<const durable_client*>& clients,
                    client_records others, std::vector<reading> histories) {
  for (const auto* client : clients) {
    merge(others, client_records(client->records()));
    others.complete_devices.push_back({client->user(), client->device()});
  }
  others.histories = std::move(histories);
  // For scripts/faults, which adds them up.
  std::set<std::tuple<std::string, std::string, std::string>> acknowledged;
  for (const auto& x : others.acks)
    acknowledged.emplace(x.conv, x.user, x.cid);
  std::printf("%zu acknowledged messages checked\n", acknowledged.size());
  return to_string(check(others));
}

} // namespace parley::test
