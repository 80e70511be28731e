#include "crash/durable_client.hpp"
#include "crash/outcome.hpp"
#include "crash/rendezvous.hpp"
#include "support/doctest.hpp"
#include "support/recording.hpp"

#include <cstdlib>
#include <future>
#include <random>

namespace parley::test {
namespace {

constexpr int kills_wanted = 20;
constexpr size_t in_flight_max = 8;
constexpr uint64_t acks_between_kills_max = 250;

/// PARLEY_SEED repeats a run's choices; what the machine does meanwhile is its
/// own.
uint64_t chosen_seed() {
  const auto* given = std::getenv("PARLEY_SEED");
  return given ? std::stoull(given) : std::random_device{}();
}

using random_engine = std::mt19937_64;

size_t below(random_engine& random, size_t bound) {
  return std::uniform_int_distribution<size_t>(0, bound - 1)(random);
}

/// Mostly short; some go to blob files, few are as long as a body may be.
std::string random_body(random_engine& random) {
  const auto kind = below(random, 100);
  const size_t length = kind < 90   ? 1 + below(random, 100)
                        : kind < 99 ? 5000
                                    : 100'000;
  return repeated(std::string(1, static_cast<char>('a' + below(random, 26))),
                  length);
}

/// Sends and reads through all crashes, until told to stop and everything is
/// answered.
void keep_talking(durable_client& client, std::vector<std::string> convs,
                  rendezvous& meeting, uint64_t seed) {
  random_engine random(seed);
  const auto counted = [&](auto act) {
    const auto before = client.acknowledged();
    act();
    meeting.count_acks(client.acknowledged() - before);
  };
  while (meeting.sending() || client.unanswered() > 0) {
    if (!client.connected()) {
      const auto node = meeting.wait_newer(0, patience);
      if (!client.connect(node.where))
        meeting.wait_newer(node.number, milliseconds(200));
    } else if (meeting.sending() && client.unanswered() < in_flight_max) {
      client.post(convs[below(random, convs.size())], random_body(random));
      counted([&] { client.read(milliseconds(1)); });
    } else {
      counted([&] { client.read(milliseconds(100)); });
    }
  }
}

/// Five people, two of them with two devices, who talk in pairs and groups; a
/// guest comes to one group and leaves it.
struct neighbourhood {
  explicit neighbourhood(const server_process& on)
      : people(register_accounts(on, "user", 5)),
        guest(register_account(on, "guest")) {
    for (const auto& person : people)
      clients.emplace_back(person, "phone");
    clients.emplace_back(people[0], "tablet");
    clients.emplace_back(people[1], "tablet");
    clients.emplace_back(guest, "phone");
    // All devices are known before the first message, so that each must get
    // everything.
    for (auto& client : clients)
      CHECK(client.connect(on.where()));
    all_of_us = create_group(people[0], {people.begin() + 1, people.end()});
    open_house = create_group(people[0], {people[1], people[2]});
  }

  std::vector<shared_conversation> conversations() const {
    return {{all_of_us, people},
            {open_house, {people[0], people[1], people[2]}},
            {direct(people[0], people[1]), {people[0], people[1]}},
            {direct(people[2], people[3]), {people[2], people[3]}},
            {direct(people[4], people[4]), {people[4]}}};
  }

  std::vector<std::string> conversations_of(const std::string& user) const {
    std::vector<std::string> result;
    for (const auto& [conv, readers] : conversations())
      for (const auto& reader : readers)
        if (reader.user() == user)
          result.push_back(conv);
    return result;
  }

  /// The guest comes, or goes; the node may die before it answers.
  void move_guest(bool in) const {
    try {
      if (in)
        people[0].post(group_path(open_house, "/members"),
                       json::object{{"users", names({guest})}});
      else
        people[0].remove(group_path(open_house, "/members/" + guest.user()));
    } catch (const std::exception&) {
      // Whether it happened stands in the history.
    }
  }

  std::vector<account> people;
  account guest;
  std::vector<durable_client> clients;
  std::string all_of_us;
  std::string open_house;
};

/// Kills the node after a random part of the load, again and again, sometimes
/// before a client could say anything.
void kill_again_and_again(server_process& node, const neighbourhood& where,
                          rendezvous& meeting, uint64_t seed) {
  random_engine random(seed);
  for (int kill = 0; kill < kills_wanted; ++kill) {
    CAPTURE(kill);
    where.move_guest(kill % 2 == 0);
    const auto more = below(random, acks_between_kills_max);
    CHECK(meeting.wait_acks(meeting.acks() + more, patience));
    node.kill();
    node.restart();
    meeting.announce(node.where());
  }
}

TEST_CASE("20 kills at random moments under load lose, double, reorder and "
          "leak nothing (I1 to I5, I7)") {
  const auto seed = chosen_seed();
  MESSAGE("PARLEY_SEED=" << seed);
  server_process node(overrides{{"limits.sends_per_s", 0},
                                {"actors.passivate_after", "300ms"}});
  neighbourhood us(node);
  rendezvous meeting;
  meeting.announce(node.where());
  std::vector<std::future<void>> talks;
  for (size_t i = 0; i < us.clients.size(); ++i)
    if (us.clients[i].user() != us.guest.user())
      talks.push_back(std::async(std::launch::async, [&, i] {
        keep_talking(us.clients[i], us.conversations_of(us.clients[i].user()),
                     meeting, seed + i);
      }));
  kill_again_and_again(node, us, meeting, seed + us.clients.size());
  meeting.stop_sending();
  for (auto& talk : talks)
    talk.get();

  const auto histories = read_histories(us.conversations());
  std::vector<const durable_client*> clients;
  client_records others;
  size_t repeats = 0;
  for (auto& client : us.clients) {
    CAPTURE(client.user());
    client.disconnect();
    CHECK(client.connect(node.where()));
    CHECK(read_to_the_end(client, histories));
    clients.push_back(&client);
    repeats += client.repeats();
  }
  for (const auto& person : us.people)
    merge(others, read_whole_inbox(node.where(), person, histories));
  MESSAGE(meeting.acks() << " acks, " << repeats << " of them repeats");
  CHECK(meeting.acks() > kills_wanted);
  CHECK(verdict(clients, std::move(others), histories) == "");
}

} // namespace
} // namespace parley::test
