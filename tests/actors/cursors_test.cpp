#include "actors/pair_of_users.hpp"
#include "actors/stored.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace parley;
using namespace parley::test;
using std::chrono::seconds;

namespace {

void mark_read(client& by, const std::string& conv, int64_t seq) {
  by.say({{"t", "read"}, {"conv", conv}, {"seq", seq}});
}

/// The cursors of a kind that a client has heard of, as "user seq".
std::vector<std::string> cursors(client& who, const std::string& kind) {
  std::vector<std::string> all;
  for (const auto& x : who.heard())
    if (text_of(x, "t") == kind)
      all.push_back(text_of(x, "user") + ' '
                    + std::to_string(number_of(x, "seq")));
  return all;
}

using texts = std::vector<std::string>;

int64_t cursor_of(node& n, const std::string& conv, const std::string& user,
                  const char* which) {
  const auto shown = n.done(n.show(user, conv));
  return number_of(find(objects_of(shown, "members"), {{"user", user}}), which);
}

json::object listed(client& who, const std::string& conv) {
  const auto list = who.request({{"t", "conversations"}});
  return find(objects_of(list, "items"), {{"conv", conv}});
}

int64_t unread(client& who, const std::string& conv) {
  return number_of(listed(who, conv), "unread");
}

} // namespace

TEST_CASE("a read mark goes to the other and to one's own other devices") {
  pair_of_users x{3};
  auto laptop = x.n.connect("bob", "laptop");
  laptop->heard();
  mark_read(*x.bob, direct, 2);
  x.n.run();
  CHECK(cursors(*x.alice, "read") == texts{"bob 2"});
  CHECK(cursors(*laptop, "read") == texts{"bob 2"});
  CHECK(cursors(*x.bob, "read").empty());
  CHECK(cursor_of(x.n, direct, "bob", "read_seq") == 2);
}

TEST_CASE("a read mark only ever moves forward, and not past the last seq") {
  pair_of_users x{5};
  mark_read(*x.bob, direct, 4);
  mark_read(*x.bob, direct, 2);
  mark_read(*x.bob, direct, 4);
  x.n.advance(seconds{3});
  CHECK(cursors(*x.alice, "read") == texts{"bob 4"});
  mark_read(*x.bob, direct, 1000);
  x.n.advance(seconds{3});
  CHECK(cursors(*x.alice, "read") == texts{"bob 5"});
  x.alice->post(direct, "six");
  CHECK(unread(*x.bob, direct) == 1);
  CHECK(cursor_of(x.n, direct, "bob", "read_seq") == 5);
}

TEST_CASE("cursors of one conversation are told at most once a second, and the "
          "newest wins") {
  pair_of_users x{20};
  for (int seq = 1; seq <= 9; ++seq) {
    mark_read(*x.bob, direct, seq);
    x.n.run();
  }
  CHECK(cursors(*x.alice, "read") == texts{"bob 1"});
  x.n.advance(seconds{1});
  CHECK(cursors(*x.alice, "read") == texts{"bob 9"});
  mark_read(*x.bob, direct, 10);
  mark_read(*x.bob, direct, 11);
  x.n.run();
  CHECK(cursors(*x.alice, "read").empty());
  x.n.advance(seconds{1});
  CHECK(cursors(*x.alice, "read") == texts{"bob 11"});
  x.n.advance(seconds{3});
  CHECK(cursors(*x.alice, "read").empty());
  mark_read(*x.bob, direct, 12);
  x.n.run();
  CHECK(cursors(*x.alice, "read") == texts{"bob 12"});
}

TEST_CASE("a recv tells the sender within a second that it was delivered") {
  pair_of_users x{3};
  x.bob->acknowledge();
  x.n.run();
  CHECK(cursors(*x.alice, "delivered").empty());
  x.n.advance(seconds{2});
  CHECK(cursors(*x.alice, "delivered") == texts{"bob 3"});
  CHECK(cursor_of(x.n, direct, "bob", "delivered_seq") == 3);
  auto laptop = x.n.connect("bob", "laptop", 0);
  x.n.run();
  laptop->heard();
  laptop->acknowledge();
  x.n.advance(seconds{2});
  CHECK(cursors(*x.alice, "delivered").empty());
}

TEST_CASE("receipts of many messages take one row of their conversation") {
  pair_of_users x{30};
  x.bob->acknowledge();
  for (int seq = 1; seq <= 30; ++seq) {
    mark_read(*x.bob, direct, seq);
    x.n.advance(seconds{2});
  }
  CHECK(stored_rows<history::cursors_record>(x.n, history::record::cursors)
        == 1);
  CHECK(cursor_of(x.n, direct, "bob", "read_seq") == 30);
}

TEST_CASE("what was fetched after a long time counts as delivered, too") {
  pair_of_users x{4};
  x.bob->hang_up();
  x.n.advance(seconds{200});
  REQUIRE(node::active().users == 0);
  x.alice->heard();
  auto tablet = x.n.connect("bob", "tablet", 0);
  x.n.run();
  tablet->heard();
  tablet->acknowledge();
  x.n.advance(seconds{2});
  CHECK(cursors(*x.alice, "delivered") == texts{"bob 4"});
}

TEST_CASE("cursors outlive a rest, and a crash once they were written") {
  pair_of_users x{6};
  mark_read(*x.bob, direct, 4);
  SUBCASE("a rest") {
    x.n.advance(seconds{200});
  }
  SUBCASE("a crash") {
    x.n.advance(seconds{3});
    x.n.restart();
  }
  SUBCASE("an orderly stop at once") {
    x.n.run();
    x.n.stop();
    x.n.start();
  }
  auto bob = x.n.connect("bob", "phone");
  CHECK(unread(*bob, direct) == 2);
  CHECK(number_of(listed(*bob, direct), "read_seq") == 4);
  CHECK(cursor_of(x.n, direct, "bob", "read_seq") == 4);
}

TEST_CASE("in a group of more than sixteen, cursors are asked for and not "
          "told") {
  for (int size : {16, 17}) {
    CAPTURE(size);
    node n;
    std::vector<std::string> users;
    for (int i = 0; i < size; ++i)
      users.push_back("u" + std::to_string(i));
    n.register_users(users);
    n.done(n.create_group("u0", group, users));
    auto first = n.connect("u0", "phone");
    auto second = n.connect("u1", "phone");
    auto laptop = n.connect("u1", "laptop");
    first->post(group, "x");
    first->heard();
    mark_read(*second, group, 2);
    n.advance(seconds{2});
    const auto expected = size == 16 ? texts{"u1 2"} : texts{};
    CHECK(cursors(*first, "read") == expected);
    CHECK(cursors(*laptop, "read") == texts{"u1 2"});
    CHECK(cursor_of(n, group, "u1", "read_seq") == 2);
  }
}

TEST_CASE("unread counts others' messages past the read mark, and nothing "
          "else") {
  pair_of_users x{5};
  CHECK(unread(*x.bob, direct) == 5);
  CHECK(unread(*x.alice, direct) == 0);
  x.bob->post(direct, "mine");
  x.alice->request(
      {{"t", "edit"}, {"conv", direct}, {"seq", 1}, {"body", "e"}});
  x.alice->request({{"t", "react"},
                    {"conv", direct},
                    {"seq", 1},
                    {"emoji", "+"},
                    {"on", true}});
  CHECK(unread(*x.bob, direct) == 5);
  CHECK(unread(*x.alice, direct) == 1);
  mark_read(*x.bob, direct, 2);
  x.n.run();
  CHECK(unread(*x.bob, direct) == 3);
  mark_read(*x.bob, direct, 8);
  x.n.run();
  CHECK(unread(*x.bob, direct) == 0);
}

TEST_CASE("messages that come while the unread ones are counted are counted "
          "once, in any order of things") {
  for (uint64_t seed = 1; seed <= 40; ++seed) {
    CAPTURE(seed);
    node n{calm_settings(), seed};
    n.register_users({"alice", "bob"});
    auto alice = n.connect("alice", "phone");
    auto bob = n.connect("bob", "phone");
    for (int i = 0; i < 10; ++i)
      alice->post(direct, "x");
    for (int i = 0; i < 10; ++i) {
      alice->start(send_frame(direct, "more-" + std::to_string(i), "x"));
      mark_read(*bob, direct, i / 2);
      for (int j = 0; j < 10; ++j)
        n.step_by_chance();
    }
    n.run();
    CHECK(unread(*bob, direct) == 16);
    n.advance(seconds{2});
    n.restart();
    bob = n.connect("bob", "phone");
    CHECK(unread(*bob, direct) == 16);
  }
}

TEST_CASE("unread is right for whoever reads a long conversation from its "
          "beginning, while more comes") {
  auto with = calm_settings();
  with.limits.sends_burst = 10'000;
  node n{with};
  n.register_users({"alice", "bob"});
  auto alice = n.connect("alice", "phone");
  auto bob = n.connect("bob", "phone");
  int sent = 0;
  auto is_own = [](int seq) {
    return seq % 7 == 0;
  };
  auto send_until = [&](int last) {
    while (sent < last) {
      ++sent;
      auto& by = is_own(sent) ? bob : alice;
      by->start(send_frame(direct, std::to_string(sent), "x"));
      n.run();
    }
  };
  auto expected = [&](int read) {
    int64_t count = 0;
    for (int seq = read + 1; seq <= sent; ++seq)
      count += is_own(seq) ? 0 : 1;
    return count;
  };
  send_until(2500);
  for (int read : {3, 300, 301, 1200, 1600, 2499, 2500}) {
    CAPTURE(read);
    mark_read(*bob, direct, read);
    alice->start(send_frame(direct, std::to_string(++sent), "x"));
    n.run();
    while (is_own(sent + 1))
      send_until(sent + 1);
    CHECK(unread(*bob, direct) == expected(read));
  }
  n.advance(seconds{2});
  n.restart();
  bob = n.connect("bob", "phone");
  CHECK(unread(*bob, direct) == expected(2500));
}

TEST_CASE("the list of conversations is the same after a crash or a rest, "
          "wherever its rows were written") {
  for (int posts : {1, 7, 511, 512, 513, 700}) {
    CAPTURE(posts);
    node n;
    n.register_users({"alice", "bob", "cyd"});
    auto alice = n.connect("alice", "phone");
    auto cyd = n.connect("cyd", "phone");
    cyd->post("dm:bob:cyd", "first");
    n.clock().advance(seconds{1});
    for (int i = 0; i < posts; ++i)
      alice->start(send_frame(direct, std::to_string(i), std::to_string(i)));
    n.run();
    auto bob = n.connect("bob", "phone");
    const json::object ask{{"t", "conversations"}};
    const auto before = objects_of(bob->request(ask), "items");
    REQUIRE(before.size() == 2);
    CHECK(includes(before[0], {{"conv", direct},
                               {"unread", posts},
                               {"last_seq", posts},
                               {"read_seq", 0}}));
    CHECK(includes(object_of(before[0], "last"),
                   {{"body", std::to_string(posts - 1)}}));
    n.restart();
    bob = n.connect("bob", "phone");
    CHECK(objects_of(bob->request(ask), "items") == before);
    bob->hang_up();
    n.advance(seconds{200});
    REQUIRE(node::active().users == 0);
    bob = n.connect("bob", "phone");
    CHECK(objects_of(bob->request(ask), "items") == before);
  }
}

TEST_CASE("a conversation is muted for its user until then") {
  pair_of_users x{1};
  x.n.done(x.n.mute("bob", direct, x.n.clock().now() + 60'000));
  CHECK(field(listed(*x.bob, direct), "muted").as_bool());
  CHECK_FALSE(listed(*x.alice, direct).contains("muted"));
  x.n.restart();
  auto bob = x.n.connect("bob", "phone");
  CHECK(field(listed(*bob, direct), "muted").as_bool());
  x.n.advance(seconds{61});
  CHECK_FALSE(listed(*bob, direct).contains("muted"));
  CHECK(x.n.refusal(x.n.mute("bob", "dm:bob:cyd", 0)) == errc::not_found);
}

TEST_CASE("typing goes to the others, at most once in two seconds, and not "
          "across a block") {
  pair_of_users x{1};
  auto heard_typing = [&] {
    size_t count = 0;
    for (const auto& y : x.alice->heard())
      count +=
          includes(y, {{"t", "typing"}, {"conv", direct}, {"user", "bob"}});
    return count;
  };
  const json::object typing{{"t", "typing"}, {"conv", direct}};
  x.bob->say(typing);
  x.bob->say(typing);
  x.n.run();
  CHECK(heard_typing() == 1);
  x.n.advance(seconds{2});
  x.bob->say(typing);
  x.n.run();
  CHECK(heard_typing() == 1);
  x.n.done(x.n.block("alice", "bob", true));
  x.n.advance(seconds{2});
  x.bob->say(typing);
  x.n.run();
  CHECK(heard_typing() == 0);
}
