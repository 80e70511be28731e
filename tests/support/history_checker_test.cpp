#include "support/doctest.hpp"
#include "support/history_checker.hpp"

#include <algorithm>

namespace parley::test {
namespace {

const std::string pair = "dm:alice:bob";
const std::string group = "g:one";

history_entry message(int64_t seq, const std::string& from,
                      const std::string& cid) {
  history_entry result{.seq = seq, .kind = "msg", .from = from, .cid = cid};
  result.body = "body of " + cid;
  return result;
}

history_entry membership(int64_t seq, const std::string& user,
                         const std::string& change) {
  return {.seq = seq,
          .kind = "member",
          .from = "alice",
          .user = user,
          .change = change};
}

/// A message that alice's phone sent and got acknowledged.
void send(client_records& records, const std::string& conv,
          const history_entry& entry) {
  records.sent.push_back({entry.from, conv, entry.cid, *entry.body});
  records.acks.push_back({entry.from, "phone", conv, entry.cid, entry.seq});
}

void deliver(client_records& records, const std::string& user, int64_t useq,
             const std::string& conv, const history_entry& entry) {
  records.deliveries.push_back({user, "phone", 1, useq, conv, entry});
}

/// Alice and bob talk, and alice runs a group that carol joins and leaves.
client_records good_records() {
  client_records result;
  const std::vector<history_entry> talk{message(1, "alice", "a1"),
                                        message(2, "bob", "b1"),
                                        message(3, "alice", "a2")};
  history_entry created{.seq = 1, .kind = "group", .from = "alice"};
  created.members = {"alice", "bob"};
  const std::vector<history_entry> club{
      created, membership(2, "carol", "added"), message(3, "alice", "c1"),
      membership(4, "carol", "removed"), message(5, "alice", "c2")};
  result.histories = {{"alice", pair, talk},
                      {"bob", pair, talk},
                      {"bob", group, club},
                      {"carol", group, {club.begin(), club.begin() + 4}}};
  for (const auto& entry : talk)
    send(result, pair, entry);
  send(result, group, club[2]);
  send(result, group, club[4]);
  int64_t useq = 0;
  for (size_t i : {0, 2})
    deliver(result, "bob", ++useq, pair, talk[i]);
  for (const auto& entry : club)
    deliver(result, "bob", ++useq, group, entry);
  for (size_t i : {1, 2, 3})
    deliver(result, "carol", ++useq, group, club[i]);
  deliver(result, "alice", 1, pair, talk[1]);
  deliver(result, "alice", 2, group, club[0]);
  deliver(result, "alice", 3, group, club[1]);
  deliver(result, "alice", 4, group, club[3]);
  result.complete_devices = {
      {"alice", "phone"}, {"bob", "phone"}, {"carol", "phone"}};
  return result;
}

/// Where the `n`-th delivery to `user` in `conv` stands.
auto delivery_to(client_records& records, const std::string& user,
                 const std::string& conv, int n) {
  return std::find_if(records.deliveries.begin(), records.deliveries.end(),
                      [&](const delivery& each) {
                        return each.user == user && each.conv == conv
                               && n-- == 0;
                      });
}

std::vector<history_entry>& history_of(client_records& records,
                                       const std::string& reader,
                                       const std::string& conv) {
  return std::find_if(records.histories.begin(), records.histories.end(),
                      [&](const reading& each) {
                        return each.reader == reader && each.conv == conv;
                      })
      ->entries;
}

/// The kinds of what was found, each once.
std::vector<anomaly_kind> kinds(const client_records& records) {
  std::vector<anomaly_kind> result;
  for (const auto& each : check(records))
    if (std::find(result.begin(), result.end(), each.kind) == result.end())
      result.push_back(each.kind);
  return result;
}

using found = std::vector<anomaly_kind>;

TEST_CASE("a good record has no anomaly") {
  CHECK(to_string(check(good_records())) == "");
}

TEST_CASE("a send without an answer may have happened or not") {
  auto records = good_records();
  records.sent.push_back({"alice", pair, "never", "x"});
  records.acks.erase(records.acks.begin());
  for (auto& each : records.deliveries)
    each.useq += 1;
  records.deliveries.insert(
      records.deliveries.begin(),
      {"alice", "phone", 1, 1, pair, message(1, "alice", "a1")});
  CHECK(to_string(check(records)) == "");
}

TEST_CASE("one's own acknowledged message may come again after later ones") {
  auto records = good_records();
  records.deliveries.push_back(
      {"alice", "phone", 2, 2000, pair, message(1, "alice", "a1")});
  CHECK(to_string(check(records)) == "");
}

TEST_CASE("a repeated event under a higher useq is none") {
  auto records = good_records();
  records.deliveries.push_back(
      {"bob", "phone", 2, 2000, pair, message(1, "alice", "a1")});
  CHECK(to_string(check(records)) == "");
}

TEST_CASE("an edited message may be seen with each of its bodies") {
  auto records = good_records();
  history_entry edit{.seq = 4, .kind = "edited", .from = "alice"};
  edit.ref = 1;
  edit.body = "new";
  for (const auto* reader : {"alice", "bob"}) {
    auto& entries = history_of(records, reader, pair);
    entries[0].body = "new";
    entries[0].edited = true;
    entries.push_back(edit);
  }
  deliver(records, "alice", 9, pair, edit);
  deliver(records, "bob", 99, pair, edit);
  CHECK(to_string(check(records)) == "");
}

TEST_CASE("a deleted message may be seen before and after") {
  auto records = good_records();
  for (const auto* reader : {"alice", "bob"}) {
    auto& tombstone = history_of(records, reader, pair)[0];
    tombstone.body.reset();
    tombstone.deleted = true;
  }
  CHECK(to_string(check(records)) == "");
}

TEST_CASE("numbers that a forced recovery lost are no gap and nobody's miss") {
  auto records = good_records();
  for (const auto* reader : {"alice", "bob"})
    history_of(records, reader, pair).push_back({.seq = 4, .kind = "lost"});
  CHECK(to_string(check(records)) == "");
}

TEST_CASE("an acknowledged message that is not in the history is lost") {
  auto records = good_records();
  records.acks.push_back({"alice", "phone", pair, "a9", 4});
  CHECK(kinds(records) == found{anomaly_kind::lost});
}

TEST_CASE("a hole in the history is a gap") {
  auto records = good_records();
  for (const auto* reader : {"alice", "bob"})
    history_of(records, reader, pair)[2].seq = 4;
  records.acks[2].seq = 4;
  delivery_to(records, "bob", pair, 1)->entry.seq = 4;
  CHECK(kinds(records) == found{anomaly_kind::gap});
}

TEST_CASE("a history that is read out of order is a gap") {
  auto records = good_records();
  auto& entries = history_of(records, "bob", pair);
  std::swap(entries[0], entries[1]);
  CHECK(kinds(records) == found{anomaly_kind::gap});
}

TEST_CASE("a cid at two places of the history is doubled") {
  auto records = good_records();
  for (const auto* reader : {"alice", "bob"})
    history_of(records, reader, pair).push_back(message(4, "alice", "a1"));
  deliver(records, "bob", 99, pair, message(4, "alice", "a1"));
  deliver(records, "alice", 9, pair, message(4, "alice", "a1"));
  CHECK(kinds(records) == found{anomaly_kind::doubled});
}

TEST_CASE("a cid that was acknowledged at two seq is doubled") {
  auto records = good_records();
  records.acks.push_back({"alice", "phone", pair, "a1", 3});
  CHECK(kinds(records) == found{anomaly_kind::doubled});
}

TEST_CASE("another body than the sender's is inconsistent") {
  auto records = good_records();
  for (const auto* reader : {"alice", "bob"})
    history_of(records, reader, pair)[0].body = "forged";
  CHECK(kinds(records) == found{anomaly_kind::inconsistent});
}

TEST_CASE("two readers who read one seq in two ways are inconsistent") {
  auto records = good_records();
  history_of(records, "bob", pair)[1].from = "mallory";
  CHECK(kinds(records) == found{anomaly_kind::inconsistent});
}

TEST_CASE("a delivered body that the history never had is inconsistent") {
  auto records = good_records();
  delivery_to(records, "bob", pair, 0)->entry.body = "garbled";
  CHECK(kinds(records) == found{anomaly_kind::inconsistent});
}

TEST_CASE("a delivered event that is not in the history is a phantom") {
  auto records = good_records();
  deliver(records, "bob", 99, pair, message(7, "alice", "a7"));
  CHECK(kinds(records) == found{anomaly_kind::phantom});
}

TEST_CASE("events of one conversation out of order are reordered") {
  auto records = good_records();
  auto first = delivery_to(records, "bob", group, 2);
  auto second = delivery_to(records, "bob", group, 4);
  std::swap(first->entry, second->entry);
  CHECK(kinds(records) == found{anomaly_kind::reordered});
}

TEST_CASE("a falling useq within one connection is reordered") {
  auto records = good_records();
  auto first = delivery_to(records, "bob", pair, 0);
  auto second = delivery_to(records, "bob", pair, 1);
  std::swap(first->useq, second->useq);
  CHECK(kinds(records) == found{anomaly_kind::reordered});
}

TEST_CASE("one useq for two events of a user is repeated") {
  auto records = good_records();
  auto again = *delivery_to(records, "bob", pair, 1);
  again.connection = 2;
  again.useq = delivery_to(records, "bob", pair, 0)->useq;
  records.deliveries.push_back(again);
  CHECK(kinds(records) == found{anomaly_kind::repeated_useq});
}

TEST_CASE("an event that one device never got is missed") {
  auto records = good_records();
  records.deliveries.erase(delivery_to(records, "bob", group, 3));
  CHECK(kinds(records) == found{anomaly_kind::missed});
}

TEST_CASE("a device that got nothing missed everything") {
  auto records = good_records();
  records.complete_devices.push_back({"bob", "tablet"});
  CHECK(check(records).size() == 8);
  CHECK(kinds(records) == found{anomaly_kind::missed});
}

TEST_CASE("the removed member must be told of the removal") {
  auto records = good_records();
  records.deliveries.erase(delivery_to(records, "carol", group, 2));
  CHECK(kinds(records) == found{anomaly_kind::missed});
}

TEST_CASE("an event after the removal is leaked") {
  auto records = good_records();
  deliver(records, "carol", 99, group, message(5, "alice", "c2"));
  CHECK(kinds(records) == found{anomaly_kind::leaked});
}

TEST_CASE("an event before the joining is leaked") {
  auto records = good_records();
  const auto created = history_of(records, "bob", group)[0];
  records.deliveries.insert(delivery_to(records, "carol", group, 0),
                            {"carol", "phone", 0, 1, group, created});
  CHECK(kinds(records) == found{anomaly_kind::leaked});
}

TEST_CASE("an event of a pair that reaches a third user is leaked") {
  auto records = good_records();
  deliver(records, "carol", 99, pair, message(1, "alice", "a1"));
  CHECK(kinds(records) == found{anomaly_kind::leaked});
}

TEST_CASE("everyone hears of a group's end and of nothing after it") {
  auto records = good_records();
  history_entry end{.seq = 6, .kind = "group", .from = "alice"};
  end.deleted = true;
  history_of(records, "bob", group).push_back(end);
  CHECK(kinds(records) == found{anomaly_kind::missed});
  deliver(records, "alice", 8, group, end);
  deliver(records, "bob", 98, group, end);
  CHECK(to_string(check(records)) == "");
  history_of(records, "bob", group).push_back(message(7, "alice", "c3"));
  deliver(records, "bob", 99, group, message(7, "alice", "c3"));
  CHECK(kinds(records) == found{anomaly_kind::leaked});
}

TEST_CASE("what is addressed to a user ends with the removal") {
  auto records = good_records();
  const reading club{"bob", group, history_of(records, "bob", group)};
  CHECK(addressed_to(club, "bob") == std::vector<int64_t>{1, 2, 3, 4, 5});
  CHECK(addressed_to(club, "carol") == std::vector<int64_t>{2, 3, 4});
  CHECK(addressed_to(club, "dave").empty());
}

TEST_CASE("a record of 200,000 deliveries is judged in linear time") {
  client_records records;
  std::vector<history_entry> entries;
  for (int64_t seq = 1; seq <= 100'000; ++seq) {
    entries.push_back(message(seq, "alice", "c" + std::to_string(seq)));
    send(records, pair, entries.back());
    deliver(records, "bob", seq, pair, entries.back());
  }
  records.histories = {{"bob", pair, entries}};
  records.complete_devices = {{"alice", "phone"}, {"bob", "phone"}};
  CHECK(to_string(check(records)) == "");
}

} // namespace
} // namespace parley::test
