#include "report.hpp"

#include <boost/json/serialize.hpp>
#include <doctest/doctest.h>

using namespace parley::bench;

TEST_CASE("a median is the middle, whatever the order") {
  CHECK(median({}) == 0);
  CHECK(median({4}) == 4);
  CHECK(median({9, 1, 5}) == 5);
  CHECK(median({4, 1, 9, 2}) == 3);
}

TEST_CASE("a ratio is of rounds that ran side by side") {
  report result{"title", {{"rate", "rate"}, {"cores", "cores", false}}};
  // The machine gets slower, for both alike: twice as slow in each round.
  for (double speed : {16, 4, 1}) {
    result.add("relay", {100 * speed, 1});
    result.add("server", {50 * speed, 1});
  }
  auto json = result.to_json();
  const auto& server = json["systems"].as_array().at(1).as_object();
  CHECK(server.at("system") == "server");
  CHECK(server.at("median").at("rate") == 200.0);
  CHECK(server.at("ratio_to").at("relay").at("rate") == 0.5);
  CHECK(server.at("ratio_to").at("relay").as_object().size() == 1);
  CHECK(server.at("rounds").as_array().size() == 3);
  auto text = result.text();
  CHECK(text.starts_with("title\n"));
  CHECK(text.find("server / relay") != std::string::npos);
  CHECK(text.find("relay / server") == std::string::npos);
}

TEST_CASE("a ratio to nothing is left out of JSON, which has no infinity") {
  report result{"title", {{"rate", "rate"}}};
  result.add("relay", {0});
  result.add("server", {1});
  auto text = boost::json::serialize(result.to_json());
  CHECK(text.find("\"relay\":{}") != std::string::npos);
  CHECK(result.text().find('-') != std::string::npos);
}
