#include "actors/fake_connection.hpp"
#include "actors/led_cluster.hpp"
#include "actors/stored.hpp"

#include "parley/base/limits.hpp"

#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <vector>

using namespace parley;
using namespace parley::test;
using std::chrono::seconds;

TEST_CASE("clients of one node are served by another that leads (I1, I4)") {
  cluster x;
  CHECK(x.alice->post(direct, "hello") == 1);
  CHECK(bodies(x.bob->events()) == std::vector<std::string>{"hello"});
  x.n.enter(1);
  auto laptop = x.n.connect("bob", "laptop", 0);
  CHECK(bodies(laptop->events()) == std::vector<std::string>{"hello"});
  CHECK(x.alice->post(direct, "again") == 2);
  CHECK(bodies(laptop->events()) == std::vector<std::string>{"again"});
  CHECK(x.n.sessions().size() == 3);
}

TEST_CASE("whoever leads next goes on where the one before stopped (I1, I2, "
          "I4, I5)") {
  cluster x;
  for (size_t i = 0; i < 12; ++i) {
    CHECK(x.alice->post(direct, std::to_string(i))
          == static_cast<int64_t>(i + 1));
    x.n.lead_all(i % 3);
  }
  std::vector<std::string> all;
  for (int i = 0; i < 12; ++i)
    all.push_back(std::to_string(i));
  CHECK(bodies(x.bob->events()) == all);
  CHECK(x.n.sessions().size() == 2);
  CHECK(x.alice->is_open());
}

TEST_CASE("what is for a partition without a leader waits in its order, for "
          "whoever leads next") {
  for (size_t next = 0; next < 3; ++next) {
    cluster x;
    x.alice->post(direct, "before");
    x.lead(direct, std::nullopt);
    for (int i = 1; i <= 20; ++i)
      x.alice->start(send_frame(direct, "c" + std::to_string(i), "x"));
    x.n.advance(seconds{4});
    CHECK(replies_of(*x.alice).empty());
    x.lead(direct, next);
    const auto replies = replies_of(*x.alice);
    REQUIRE(replies.size() == 20);
    for (int i = 0; i < 20; ++i)
      CHECK(includes(replies[static_cast<size_t>(i)],
                     {{"t", "ack"}, {"seq", i + 2}}));
  }
}

TEST_CASE("without a leader for too long, whoever waits is told so (I8)") {
  cluster x;
  x.lead(direct, std::nullopt);
  x.alice->start(send_frame(direct, "c1", "x"));
  x.alice->start(history_frame(direct));
  auto shown = x.n.show("alice", direct);
  x.n.advance(seconds{4});
  CHECK(replies_of(*x.alice).empty());
  CHECK_FALSE(shown->has_value());
  x.n.advance(seconds{3});
  const auto replies = replies_of(*x.alice);
  REQUIRE(replies.size() == 2);
  for (const auto& reply : replies)
    CHECK(includes(reply, try_again_after(1000)));
  CHECK(x.n.refusal(shown) == errc::unavailable);
  x.lead(direct, 1);
  CHECK(stored_last(x.n, direct) == 0);
}

TEST_CASE("no more than so many messages are held (I8)") {
  auto with = calm_settings();
  with.limits.sends_burst = 10'000;
  cluster x{with};
  x.lead(direct, std::nullopt);
  std::vector<answer_slot> asked;
  for (int i = 0; i < 4100; ++i)
    asked.push_back(x.n.show("alice", direct));
  x.n.run();
  size_t refused = 0;
  for (const auto& slot : asked)
    refused += slot->has_value();
  CHECK(refused == 4);
}

TEST_CASE("nodes that take each other for the leader refuse, and relay nothing "
          "twice") {
  cluster x;
  const auto which = x.n.partition_of(direct);
  const auto epoch = x.n.epoch_of(which) + 1;
  x.n.mislead(0, which, 1, epoch);
  x.n.mislead(1, which, 0, epoch);
  x.alice->start(send_frame(direct, "c1", "x"));
  x.alice->start(history_frame(direct));
  x.n.advance(seconds{8});
  const auto replies = replies_of(*x.alice);
  REQUIRE(replies.size() == 2);
  for (const auto& reply : replies)
    CHECK(error_code(reply) == "unavailable");
}

TEST_CASE("who is about to lead holds what is relayed to it in its epoch") {
  cluster x;
  const auto which = x.n.partition_of(direct);
  x.n.lead(which, 1);
  x.n.notify(2, which);
  x.n.notify(0, which);
  x.n.run();
  x.alice->start(send_frame(direct, "c1", "x"));
  x.n.run();
  CHECK(replies_of(*x.alice).empty());
  x.n.notify(1, which);
  x.n.run();
  const auto replies = replies_of(*x.alice);
  REQUIRE(replies.size() == 1);
  CHECK(includes(replies[0], {{"t", "ack"}, {"seq", 1}}));
}

TEST_CASE("a leader that was deposed writes nothing, and tells whoever waits "
          "(I6)") {
  cluster x;
  x.alice->post(direct, "first");
  const auto which = x.n.partition_of(direct);
  // It has not heard of its successor.
  x.n.lead(which, 1);
  const auto before = x.n.refused_commits();
  x.alice->start(send_frame(direct, "c1", "void"));
  auto group_made = x.n.create_group("alice", group_id(1), {});
  x.n.run();
  CHECK(x.n.refused_commits() > before);
  CHECK(replies_of(*x.alice).empty());
  CHECK(stored_last(x.n, direct) == 1);
  x.n.notify_all();
  x.n.run();
  const auto replies = replies_of(*x.alice);
  REQUIRE(replies.size() == 1);
  CHECK(error_code(replies[0]) == "unavailable");
  CHECK(x.alice->post(direct, "second") == 2);
  CHECK(bodies(x.bob->events()) == std::vector<std::string>{"first", "second"});
}

TEST_CASE("an account that a deposed leader did not write is refused, and not "
          "there") {
  cluster x;
  const auto which = x.n.partition_of("carol");
  x.n.lead(which, 0);
  // The partition has not heard of it; who is activated finds out.
  auto made = x.n.create_account("carol");
  x.n.run();
  CHECK(x.n.refusal(made) == errc::unavailable);
  x.n.notify_all();
  x.n.run();
  CHECK(x.n.create_account("carol") != nullptr);
}

TEST_CASE("a session stays with its client while its user's leader changes, "
          "and misses nothing (I4, I5)") {
  cluster x;
  x.alice->post(direct, "one");
  CHECK(bodies(x.bob->events()) == std::vector<std::string>{"one"});
  x.lead("bob", std::nullopt);
  const auto home = x.user_elsewhere(direct);
  if (x.n.partition_of("bob") != x.n.partition_of(direct))
    x.alice->post(direct, "two");
  x.n.advance(seconds{10});
  CHECK(x.bob->is_open());
  CHECK(x.bob->events().empty());
  x.lead("bob", 0);
  x.n.advance(seconds{10});
  if (x.n.partition_of("bob") == x.n.partition_of(direct))
    x.alice->post(direct, "two");
  CHECK(bodies(x.bob->events()) == std::vector<std::string>{"two"});
  CHECK(x.n.sessions().size() == 2);
  CHECK(x.bob->close_code() == 0);
}

TEST_CASE("who was deposed, and does not know it, has no client begin anew "
          "(I5)") {
  cluster x;
  x.alice->post(direct, "one");
  x.n.lead(x.n.partition_of("bob"), 1);
  // Nobody has heard of it, and another may have given out the rest of the
  // block that the one before had reserved.
  const auto given_out = limits::useq_block - 1;
  x.n.enter(2);
  auto again = x.n.open("bob", "phone");
  again->say({{"t", "auth"},
              {"id", 1},
              {"token", "token-bob"},
              {"device", "phone"},
              {"since", given_out}});
  x.n.run();
  CHECK(again->heard().size() == 1); // `hello`
  x.n.notify_all();
  x.n.run();
  const auto heard = again->heard();
  CHECK_FALSE(find(heard, {{"t", "ready"}}).empty());
  CHECK(find(heard, {{"t", "reset"}}).empty());
}

TEST_CASE("what the client said of itself holds at the next leader") {
  cluster x;
  x.bob->say({{"t", "status"}, {"status", "away"}});
  x.n.run();
  x.lead("bob", 1);
  bool found = false;
  for (const auto& s : x.n.sessions())
    if (s.user == "bob") {
      found = true;
      CHECK(s.away);
    }
  CHECK(found);
}

TEST_CASE("a device that read nothing of what it was sent gets it again, "
          "whoever leads (I4)") {
  cluster x;
  for (int i = 0; i < 5; ++i)
    x.alice->post(direct, std::to_string(i));
  CHECK(x.bob->events().size() == 5);
  x.lead("bob", 1);
  x.bob->hang_up();
  x.n.advance(seconds{3});
  auto again = x.n.connect("bob", "phone");
  CHECK(again->events().size() == 5);
}

TEST_CASE("a session that nobody leads for too long is sent elsewhere (I8)") {
  cluster x;
  x.lead("bob", std::nullopt);
  x.n.advance(seconds{19});
  CHECK(x.bob->close_code() == 0);
  x.n.advance(seconds{2});
  CHECK(x.bob->close_code() == 4000);
  x.lead("bob", 1);
  x.n.enter(1);
  auto again = x.n.connect("bob", "phone");
  CHECK(again->is_open());
}

TEST_CASE("a session that authenticates while nobody leads begins with the "
          "leader") {
  cluster x;
  x.lead("bob", std::nullopt);
  auto late = x.n.open("bob", "tablet");
  late->say(
      {{"t", "auth"}, {"id", 1}, {"token", "token-bob"}, {"device", "tablet"}});
  x.n.advance(seconds{8});
  CHECK(late->heard().size() == 1); // `hello`
  x.lead("bob", 1);
  const auto said = late->heard();
  REQUIRE(!said.empty());
  CHECK(text_of(said[0], "t") == "ready");
}

TEST_CASE("a session that authenticates with a leader who never comes to know "
          "of it is sent elsewhere (I8)") {
  cluster x;
  const auto which = x.n.partition_of("bob");
  x.n.lead(which, 1);
  x.n.notify(0, which);
  x.n.run();
  auto late = x.n.open("bob", "tablet");
  late->say(
      {{"t", "auth"}, {"id", 1}, {"token", "token-bob"}, {"device", "tablet"}});
  x.n.advance(seconds{4});
  CHECK(late->is_open());
  x.n.advance(seconds{4});
  CHECK(late->close_code() == 4000);
}

TEST_CASE("a new leader delivers what the one before left open (I4)") {
  cluster x;
  const auto conv = "dm:alice:" + x.user_elsewhere("alice");
  // More than it wakes in a second.
  std::vector<std::string> users;
  for (int i = 0; i < 600; ++i)
    users.push_back("u" + std::to_string(i));
  x.n.register_users(users);
  for (size_t i = 0; i < x.n.partitions(); ++i)
    if (i != x.n.partition_of("alice")) {
      x.n.lead(i, std::nullopt);
      x.n.lead(i, 2);
    }
  x.n.notify_all();
  x.n.run();
  for (const auto& user : users)
    x.alice->start(send_frame("dm:alice:" + user, "c", "x"));
  x.n.run();
  x.n.lead_all(0);
  x.n.advance(seconds{30});
  size_t taken = 0;
  for (const auto& user : users)
    taken += stored_inbox(x.n, user).size();
  CHECK(taken == users.size());
  CHECK(stored_rows<history::outbox_record>(x.n, history::record::outbox)
        <= 600);
}

TEST_CASE("nobody waits for a member whose partition nobody leads, and it gets "
          "everything when somebody does (I4)") {
  auto with = calm_settings();
  with.actors.leaderless_timeout = std::chrono::minutes{10};
  cluster x{with};
  const auto far = x.user_elsewhere(group);
  std::string near;
  for (auto i = 0; near.empty(); ++i)
    if (auto name = "near" + std::to_string(i);
        x.n.partition_of(name) != x.n.partition_of(far))
      near = name;
  x.n.register_users({far, near});
  // Its session is on another node than the others'.
  x.n.enter(1);
  auto lost = x.n.connect(far, "phone");
  x.n.enter(0);
  auto there = x.n.connect(near, "phone");
  lost->heard();
  x.n.done(x.n.create_group("alice", group, {far, near}));
  x.lead(far, std::nullopt);
  const auto alice_away = x.n.partition_of("alice") == x.n.partition_of(far);
  for (int i = 0; i < 40; ++i) {
    const auto sent = send_frame(group, "c" + std::to_string(i), "x");
    x.alice->start(sent);
    x.n.advance(seconds{2});
  }
  if (!alice_away)
    CHECK(there->events().size() == 41);
  CHECK(lost->events().size() <= 1);
  x.lead(far, 2);
  x.n.advance(seconds{20});
  CHECK(stored_inbox(x.n, far).size() == 41);
  CHECK(stored_inbox(x.n, near).size() == 41);
  x.n.advance(seconds{200});
  CHECK(node::active().conversations == 0);
}
