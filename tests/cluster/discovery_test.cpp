#include "cluster/node_cluster.hpp"
#include "support/account.hpp"
#include "support/doctest.hpp"
#include "support/geoip_database.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

// Where three real nodes of two regions send a client, whose address is in one
// of them.

namespace parley::test {
namespace {

using ids = std::vector<std::string>;

/// One is in the east; two and three, and every client, are in the west.
class two_regions {
public:
  two_regions() : database_(here_.file("countries.mmdb")) {
    write_geoip_database(database_, {{"127.0.0.0", 8, "NA", "US"}});
    cluster_options with;
    with.settings = {
        {"discovery.geoip_database", database_},
        {"discovery.continents", toml_value::list({"EU=east", "NA=west"})}};
    with.own["one"].settings = {{"node.region", "east"}};
    with.own["two"].settings = {{"node.region", "west"}};
    with.own["three"].settings = {{"node.region", "west"}};
    nodes_.emplace(with);
    for (size_t i = 0; i < nodes().size(); ++i)
      CHECK(eventually([&] { return seen_by(i).size() == nodes().size(); }));
  }

  node_cluster& nodes() { return *nodes_; }

  /// The nodes in the order in which one of them names them.
  ids seen_by(size_t node, const std::string& query = "") {
    const auto answer =
        get(nodes().node(node), "/v1/discover" + query).object();
    return texts_of(objects_of(answer, "nodes"), "id");
  }

private:
  temporary_directory here_;
  std::string database_;
  std::optional<node_cluster> nodes_;
};

std::string url_of(const server_process& node) {
  return "http://" + node.where().host + ":"
         + std::to_string(node.where().port);
}

} // namespace

TEST_CASE("the nodes of the region that a client's address is in come first, "
          "whichever node it asks, unless it asks for another region") {
  two_regions all;
  for (size_t i = 0; i < all.nodes().size(); ++i) {
    CAPTURE(i);
    CHECK(all.seen_by(i).back() == "one");
    CHECK(all.seen_by(i, "?region=east").front() == "one");
    CHECK(all.seen_by(i, "?region=east&user=ann")
          == all.seen_by(0, "?region=east&user=ann"));
  }

  // Who is to be empty gets nobody new, until it is wanted again.
  auto& asked = all.nodes().node(0);
  CHECK(asked.admin({"cluster", "drain", "two"}).status == 0);
  CHECK(eventually([&] {
    return all.seen_by(2) == ids{"three", "one", "two"};
  }));
  CHECK(asked.admin({"cluster", "drain", "two", "--off"}).status == 0);
  CHECK(eventually([&] { return all.seen_by(2).back() == "one"; }));
}

TEST_CASE("a node that stops sends its clients to the others of their region") {
  two_regions all;
  auto& two = all.nodes().node(1);
  auto& three = all.nodes().node(2);
  const auto ann = register_account(two, "ann");
  session at_three{three.where(), ann.token(), {.device = "at-three"}};
  session at_two{two.where(), ann.token(), {.device = "at-two"}};

  three.send_terminate();
  auto told = at_three.wait_for({{"t", "reconnect"}});
  CHECK(field(told, "urls") == json::array{url_of(two)});
  CHECK(at_three.wait_close() == 4000);
  CHECK(three.wait_exit() == 0);
  CHECK(eventually([&] { return all.seen_by(1) == ids{"two", "one"}; }));

  two.send_terminate();
  told = at_two.wait_for({{"t", "reconnect"}});
  CHECK(field(told, "urls") == json::array{url_of(all.nodes().node(0))});
  CHECK(at_two.wait_close() == 4000);
}

} // namespace parley::test
