#include "support/doctest.hpp"

#include "parley/model/nearest.hpp"

#include <algorithm>
#include <map>
#include <string>

using namespace parley::model;

namespace {

std::string order(std::vector<known_node> nodes, std::string_view region,
                  std::string_view who = "ann") {
  sort_nearest(nodes, region, who);
  std::string ids;
  for (const auto& x : nodes)
    ids += x.id;
  return ids;
}

} // namespace

TEST_CASE("a client's region comes first, an overloaded node behind the other "
          "regions, and last who stops") {
  const std::vector<known_node> nodes{{"a", "", "east", 0.95, false},
                                      {"b", "", "west", 0.5, false},
                                      {"c", "", "east", 0.1, true},
                                      {"d", "", "east", 0.6, false},
                                      {"e", "", "west", 0.91, true}};
  CHECK(order(nodes, "east") == "dbace");
  CHECK(order(nodes, "west") == "bdace");
  CHECK(order(nodes, "north").substr(0, 2) == "bd");
}

TEST_CASE("of one region the less loaded come first, in steps of a tenth") {
  CHECK(order({{"a", "", "r", 0.42, false}, {"b", "", "r", 0.31, false}}, "r")
        == "ba");
  const std::vector<known_node> alike{{"a", "", "r", 0.41, false},
                                      {"b", "", "r", 0.49, false}};
  const auto first = order(alike, "r", "ann");
  CHECK(order(alike, "r", "ann") == first);
}

TEST_CASE("nodes of the same load share the clients") {
  const std::vector<known_node> nodes{{"a", "", "r", 0, false},
                                      {"b", "", "r", 0, false},
                                      {"c", "", "r", 0, false}};
  std::map<char, int> first;
  for (int i = 0; i < 3000; ++i)
    ++first[order(nodes, "r", "user" + std::to_string(i)).front()];
  for (const auto& [id, count] : first)
    CHECK(std::abs(count - 1000) < 150);
}

TEST_CASE("who has to leave may go to the nodes of the region, or else to all, "
          "but to none that is overloaded or stops unless there is no other") {
  using urls = std::vector<std::string>;
  const std::vector<known_node> others{{"a", "A", "east", 0.1, false},
                                       {"b", "B", "west", 0, false},
                                       {"c", "C", "east", 0.8, false},
                                       {"d", "D", "east", 0.95, false},
                                       {"e", "E", "north", 0, true}};
  CHECK(urls_nearby(others, "east") == urls{"A", "C"});
  CHECK(urls_nearby(others, "west") == urls{"B"});
  CHECK(urls_nearby(others, "north") == urls{"A", "B", "C"});
  CHECK(urls_nearby({others[3]}, "west") == urls{"D"});
  CHECK(urls_nearby({others[4]}, "north").empty());
  CHECK(urls_nearby({}, "north").empty());
}

TEST_CASE("users share the nodes that they may go to") {
  std::map<std::string, int> first;
  for (int i = 0; i < 3000; ++i) {
    std::vector<std::string> urls{"A", "B", "C"};
    share_out(urls, "user" + std::to_string(i));
    ++first[urls.front()];
  }
  CHECK(first.size() == 3);
  for (const auto& [url, count] : first)
    CHECK(std::abs(count - 1000) < 150);
}
