#include "frame_queue.hpp"

#include <doctest/doctest.h>

#include <string>

using parley::bench::frame_queue;

TEST_CASE("frames come out in the order in which they went in") {
  frame_queue<int> queue;
  int in = 0;
  int out = 0;
  // Grows to several hundred, so that it shifts while it holds some.
  for (int round = 0; round < 500; ++round) {
    for (int i = 0; i < 3; ++i)
      REQUIRE(queue.push(in++));
    for (int i = 0; i < 2; ++i)
      REQUIRE(queue.pop() == out++);
  }
  CHECK(queue.size() == 500);
  while (queue.size() > 0)
    REQUIRE(queue.pop() == out++);
  CHECK(out == in);
}

TEST_CASE("I8: a full queue refuses a frame and keeps the others") {
  frame_queue<int> queue;
  for (size_t i = 0; i < frame_queue<int>::size_max; ++i)
    REQUIRE(queue.push(static_cast<int>(i)));
  CHECK_FALSE(queue.push(-1));
  CHECK(queue.pop() == 0);
  CHECK(queue.push(-2));
  CHECK(queue.size() == frame_queue<int>::size_max);
}
