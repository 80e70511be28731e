#include "cluster/node_cluster.hpp"
#include "support/account.hpp"
#include "support/doctest.hpp"

#include <algorithm>
#include <atomic>
#include <map>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

// What operators do with a cluster, at whichever node they are, and what people
// notice of it.

namespace parley::test {
namespace {

using words = std::vector<std::string>;

const words places_of_nodes{"one", "two", "three", "four"};

/// What a command answers, one object a line.
std::vector<json::object> told(const server_process& node, words command) {
  command.insert(command.begin(), "--json");
  const auto said = node.admin(command);
  CAPTURE(said.output);
  CHECK(said.status == 0);
  std::vector<json::object> all;
  std::istringstream lines(said.output);
  for (std::string line; std::getline(lines, line);)
    all.push_back(json::parse(line).as_object());
  return all;
}

/// The columns `user` and `node` of a list of sessions.
std::map<std::string, std::string> places(const server_process& asked,
                                          const words& command) {
  std::map<std::string, std::string> all;
  for (const auto& row : told(asked, command))
    if (row.contains("user"))
      all[std::string{text_of(row, "user")}] = text_of(row, "node");
  return all;
}

/// Why a command is refused.
std::string refusal(const server_process& node, words command) {
  command.insert(command.begin(), "--json");
  const auto said = node.admin(command);
  CHECK(said.status == 1);
  return said.output + said.errors;
}

std::string state_of(node_cluster& all, const std::string& name) {
  for (const auto& row : told(all.node(0), {"cluster", "status"}))
    if (row.contains("node") && text_of(row, "node") == name)
      return std::string{text_of(row, "state")};
  return {};
}

account there(const server_process& node, const account& user) {
  return {node, user.user(), user.password(),
          log_in(node, user.user(), user.password()).object()};
}

words found_at(const server_process& node, const account& by,
               const std::string& prefix) {
  const auto answer = there(node, by).get("/v1/users?prefix=" + prefix);
  CHECK(answer.status == 200);
  return texts_of(objects_of(answer.object(), "users"), "user");
}

} // namespace

TEST_CASE("an operator at any node sees, lists and ends whoever is at any "
          "other") {
  node_cluster three;
  const auto people = register_accounts(three.node(0), "person", 3);
  std::vector<session> live;
  std::map<std::string, std::string> expected;
  for (size_t i = 0; i < people.size(); ++i) {
    live.emplace_back(three.node(i).where(), people[i].token());
    expected[people[i].user()] = places_of_nodes[i];
  }
  const auto group = create_group(people[0], {people[1], people[2]});
  for (size_t i = 0; i < three.size(); ++i) {
    CAPTURE(i);
    const auto& asked = three.node(i);
    CHECK(places(asked, {"sessions", "list"}) == expected);
    for (const auto& [user, node] : expected) {
      const auto its = std::map<std::string, std::string>{{user, node}};
      CHECK(places(asked, {"sessions", "list", "--user", user}) == its);
      CHECK(text_of(told(asked, {"users", "show", user}).back(), "user")
            == user);
    }
    CHECK(objects_of(told(asked, {"groups", "show", group}).back(), "members")
              .size()
          == people.size());
    words users;
    for (const auto& row : told(asked, {"users", "list", "--prefix", "person"}))
      if (row.contains("user"))
        users.emplace_back(text_of(row, "user"));
    CHECK(users.size() == people.size());
  }
  told(three.node(2), {"sessions", "kick", people[1].user()});
  CHECK(live[1].wait_close() == 4502);
  told(three.node(0), {"users", "disable", people[2].user()});
  CHECK(live[2].wait_close() != 0);
  live[0].settle();
  CHECK(places(three.node(1), {"sessions", "list"}).size() == 1);
}

TEST_CASE("a search finds everybody, from a node that holds some of the "
          "accounts, and from one that holds none") {
  cluster_options with;
  with.settings = {{"cluster.replicas", 1}, {"cluster.min_in_sync", 1}};
  with.own["three"].settings = {{"cluster.weight", 0}};
  node_cluster all{with};
  CHECK(eventually([&] {
    const auto rows = told(all.node(0), {"cluster", "rebalance"});
    return rows.back().at("count") == 0
           && all.ask("partitions").find("two") != std::string::npos;
  }));
  const auto people = register_accounts(all.node(0), "sought", 12);
  words everybody;
  for (const auto& x : people)
    everybody.push_back(x.user());
  std::ranges::sort(everybody);
  for (size_t i = 0; i < all.size(); ++i) {
    CAPTURE(i);
    CHECK(found_at(all.node(i), people[0], "sought") == everybody);
    CHECK(told(all.node(i), {"users", "list", "--prefix", "sought"}).back()
          == json::object{{"ok", true}, {"count", 12}, {"more", false}});
  }

  // What only the dead one had cannot be found, and that is said.
  const auto lives_on = std::ranges::find_if(
      people, [&](const auto& x) { return all.leader_of(x.user()) == 0; });
  REQUIRE(lives_on != people.end());
  const auto left = there(all.node(2), *lives_on);
  all.node(1).kill();
  CHECK(eventually([&] {
    const auto answer = left.get("/v1/users?prefix=sought");
    return answer.status == 200 && answer.object().contains("partial")
           && objects_of(answer.object(), "users").size() < people.size();
  }));
}

TEST_CASE("while a node stops in order nobody's request fails, and messages "
          "keep their order (I2, I4)") {
  node_cluster three;
  const auto ann = register_account(three.node(0), "ann");
  words groups;
  for (int i = 0; i < 12; ++i)
    groups.push_back(create_group(ann, {}));
  session phone{three.node(0).where(), ann.token()};
  std::atomic<bool> over{false};
  size_t sent = 0;
  size_t refused = 0;
  std::thread requests{[&] {
    for (; !over; ++sent)
      if (ann.post(conversation_path(groups[sent % groups.size()], "/messages"),
                   {{"cid", fresh_cid()}, {"body", "by HTTP"}})
              .status
          != 201)
        ++refused;
  }};
  three.node(1).send_terminate();
  std::map<std::string, int64_t> last;
  for (int i = 0; i < 50; ++i)
    for (const auto& group : groups) {
      const auto seq = phone.say(group, std::to_string(i));
      CHECK(seq > last[group]);
      last[group] = seq;
    }
  CHECK(three.node(1).wait_exit() == 0);
  over = true;
  requests.join();
  CAPTURE(sent);
  CHECK(sent > 0);
  CHECK(refused == 0);
}

TEST_CASE("a drained node leads nothing, then sends its clients away, and "
          "nothing stays behind; called off, it takes them again") {
  cluster_options with;
  with.nodes = 4;
  node_cluster four{with};
  auto& two = four.node(1);
  const auto ann = register_account(two, "ann");
  session phone{two.where(), ann.token()};
  told(four.node(0), {"cluster", "drain", "two"});
  told(four.node(0), {"cluster", "drain", "two"}); // Twice is as once.
  const auto moved = phone.wait_for({{"t", "reconnect"}}, 4 * patience);
  CHECK(field(moved, "urls").as_array().size() == 3);
  CHECK(phone.wait_close() == 4000);
  CHECK(get(two, "/readyz").status == 503);
  CHECK(eventually([&] { return state_of(four, "two") == "drained"; },
                   4 * patience));
  CHECK(four.ask("partitions").find("two") == std::string::npos);
  told(four.node(0), {"cluster", "drain", "two", "--off"});
  CHECK(eventually([&] { return get(two, "/readyz").status == 200; }));
  session again{two.where(), ann.token()};
  again.settle();
}

TEST_CASE("an operator's mistakes are refused, and what cannot move is said") {
  node_cluster three;
  const auto& one = three.node(0);
  CHECK(refusal(one, {"cluster", "drain", "six"}).find("there is no node")
        != std::string::npos);
  CHECK(refusal(one, {"cluster", "replace", "six"}).find("there is no node")
        != std::string::npos);
  CHECK(refusal(one, {"cluster", "replace", "two"}).find("is alive")
        != std::string::npos);
  CHECK(told(one, {"cluster", "drain", "two"}).back().contains("note"));
  CHECK(eventually([&] {
    return told(one, {"cluster", "rebalance"}).back().contains("note");
  }));
  told(one, {"cluster", "drain", "three"});
  CHECK(eventually([&] { return state_of(three, "three") == "draining"; }));
  CHECK(refusal(one, {"cluster", "drain", "one"}).find("no other node")
        != std::string::npos);
}

} // namespace parley::test
