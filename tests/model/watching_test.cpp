#include "parley/model/viewers.hpp"
#include "parley/model/watch_table.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

using namespace parley;
using namespace parley::model;
using status = protocol::presence_status;
using texts = std::vector<std::string>;

namespace {

using numbered = watch_table<int>; // Sessions are numbers.
using watch_pair = numbered::pair;
using numbers = std::vector<int>;

/// Users live where the first letter of their name says.
numbered make_watches() {
  return numbered{[](const std::string& user) {
    return static_cast<uint16_t>(user[0]);
  }};
}

using seers = viewers<int>; // So are nodes.

seers::groups member_of(std::vector<hash128> all) {
  std::sort(all.begin(), all.end());
  return std::make_shared<const std::vector<hash128>>(std::move(all));
}

} // namespace

TEST_CASE("a change is told to the sessions of those who may know, once") {
  auto t = make_watches();
  t.replace(1, "ann", {"ben"});
  t.replace(2, "ann", {"ben"});
  t.replace(3, "cyd", {"ben"});
  CHECK(t.know("ben", {status::online, 0}).empty());
  CHECK(t.grant({"ann", "ben"}));
  CHECK(t.know("ben", {status::online, 0}).empty());
  CHECK(t.know("ben", {status::away, 0}) == numbers{1, 2});
  CHECK(t.know("ben", {status::away, 5}).empty());
  CHECK(t.known("ben")->last_active == 5);
}

TEST_CASE("a watcher who may know only now is told what others know") {
  auto t = make_watches();
  t.replace(1, "ann", {"ben", "dan"});
  t.replace(2, "cyd", {"ben"});
  CHECK(t.partitions_refused("ann") == std::set<uint16_t>{'b', 'd'});
  t.grant({"cyd", "ben"});
  CHECK(t.know("ben", {status::online, 0}, "cyd") == numbers{2});
  t.grant({"ann", "ben"});
  CHECK(t.know("ben", {status::online, 0}, "ann") == numbers{1});
  CHECK(t.know("ben", {status::away, 0}) == numbers{1, 2});
  CHECK(t.partitions_refused("ann") == std::set<uint16_t>{'d'});
  t.grant({"ann", "dan"});
  CHECK(t.know("dan", {status::offline, 0}, "ann").empty());
  CHECK(t.partitions_refused("ann").empty());
}

TEST_CASE("a list replaces the one before, and lets go whom nobody else of the "
          "same user watches") {
  auto t = make_watches();
  CHECK(t.replace(1, "ann", {"ben", "cyd", "ben"}).empty());
  CHECK(t.replace(2, "ann", {"cyd"}).empty());
  CHECK(t.replace(1, "ann", {"dan"})
        == std::vector<watch_pair>{{"ann", "ben"}});
  CHECK_FALSE(t.wants({"ann", "ben"}));
  CHECK(t.wants({"ann", "cyd"}));
  CHECK(t.remove(2) == std::vector<watch_pair>{{"ann", "cyd"}});
  CHECK(t.remove(1) == std::vector<watch_pair>{{"ann", "dan"}});
  CHECK(t.remove(1).empty());
  CHECK(t.users() == 0);
}

TEST_CASE("what nobody may know any more is forgotten, as nobody tells it") {
  auto t = make_watches();
  t.replace(1, "ann", {"ben"});
  t.replace(2, "cyd", {"ben"});
  t.grant({"ann", "ben"});
  t.grant({"cyd", "ben"});
  (void)t.know("ben", {status::online, 0});
  CHECK(t.refuse({"ann", "ben"}) == numbers{1});
  CHECK(t.refuse({"ann", "ben"}).empty());
  CHECK(t.known("ben"));
  t.remove(2);
  CHECK_FALSE(t.known("ben"));
  CHECK_FALSE(t.granted({"ann", "ben"}));
}

TEST_CASE("who watches is found by the partition of the watched") {
  auto t = make_watches();
  t.replace(1, "ann", {"ben", "bob", "cyd"});
  t.replace(2, "ann", {"bea"});
  t.replace(3, "dan", {"cyd"});
  CHECK(t.watchers_in('b') == std::set<std::string>{"ann"});
  CHECK(t.watched_by('b', "ann") == texts{"bea", "ben", "bob"});
  CHECK(t.watched_by('b', "dan").empty());
  CHECK_FALSE(t.grant({"dan", "ben"}));
}

TEST_CASE("a node is named once, however many of it see a user") {
  seers v{10};
  CHECK(v.add("ben", 1, "ann", member_of({})));
  CHECK(v.add("ben", 1, "cyd", member_of({})));
  CHECK(v.add("ben", 2, "dan", member_of({})));
  CHECK(v.nodes_of("ben") == numbers{1, 2});
  CHECK(v.of("ben").size() == 3);
  v.remove("ben", 1, "ann");
  CHECK(v.nodes_of("ben") == numbers{1, 2});
  v.remove("ben", 1, "cyd");
  CHECK(v.nodes_of("ben") == numbers{2});
  CHECK(v.remove_node(2) == texts{"ben"});
  CHECK(v.empty());
}

TEST_CASE("more viewers than may are not added, who is one stays (I8)") {
  seers v{2};
  CHECK(v.add("ben", 1, "ann", member_of({})));
  CHECK(v.add("ben", 2, "ann", member_of({})));
  CHECK_FALSE(v.add("ben", 1, "cyd", member_of({})));
  CHECK(v.add("ben", 1, "ann", member_of({hash_of("g:1")})));
  CHECK(v.remove_node(2).empty());
  CHECK(v.add("ben", 1, "cyd", member_of({})));
}

TEST_CASE("who left a group sees nobody for its sake, and others do") {
  seers v{10};
  const auto both = member_of({hash_of("g:1"), hash_of("g:2")});
  v.add("ben", 1, "ann", both);
  v.add("ben", 1, "cyd", both);
  v.leave_group("ben", "ann", hash_of("g:1"));
  for (const auto& x : v.of("ben"))
    CHECK(x.in->size() == (x.name == "ann" ? 1 : 2));
}
