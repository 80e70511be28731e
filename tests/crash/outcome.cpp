#include "crash/outcome.hpp"

#include "support/recording.hpp"

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

bool read_to_the_end(durable_client& client,
                     const std::vector<reading>& histories) {
  std::vector<std::pair<std::string, int64_t>> wanted;
  for (const auto& each : histories)
    for (auto seq : addressed_to(each, client.user()))
      wanted.emplace_back(each.conv, seq);
  const auto deadline = clock::now() + patience;
  for (const auto& [conv, seq] : wanted)
    while (!client.has(conv, seq))
      if (!client.read(milliseconds(100)) || clock::now() > deadline)
        return false;
  return true;
}

client_records read_whole_inbox(const endpoint& where, const account& user,
                                const std::vector<reading>& histories) {
  durable_client archive(user, "archive", 0);
  if (archive.connect(where))
    read_to_the_end(archive, histories);
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
  return to_string(check(others));
}

} // namespace parley::test
