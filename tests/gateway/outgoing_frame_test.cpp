#include "gateway/outgoing_frame.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace parley;
using gateway::outgoing_frame;

namespace {

std::string text_of(const outgoing_frame& x) {
  std::string text;
  for (const auto& piece : x.buffers())
    text.append(static_cast<const char*>(piece.data()), piece.size());
  return text;
}

protocol::outgoing object(std::string own, std::string shared = {}) {
  return {std::move(own), shared_bytes{std::move(shared)}};
}

std::string digits(size_t bytes) {
  return std::string(bytes, '7');
}

} // namespace

TEST_CASE("one object stands alone") {
  std::vector<protocol::outgoing> objects;
  objects.push_back(object("{\"t\":\"msg\",\"useq\":1", ",\"conv\":\"c\"}"));
  outgoing_frame frame;
  CHECK(frame.fill(objects) == 1);
  CHECK(text_of(frame) == R"({"t":"msg","useq":1,"conv":"c"})");
  CHECK(frame.buffers().size() == 1);
}

TEST_CASE("several objects become an array in their order") {
  std::vector<protocol::outgoing> objects;
  for (const auto* x : {"{\"a\":1}", "{\"b\":2}", "{\"c\":3}"})
    objects.push_back(object(x));
  outgoing_frame frame;
  CHECK(frame.fill(objects) == 3);
  CHECK(text_of(frame) == R"([{"a":1},{"b":2},{"c":3}])");
  CHECK(frame.buffers().size() == 1);
}

TEST_CASE("a large part is not copied") {
  auto body = digits(100'000);
  shared_bytes large{body};
  auto reply = digits(50'000);
  const auto* own_data = reply.data();
  std::vector<protocol::outgoing> objects;
  objects.push_back(object("1"));
  objects.push_back({"2", large});
  objects.push_back({std::move(reply), {}});
  objects.push_back(object("3"));
  outgoing_frame frame;
  CHECK(frame.fill(objects) == 4);
  CHECK(text_of(frame) == "[1,2" + body + "," + digits(50'000) + ",3]");
  REQUIRE(frame.buffers().size() == 5);
  CHECK(frame.buffers()[1].data() == large.view().data());
  CHECK(frame.buffers()[3].data() == own_data);
}

TEST_CASE("a frame ends at its limit and leaves the rest for the next") {
  std::vector<protocol::outgoing> objects;
  for (int i = 0; i < 5; ++i)
    objects.push_back(object(digits(400'000)));
  outgoing_frame frame;
  CHECK(frame.fill(objects) == 2);
  CHECK(text_of(frame).size() <= outgoing_frame::bytes_max + 2);
}

TEST_CASE("an object over the limit of a frame still leaves, alone") {
  std::vector<protocol::outgoing> objects;
  objects.push_back(object(digits(outgoing_frame::bytes_max + 5)));
  objects.push_back(object("1"));
  outgoing_frame frame;
  CHECK(frame.fill(objects) == 1);
  CHECK(text_of(frame).size() == outgoing_frame::bytes_max + 5);
}

TEST_CASE("a frame accounts for what it took, and is clean once cleared") {
  std::vector<protocol::outgoing> objects;
  objects.push_back(object("abc", digits(5000)));
  objects.push_back(object("d"));
  auto expected = gateway::cost(objects[0]) + gateway::cost(objects[1]);
  outgoing_frame frame;
  frame.fill(objects);
  CHECK(frame.total_cost() == expected);
  frame.clear();
  CHECK(frame.total_cost() == 0);
  CHECK(frame.buffers().empty());
  std::vector<protocol::outgoing> more;
  more.push_back(object("x"));
  frame.fill(more);
  CHECK(text_of(frame) == "x");
}
