#include "actors/fake_connection.hpp"
#include "actors/led_cluster.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

// A leader that is gone, or says nothing any more.

using namespace parley;
using namespace parley::test;
using std::chrono::seconds;

TEST_CASE(
    "what was on its way to a leader that is gone is refused at once, and "
    "what it has answered is not (I8)") {
  cluster x;
  const auto which = x.n.partition_of(direct);
  x.alice->post(direct, "one");
  x.n.mislead_into_silence(0, which);
  x.alice->start(send_frame(direct, "c1", "x"));
  x.alice->start(history_frame(direct));
  auto shown = x.n.show("alice", direct);
  x.n.run();
  CHECK(replies_of(*x.alice).empty());
  x.n.lose_others(0);
  x.n.run();
  const auto replies = replies_of(*x.alice);
  REQUIRE(replies.size() == 2);
  for (const auto& reply : replies)
    CHECK(includes(reply, try_again_after(100)));
  CHECK(x.n.refusal(shown) == errc::unavailable);
  x.lead(direct, 1);
  x.n.advance(seconds{2});
  x.alice->start(send_frame(direct, "c1", "x"));
  x.n.run();
  const auto again = replies_of(*x.alice);
  REQUIRE(again.size() == 1);
  CHECK(includes(again[0], {{"t", "ack"}, {"seq", 2}}));
}

TEST_CASE("a new handle of the same leader takes the place of a dead one "
          "(I4)") {
  cluster x;
  const auto which = x.n.partition_of(direct);
  x.n.cut_link(0, which);
  x.n.notify(0, which);
  x.n.run();
  CHECK(x.alice->post(direct, "hello") == 1);
}

TEST_CASE("what was on its way to a leader that is cut off is refused once "
          "there is another (I8)") {
  cluster x;
  const auto which = x.n.partition_of(direct);
  x.n.mislead_into_silence(0, which);
  x.alice->start(send_frame(direct, "c1", "x"));
  x.n.run();
  x.lead(direct, 1);
  x.alice->start(send_frame(direct, "c2", "y"));
  x.n.advance(seconds{2});
  const auto replies = replies_of(*x.alice);
  REQUIRE(replies.size() == 2);
  CHECK(error_code(replies[0]) == "unavailable");
  CHECK(includes(replies[1], {{"t", "ack"}, {"cid", "c2"}, {"seq", 1}}));
}

TEST_CASE("an act that is never answered is unavailable in time, and a late "
          "answer is not told (I3, I8)") {
  cluster x;
  x.n.mislead_into_silence(0, x.n.partition_of(direct));
  x.n.run();
  x.alice->start(send_frame(direct, "c1", "x"));
  x.n.advance(seconds{10});
  CHECK(replies_of(*x.alice).empty());
  // The clock moves in whole seconds, and so does each of the looks back.
  x.n.advance(seconds{6});
  const auto replies = replies_of(*x.alice);
  REQUIRE(replies.size() == 1);
  CHECK(error_code(replies[0]) == "unavailable");
  // Nothing looks back at a session that waits for nothing.
  x.lead(direct, 1);
  x.n.advance(seconds{2});
  CHECK(x.alice->post(direct, "later") == 1);
}

TEST_CASE("who is connected to a silent leader is attached to the next "
          "(I4)") {
  cluster x;
  x.n.mislead_into_silence(0, x.n.partition_of("bob"));
  x.n.run();
  x.lead("bob", 1);
  x.lead(direct, 1);
  x.n.advance(seconds{2});
  x.alice->post(direct, "hello");
  CHECK(bodies(x.bob->events()) == std::vector<std::string>{"hello"});
}

TEST_CASE("what is unread past a read mark is counted once somebody leads the "
          "conversation again") {
  cluster x;
  const auto reader = x.user_elsewhere(group);
  x.n.register_users({reader});
  x.n.done(x.n.create_group("alice", group, {reader}));
  auto phone = x.n.connect(reader, "phone");
  const auto first = x.alice->post(group, "hello");
  for (int i = 0; i < 4; ++i)
    x.alice->post(group, "hello");
  x.lead(group, std::nullopt);
  phone->say({{"t", "read"}, {"conv", group}, {"seq", first + 1}});
  x.n.advance(seconds{15}); // Nobody is waited for so long.
  x.lead(group, 1);
  x.n.advance(seconds{2});
  const auto list = phone->request({{"t", "conversations"}});
  const auto item = find(objects_of(list, "items"), {{"conv", group}});
  CHECK(number_of(item, "read_seq") == first + 1);
  CHECK(number_of(item, "unread") == 3);
}
