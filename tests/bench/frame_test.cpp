#include "frame.hpp"

#include <doctest/doctest.h>

using namespace parley::bench;

TEST_CASE("one object is one frame") {
  frame_reader reader;
  auto frames = reader.read(
      R"({"t":"msg","useq":7,"conv":"dm:a:b","seq":3,"from":"a","ts":1,)"
      R"("cid":"0-2","body":"hello"})");
  REQUIRE_FALSE(reader.failed());
  REQUIRE(frames.size() == 1);
  CHECK(frames[0].kind == frame_kind::message);
  CHECK(frames[0].useq == 7);
  CHECK(frames[0].seq == 3);
  CHECK(frames[0].conv == "dm:a:b");
  CHECK(frames[0].cid == "0-2");
  CHECK(frames[0].body_bytes == 5);
}

TEST_CASE("an array is its frames in order") {
  frame_reader reader;
  auto frames = reader.read(R"([{"t":"ack","id":4,"cid":"1-1","seq":9},)"
                            R"({"seq":10,"t":"group"},{"t":"typing"}])");
  REQUIRE(frames.size() == 3);
  CHECK(frames[0].kind == frame_kind::ack);
  CHECK(frames[0].id == 4);
  CHECK(frames[1].kind == frame_kind::group);
  CHECK(frames[1].seq == 10);
  CHECK(frames[2].kind == frame_kind::other);
  CHECK(reader.read("[]").empty());
  CHECK_FALSE(reader.failed());
}

TEST_CASE("a frame keeps nothing of the one before") {
  frame_reader reader;
  reader.read(R"({"t":"error","id":1,"code":"c","message":"m","seq":3,)"
              R"("conv":"x","cid":"y","useq":5,"body":"z"})");
  auto frames = reader.read(R"({"t":"pong"})");
  REQUIRE(frames.size() == 1);
  const auto& f = frames[0];
  CHECK(f.kind == frame_kind::other);
  CHECK(f.id + f.seq + f.useq + f.body_bytes == 0);
  CHECK((f.code + f.message + f.conv + f.cid).empty());
}

TEST_CASE("what is nested does not count") {
  frame_reader reader;
  auto frames = reader.read(
      R"({"t":"presence","id":2,"items":[{"t":"msg","seq":1,"cid":"9-9"}],)"
      R"("limits":{"id":5,"x":[[1]]},"seq":8})");
  REQUIRE(frames.size() == 1);
  CHECK(frames[0].kind == frame_kind::presence);
  CHECK(frames[0].items == 1);
  CHECK(frames[0].id == 2);
  CHECK(frames[0].seq == 8);
  CHECK(frames[0].cid.empty());
}

TEST_CASE("escapes are resolved") {
  frame_reader reader;
  auto frames = reader.read(R"({"\u0074":"err\u006fr","code":"a\"b\\c",)"
                            R"("message":"line\nline"})");
  REQUIRE(frames.size() == 1);
  CHECK(frames[0].kind == frame_kind::error);
  CHECK(frames[0].code == "a\"b\\c");
  CHECK(frames[0].message == "line\nline");
}

TEST_CASE("what is no frame fails, and the next frame does not") {
  frame_reader reader;
  for (const auto* text :
       {"", "{", "[[]]", R"({"t":"ack"} x)", R"({"t":ack})", "[{},"}) {
    CAPTURE(text);
    CHECK(reader.read(text).empty());
    CHECK(reader.failed());
    CHECK(reader.read(R"({"t":"ack"})").size() == 1);
    CHECK_FALSE(reader.failed());
  }
}
