#include "protocol/parsed.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace parley;
using namespace parley::protocol;

namespace {

std::string array_of(size_t count, std::string_view element) {
  std::string out = "[";
  for (size_t i = 0; i < count; ++i)
    out.append(i == 0 ? "" : ",").append(element);
  return out + "]";
}

std::string nested(size_t depth) {
  return R"({"t":"ping","x":)" + std::string(depth, '[')
         + std::string(depth, ']') + "}";
}

} // namespace

TEST_CASE("what is not JSON of the right shape is one bad frame") {
  for (auto text : {
           "",
           " ",
           "{",
           "}",
           "[",
           "[]",
           " [ ] ",
           "null",
           "true",
           "5",
           "\"{}\"",
           "nonsense",
           "{\"t\":\"ping\"",
           "{\"t\":\"ping\"}}",
           "{\"t\":\"ping\"}{\"t\":\"ping\"}",
           "{\"t\":\"ping\"} x",
           "[{\"t\":\"ping\"},]",
           "[{\"t\":\"ping\"}",
           "{\"t\":\"ping\",}",
           "{t:\"ping\"}",
           "{'t':'ping'}",
           "{\"t\":\"pi\nng\"}",
           "{\"t\":\"\\x\"}",
           "{\"t\":\"\\u12g4\"}",
           "{\"t\":\"ping\" /* no */}",
           "{\"t\":01}",
           "{\"t\":NaN}",
           "\xef\xbb\xbf{\"t\":\"ping\"}",
       }) {
    CAPTURE(text);
    auto x = parsed(text);
    CHECK(code_of(x) == errc::bad_frame);
    CHECK_FALSE(x.id);
  }
}

TEST_CASE("white space around a frame is no part of it") {
  CHECK(code_of(parsed(" \t\r\n{ \"t\" : \"ping\" }\n ")) == errc::none);
}

TEST_CASE("an array is read in order") {
  auto all = parse_frame(R"([{"t":"ping","id":1},{"t":"nope","id":2},)"
                         R"({"t":"recv","useq":3,"id":3}])");
  REQUIRE(all.size() == 3);
  for (size_t i = 0; i < all.size(); ++i)
    CHECK(all[i].id == static_cast<int64_t>(i + 1));
  CHECK(code_of(all[0]) == errc::none);
  CHECK(code_of(all[1]) == errc::unknown_type);
  CHECK(std::get<recv_request>(all[2].body).useq == 3);
}

TEST_CASE("fields of one request of an array are not seen by the next") {
  auto all = parse_frame(
      R"([{"t":"send","id":1,"cid":"c","conv":"g","body":"b","reply_to":2},)"
      R"({"t":"send","id":2,"cid":"c","conv":"g","body":"b"},)"
      R"({"t":"watch","id":3,"users":["a"]},{"t":"watch","id":4}])");
  REQUIRE(all.size() == 4);
  CHECK(std::get<send_request>(all[0].body).reply_to == 2);
  CHECK(std::get<send_request>(all[1].body).reply_to == 0);
  CHECK(code_of(all[2]) == errc::none);
  CHECK(code_of(all[3]) == errc::bad_request);
}

TEST_CASE("an element that is no object is refused, the others go on") {
  for (auto wrong : {"1", "-1", "1.5", "18446744073709551615", "null", "true",
                     "\"x\"", "\"\\n\"", "[]", "[{\"t\":\"ping\"}]"}) {
    CAPTURE(wrong);
    auto all = parse_frame(R"([{"t":"ping","id":1},)" + std::string{wrong}
                           + R"(,{"t":"ping","id":2}])");
    REQUIRE(all.size() == 3);
    CHECK(code_of(all[0]) == errc::none);
    CHECK(code_of(all[1]) == errc::bad_frame);
    CHECK_FALSE(all[1].id);
    CHECK(code_of(all[2]) == errc::none);
    CHECK(all[2].id == 2);
  }
}

TEST_CASE("a frame that breaks off does nothing of what it began with") {
  auto x = parsed(R"([{"t":"ping","id":1},{"t":"ping","id":2})");
  CHECK(code_of(x) == errc::bad_frame);
}

TEST_CASE("I8: a frame holds at most 256 requests") {
  CHECK(parse_frame(array_of(256, R"({"t":"ping"})")).size() == 256);
  CHECK(parse_frame(array_of(256, "1")).size() == 256);
  for (auto element : {R"({"t":"ping"})", "1", "[]", "\"x\"", "null"}) {
    CAPTURE(element);
    CHECK(code_of(parsed(array_of(257, element))) == errc::bad_frame);
  }
}

TEST_CASE("I8: a frame nests at most 8 deep") {
  CHECK(code_of(parsed(nested(7))) == errc::none);
  CHECK(code_of(parsed(nested(8))) == errc::bad_frame);
  CHECK(code_of(parsed(nested(100'000))) == errc::bad_frame);
  CHECK(code_of(parsed(std::string(1'000'000, '['))) == errc::bad_frame);
}

TEST_CASE("half of a surrogate pair is refused with the request's id") {
  for (auto half : {
           R"(\ud800)",
           R"(\uDBFF)",
           R"(\udc00)",
           R"(\uDFFF)",
           R"(a\ud800b)",
           R"(\ud800\ud800)",
           R"(\udc00\ud800)",
           R"(\ud800\n)",
           R"(\ud800\\udc00)",
           R"(\ud800\ud83d\ude00)",
           R"(\ud83d\ude00\ude00)",
           R"(\\\ud800)",
       }) {
    CAPTURE(half);
    std::string text = half;
    for (auto frame : {
             R"({"t":"send","id":6,"cid":"c","conv":"g","body":")" + text
                 + "\"}",
             R"({"id":6,"t":"ping","x":")" + text + "\"}",
             R"({"x":[[{"y":[")" + text + R"("]}]],"t":"ping","id":6})",
             R"({"t":"ping",")" + text + R"(":1,"id":6})",
             R"({"t":"watch","users":[")" + text + R"("],"id":6})",
         }) {
      CAPTURE(frame);
      auto x = parsed(frame);
      CHECK(code_of(x) == errc::bad_request);
      CHECK(x.id == 6);
    }
  }
}

TEST_CASE("half of a surrogate pair spoils no other request of its frame") {
  auto all = parse_frame(
      R"([{"t":"send","id":1,"cid":"c","conv":"g","body":"\ud83d\ude00"},)"
      R"({"t":"send","id":2,"cid":"c","conv":"g","body":"\ud83dx"},"\ud800",)"
      R"({"t":"send","id":3,"cid":"c","conv":"g","body":"\ufffd\\ud800"}])");
  REQUIRE(all.size() == 4);
  CHECK(std::get<send_request>(all[0].body).body == "\xf0\x9f\x98\x80");
  CHECK(code_of(all[1]) == errc::bad_request);
  CHECK(all[1].id == 2);
  CHECK(code_of(all[2]) == errc::bad_frame);
  CHECK(std::get<send_request>(all[3].body).body == "\xef\xbf\xbd\\ud800");
}

TEST_CASE("half of a surrogate pair does not excuse what is not JSON") {
  for (auto text : {
           R"({"t":"ping","x":"\ud800")",
           R"({"t":"ping","x":"\ud800"}})",
           R"("\ud800")",
           R"(\ud800)",
           R"({"t":"ping","x":"\ud800\q"})",
           R"({"t":"ping","x":"\ud800\u00g0"})",
           R"({"t":"ping","x":"\ud80"})",
       }) {
    CAPTURE(text);
    auto x = parsed(text);
    CHECK(code_of(x) == errc::bad_frame);
    CHECK_FALSE(x.id);
  }
}

TEST_CASE("escapes read alike wherever the parser's buffer ends") {
  for (size_t before = 4070; before < 4110; ++before) {
    auto text = std::string(before, 'x');
    CAPTURE(before);
    auto x = parsed_as<send_request>(
        R"({"t":"send","id":1,"cid":"c","conv":"g","body":"\n)" + text
        + R"(\ud83d\ude00\u00e9"})");
    CHECK(x.body == "\n" + text + "\xf0\x9f\x98\x80\xc3\xa9");
    auto y = parsed(R"({"t":"send","id":1,"cid":"c","conv":"g","body":"\n)"
                    + text + R"(\ud83dx"})");
    CHECK(code_of(y) == errc::bad_request);
    CHECK(y.id == 1);
  }
}
