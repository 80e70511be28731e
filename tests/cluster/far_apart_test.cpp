#include "cluster/node_cluster.hpp"
#include "crash/durable_client.hpp"
#include "support/account.hpp"
#include "support/doctest.hpp"
#include "support/push_server.hpp"

#include <csignal>
#include <map>
#include <optional>
#include <string>
#include <vector>

// What people at different nodes hear of each other and of their own devices,
// whichever node leads it.

namespace parley::test {
namespace {

/// The same user as a client of another node.
account at(const server_process& node, const account& user) {
  return {node, user.user(), user.password(),
          log_in(node, user.user(), user.password()).object()};
}

/// A member of a conversation as one node shows it; nothing while it cannot.
std::optional<json::object>
seen_at(const account& reader, const std::string& conv, const account& member) {
  const auto answer = reader.get(conversation_path(conv));
  if (answer.status != 200)
    return std::nullopt;
  return find(objects_of(answer.object(), "members"),
              {{"user", member.user()}});
}

std::vector<json::object> devices_of(const account& user) {
  return objects_of(user.get("/v1/devices").object(), "devices");
}

} // namespace

TEST_CASE(
    "receipts reach members at other nodes, only go forward, are the same "
    "at every node, and outlive who led their conversation") {
  node_cluster three;
  const auto people = register_accounts(three.node(0), "user", 3);
  const auto& ben = people[1];
  const auto group = create_group(people[0], {people[1], people[2]});
  const auto leader = three.leader_of(group);
  std::vector<session> at_node;
  for (size_t i = 0; i < three.size(); ++i)
    at_node.emplace_back(three.node(i).where(), people[i].token());
  auto& bens = at_node[1];
  const auto read_to = [&](int64_t seq) {
    bens.send({{"t", "read"}, {"conv", group}, {"seq", seq}});
  };
  const auto others_hear = [&](const std::string& what, int64_t seq) {
    for (auto* x : {&at_node[0], &at_node[2]})
      x->wait_for(
          {{"t", what}, {"conv", group}, {"user", ben.user()}, {"seq", seq}});
  };

  // 1 is the group's beginning.
  for (int64_t seq = 2; seq <= 4; ++seq) {
    CHECK(at_node[0].say(group, "hello") == seq);
    bens.wait_for({{"t", "msg"}, {"conv", group}, {"seq", seq}});
    others_hear("delivered", seq);
    read_to(seq);
    others_hear("read", seq);
  }
  read_to(2);
  // All that came before this was dealt with before it.
  CHECK(bens.say(group, "read backwards") == 5);
  for (size_t i = 0; i < three.size(); ++i) {
    CAPTURE(i);
    const auto shown = seen_at(at(three.node(i), people[0]), group, ben);
    REQUIRE(shown);
    CHECK(number_of(*shown, "read_seq") == 4);
    CHECK(number_of(*shown, "delivered_seq") >= 4);
  }

  // Cursors are written within a second; the last ones may be lost with their
  // leader, those before were told a second earlier.
  const auto left = at(three.node((leader + 1) % three.size()), people[0]);
  three.node(leader).kill();
  std::optional<json::object> kept;
  CHECK(eventually([&] {
    kept = seen_at(left, group, ben);
    return kept.has_value();
  }));
  REQUIRE(kept);
  CHECK(number_of(*kept, "read_seq") >= 3);
  CHECK(number_of(*kept, "delivered_seq") >= 3);
}

TEST_CASE("a device is named, listed and ended from another node than the one "
          "that it is at (4502)") {
  node_cluster three;
  const auto ann = register_account(three.node(0), "ann");
  session phone{three.node(1).where(), ann.token(), {.device = "phone"}};
  session laptop{three.node(2).where(), ann.token(), {.device = "laptop"}};
  CHECK(ann.put("/v1/devices/phone", {{"name", "The red one"}}).status == 204);
  for (size_t i = 0; i < three.size(); ++i) {
    CAPTURE(i);
    const auto shown =
        find(devices_of(at(three.node(i), ann)), {{"device", "phone"}});
    CHECK(includes(shown, {{"name", "The red one"}, {"online", true}}));
  }
  CHECK(ann.remove("/v1/devices/phone").status == 204);
  CHECK(phone.wait_close() == 4502);
  laptop.settle();
  CHECK(texts_of(devices_of(ann), "device")
        == std::vector<std::string>{"laptop"});
}

TEST_CASE("who leads a user dies when a notification is due, or decided and "
          "not sent: it is sent all the same") {
  for (const auto* point : {"push.due", "push.decided"}) {
    CAPTURE(point);
    push_server hook;
    cluster_options with;
    with.settings = {
        {"push.delay", "100ms"},
        {"push.webhook.url", hook.url("hook")},
        {"push.webhook.secret", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}};
    with.own["two"].environment = {{"PARLEY_FAULT", point}};
    node_cluster three{with};
    const auto ann = register_account(three.node(0), "ann");
    auto bob = register_account(three.node(0), "bob");
    while (three.leader_of(bob.user()) != 1)
      bob = register_account(three.node(0), "bob");
    const auto conv = direct(ann, bob);

    durable_client phone{ann, "phone"};
    phone.post(conv, "hello");
    const auto end = clock::now() + 2 * patience;
    while (phone.acknowledged() == 0 && clock::now() < end)
      if (phone.connected())
        phone.read(milliseconds(50));
      else
        phone.connect(three.node(0).where());
    CHECK(phone.acknowledged() == 1);
    CHECK(three.node(1).wait_exit() == -SIGKILL);

    const auto told = hook.wait_for([&](const push_server::received& x) {
      return x.body.find('"' + conv + '"') != std::string::npos;
    });
    CHECK(told.body.find(bob.user()) != std::string::npos);
  }
}

} // namespace parley::test
