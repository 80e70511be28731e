#include "crash/durable_client.hpp"
#include "crash/outcome.hpp"
#include "support/doctest.hpp"
#include "support/recording.hpp"

#include <csignal>

// The node dies at each step of the way of a message, and the clients check
// the promise from what they see.

namespace parley::test {
namespace {

/// Three people in a group and a pair, of whom alice and bob talk.
class scene {
public:
  scene()
      : node_(overrides{{"actors.passivate_after", "200ms"}}),
        people_(register_accounts(node_, "user", 3)) {
    for (const auto& person : people_)
      clients_.emplace_back(person, "phone");
    clients_.emplace_back(people_[0], "tablet");
    connect_all();
    group_ = create_group(people_[0], {people_[1], people_[2]});
    pair_ = direct(people_[0], people_[1]);
    talk("before the fault");
    CHECK(settle());
  }

  /// Starts anew with the fault armed and talks until the node dies of it.
  /// @param patience how long the node may take to get there once the clients
  /// have everything; only a fault that does not come waits that long.
  /// @returns whether it did.
  bool die_at(const std::string& point,
              milliseconds patience = milliseconds(60'000)) {
    hang_up();
    node_.terminate();
    try {
      node_.restart({{"PARLEY_FAULT", point}});
      connect_all();
      talk("towards the fault");
      settle();
      hang_up();
    } catch (const std::exception&) {
      // It died before it was ready, or in the middle of a sentence.
    }
    try {
      return node_.wait_exit(patience) == -SIGKILL;
    } catch (const timed_out&) {
      return false;
    }
  }

  /// Starts without the fault and goes on as clients do.
  void recover() {
    hang_up();
    if (node_.running())
      node_.kill();
    node_.restart();
    CHECK(connect_all());
    talk("after the fault");
    CHECK(settle());
  }

  /// The checker's verdict; also over new devices that read whole inboxes.
  std::string verdict() {
    const auto histories = read_histories(conversations());
    client_records others;
    std::vector<const durable_client*> all;
    for (auto& client : clients_) {
      CHECK(read_to_the_end(client, histories));
      all.push_back(&client);
    }
    for (const auto& person : people_)
      merge(others, read_whole_inbox(node_.where(), person, histories));
    return test::verdict(all, std::move(others), histories);
  }

  size_t repeats() const {
    size_t result = 0;
    for (const auto& client : clients_)
      result += client.repeats();
    return result;
  }

private:
  bool connect_all() {
    bool result = true;
    for (auto& client : clients_)
      result = client.connect(node_.where()) && result;
    return result;
  }

  void hang_up() {
    for (auto& client : clients_)
      client.disconnect();
  }

  void talk(const std::string& text) {
    for (int i = 0; i < 3; ++i) {
      clients_[0].post(group_, text);
      clients_[1].post(pair_, text);
    }
  }

  /// Reads until every send is answered and every client has everything.
  /// @returns false if the node died meanwhile.
  bool settle() {
    for (auto& client : clients_)
      while (client.unanswered() > 0)
        if (!client.read(milliseconds(100)))
          return false;
    try {
      const auto histories = read_histories(conversations());
      for (auto& client : clients_)
        if (!read_to_the_end(client, histories))
          return false;
    } catch (const std::exception&) {
      return false;
    }
    return true;
  }

  std::vector<shared_conversation> conversations() const {
    return {{group_, people_}, {pair_, {people_[0], people_[1]}}};
  }

  server_process node_;
  std::vector<account> people_;
  std::vector<durable_client> clients_;
  std::string group_;
  std::string pair_;
};

/// Dies at the point, the first time and later ones, and demands that nothing
/// is wrong afterwards.
void survive(const std::string& point) {
  for (int nth = 1; nth <= 3; ++nth) {
    CAPTURE(point);
    CAPTURE(nth);
    scene here;
    // Later times need not come, the first must.
    const bool died = here.die_at(point + ":" + std::to_string(nth),
                                  milliseconds(nth == 1 ? 60'000 : 3000));
    CHECK((died || nth > 1));
    here.recover();
    CHECK(here.verdict() == "");
  }
}

TEST_CASE("the node dies when the conversation has the request (I1 to I5)") {
  survive("append.received");
}

TEST_CASE("the node dies before the journal writes (I1 to I5)") {
  survive("journal.before_write");
}

TEST_CASE("the node dies after the sync, when nobody is told (I1 to I5)") {
  survive("journal.after_sync");
}

TEST_CASE("the node dies after the commit and before the ack (I1 to I5)") {
  survive("ack.before_send");
}

TEST_CASE("a message that was committed and not acknowledged is a repeat when "
          "it is sent again (I3)") {
  scene here;
  CHECK(here.die_at("ack.before_send"));
  const auto before = here.repeats();
  here.recover();
  CHECK(here.repeats() > before);
  CHECK(here.verdict() == "");
}

TEST_CASE("the node dies after the ack and before any delivery (I1 to I5)") {
  survive("ack.sent");
  survive("deliver.before");
}

TEST_CASE("the node dies after an event was sent and before its inbox row is "
          "durable (I4, I5)") {
  survive("deliver.sent_event");
}

TEST_CASE("the node dies after the inbox row and before taken is answered "
          "(I4, I5)") {
  survive("inbox.after_sync");
}

TEST_CASE("the node dies when all have taken and the outbox row is still open "
          "(I4)") {
  survive("taken.all");
}

TEST_CASE("the node dies when useqs are reserved and none is used (I5)") {
  survive("useq.reserved");
}

TEST_CASE("the node dies when a user is passivated (I4, I5)") {
  survive("passivate.user");
}

} // namespace
} // namespace parley::test
