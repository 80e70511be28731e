#include "history/json_size.hpp"
#include "history/samples.hpp"

#include <boost/json.hpp>
#include <doctest/doctest.h>

using namespace parley;
using namespace parley::history;

namespace {

/// The item as the contract shows it, with every field that any kind has.
std::string on_the_wire(const item& x) {
  boost::json::object event;
  event["t"] = "deleted";
  event["conv"] = "dm:" + std::string(32, 'a') + ":" + std::string(32, 'b');
  event["seq"] = UINT64_MAX;
  event["from"] = x.what.from;
  event["ts"] = INT64_MAX;
  event["cid"] = x.what.cid;
  event["body"] = x.what.body;
  event["text"] = x.what.text;
  event["reply_to"] = UINT64_MAX;
  event["edited_ts"] = INT64_MAX;
  event["deleted"] = true;
  boost::json::array members;
  for (auto& user : x.what.members)
    members.emplace_back(user);
  event["members"] = members;
  boost::json::object reactions;
  for (auto& r : x.reactions) {
    if (!reactions.contains(r.emoji))
      reactions[r.emoji] = boost::json::array{};
    reactions[r.emoji].as_array().emplace_back(r.user);
  }
  event["reactions"] = reactions;
  return boost::json::serialize(event) + ",";
}

} // namespace

TEST_CASE("no character takes more on the wire than it is counted for") {
  for (int c = 0; c < 256; ++c) {
    auto text = std::string(10, static_cast<char>(c));
    CAPTURE(c);
    CHECK(json_size(text) + 2
          >= boost::json::serialize(boost::json::value(text)).size());
  }
  CHECK(json_size("plain text") == 10);
  CHECK(json_size("") == 0);
  CHECK(json_size("ü👍") == 6);
}

TEST_CASE("I8: no item takes more on the wire than it is counted for") {
  for (uint64_t seed = 0; seed < 500; ++seed) {
    CAPTURE(seed);
    auto random = sampler{seed};
    item x;
    // Names are plain; bodies and texts are whatever people write.
    x.what.from = std::string(random.below(33), 'f');
    x.what.cid = std::string(random.below(65), 'c');
    x.what.body = random.text(500);
    x.what.text = random.text();
    x.what.members = random.some(
        100, [&] { return std::string(1 + random.below(32), 'm'); });
    x.reactions = random.some(50, [&] {
      return reaction{std::string(1 + random.below(3), '\2'),
                      std::string(1 + random.below(32), 'u'), random.number()};
    });
    CHECK(json_size(x) >= on_the_wire(x).size());
  }
}
