#include "protocol/parsed.hpp"

#include "parley/protocol/requests.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace parley;
using namespace parley::protocol;

namespace {

std::string send_of(std::string_view body) {
  return R"({"t":"send","id":1,"cid":"c","conv":"v","body":")"
         + std::string{body} + "\"}";
}

} // namespace

TEST_CASE("a send has all that its client gave") {
  auto x = parsed_as<send_request>(
      R"({"t":"send","id":7,"cid":"018f-A","conv":"dm:alice:bob",)"
      R"("body":"hi \"there\"\n\u00e9\ud83d\ude00","reply_to":3})");
  CHECK(x.cid == "018f-A");
  CHECK(x.conv == "dm:alice:bob");
  CHECK(x.to.empty());
  CHECK(x.body == "hi \"there\"\n\xc3\xa9\xf0\x9f\x98\x80");
  CHECK(x.reply_to == 3);
  auto y = parsed_as<send_request>(
      R"({"body":"b","to":"bob","cid":"c","id":-1,"t":"send"})");
  CHECK(y.conv.empty());
  CHECK(y.to == "bob");
  CHECK(y.reply_to == 0);
}

TEST_CASE("each other request has all that its client gave") {
  auto auth = parsed_as<auth_request>(
      R"({"t":"auth","id":1,"token":"a.b.c","device":"Phone-1","since":0})");
  CHECK(auth.token == "a.b.c");
  CHECK(auth.device == "Phone-1");
  CHECK(auth.since == 0);
  CHECK_FALSE(
      parsed_as<auth_request>(R"({"t":"auth","id":1,"token":"","device":"d"})")
          .since);
  auto edit = parsed_as<edit_request>(
      R"({"t":"edit","id":1,"cid":"c","conv":"g:x","seq":4,"body":"new"})");
  CHECK(edit.cid == "c");
  CHECK(edit.conv == "g:x");
  CHECK(edit.seq == 4);
  CHECK(edit.body == "new");
  auto gone = parsed_as<delete_request>(
      R"({"t":"delete","id":1,"conv":"g:x","seq":9007199254740992})");
  CHECK(gone.cid.empty());
  CHECK(gone.seq == 9'007'199'254'740'992);
  auto react = parsed_as<react_request>(
      R"({"t":"react","id":1,"conv":"g","seq":1,"emoji":"\u2764","on":true})");
  CHECK(react.emoji == "\xe2\x9d\xa4");
  CHECK(react.on);
  CHECK(parsed_as<read_request>(R"({"t":"read","conv":"g","seq":2})").seq == 2);
  CHECK(parsed_as<recv_request>(R"({"t":"recv","useq":0})").useq == 0);
  CHECK(parsed_as<typing_request>(R"({"t":"typing","conv":"g"})").conv == "g");
  CHECK(parsed_as<status_request>(R"({"t":"status","status":"away"})").away);
  CHECK_FALSE(
      parsed_as<status_request>(R"({"t":"status","status":"online"})").away);
  parsed_as<ping_request>(R"({"t":"ping"})");
}

TEST_CASE("a page is 50 by default and 200 at most") {
  auto plain =
      parsed_as<history_request>(R"({"t":"history","id":1,"conv":"g"})");
  CHECK(plain.limit == 50);
  CHECK_FALSE(plain.before);
  CHECK_FALSE(plain.after);
  auto full = parsed_as<history_request>(
      R"({"t":"history","id":1,"conv":"g","before":9,"after":0,"limit":201})");
  CHECK(full.limit == 200);
  CHECK(full.before == 9);
  CHECK(full.after == 0);
  auto list = parsed_as<conversations_request>(
      R"({"t":"conversations","id":1,"limit":1,"cursor":"x"})");
  CHECK(list.limit == 1);
  CHECK(list.cursor == "x");
  CHECK(
      parsed_as<conversations_request>(R"({"t":"conversations","id":1})").limit
      == 50);
}

TEST_CASE("a watch list has no repeats and at most 200 users") {
  auto watch = [](const std::string& users) {
    return parsed(R"({"t":"watch","id":1,"users":)" + users + "}");
  };
  auto x = watch(R"(["b","a","b","not a name"])");
  CHECK(std::get<watch_request>(x.body).users
        == std::vector<std::string>{"b", "a", "not a name"});
  CHECK(std::get<watch_request>(watch("[]").body).users.empty());
  CHECK(std::get<watch_request>(watch(list_of(200)).body).users.size() == 200);
  CHECK(code_of(watch(list_of(201))) == errc::bad_request);
  CHECK(code_of(watch(list_of(5000))) == errc::bad_request);
}

TEST_CASE("a request that wants a reply needs an id, the others do not") {
  struct row {
    const char* fields;
    bool needs_id;
  };
  for (auto& each : {
           row{R"("t":"auth","token":"x","device":"d")", true},
           row{R"("t":"send","cid":"c","conv":"g","body":"b")", true},
           row{R"("t":"edit","conv":"g","seq":1,"body":"b")", true},
           row{R"("t":"delete","conv":"g","seq":1)", true},
           row{R"("t":"react","conv":"g","seq":1,"emoji":"e","on":false)",
               true},
           row{R"("t":"history","conv":"g")", true},
           row{R"("t":"conversations")", true},
           row{R"("t":"watch","users":[])", true},
           row{R"("t":"read","conv":"g","seq":1)", false},
           row{R"("t":"recv","useq":1)", false},
           row{R"("t":"typing","conv":"g")", false},
           row{R"("t":"status","status":"away")", false},
           row{R"("t":"ping")", false},
       }) {
    CAPTURE(each.fields);
    std::string fields = each.fields;
    auto with = parsed("{" + fields + ",\"id\":5}");
    CHECK(code_of(with) == errc::none);
    CHECK(with.id == 5);
    auto without = parsed("{" + fields + "}");
    CHECK(code_of(without) == (each.needs_id ? errc::bad_request : errc::none));
    CHECK_FALSE(without.id);
    for (auto id : {"\"5\"", "null", "1.0", "1e3", "[]", "{}", "true",
                    "9223372036854775808", "1e400"}) {
      CAPTURE(id);
      auto wrong = parsed("{" + fields + ",\"id\":" + id + "}");
      CHECK(code_of(wrong) == errc::bad_request);
      CHECK_FALSE(wrong.id);
    }
  }
}

TEST_CASE("a field that is missing, mistyped or out of range is refused with "
          "the request's id") {
  for (auto fields : {
           R"("t":"auth","device":"d")",
           R"("t":"auth","token":"x")",
           R"("t":"auth","token":1,"device":"d")",
           R"("t":"auth","token":"x","device":"")",
           R"("t":"auth","token":"x","device":"a b")",
           R"("t":"auth","token":"x","device":"d","since":-1)",
           R"("t":"auth","token":"x","device":"d","since":"1")",
           R"("t":"auth","token":"x","device":"d","since":null)",
           R"("t":"auth","token":"x","device":"d","since":9007199254740993)",
           R"("t":"auth","token":"x","device":"d","since":1.0)",
           R"("t":"auth","token":"x","device":"d","since":1e3)",
           R"("t":"send","conv":"g","body":"b")",
           R"("t":"send","cid":"","conv":"g","body":"b")",
           R"("t":"send","cid":"a/b","conv":"g","body":"b")",
           R"("t":"send","cid":7,"conv":"g","body":"b")",
           R"("t":"send","cid":"c","body":"b")",
           R"("t":"send","cid":"c","conv":"g","to":"u","body":"b")",
           R"("t":"send","cid":"c","conv":5,"body":"b")",
           R"("t":"send","cid":"c","to":["u"],"body":"b")",
           R"("t":"send","cid":"c","conv":"g")",
           R"("t":"send","cid":"c","conv":"g","body":"")",
           R"("t":"send","cid":"c","conv":"g","body":null)",
           R"("t":"send","cid":"c","conv":"g","body":{"a":"b"})",
           R"("t":"send","cid":"c","conv":"g","body":"a\u0000b")",
           R"("t":"send","cid":"c","conv":"g","body":"b","reply_to":0)",
           R"("t":"send","cid":"c","conv":"g","body":"b","reply_to":-3)",
           R"("t":"edit","conv":"g","body":"b")",
           R"("t":"edit","conv":"g","seq":0,"body":"b")",
           R"("t":"edit","conv":"g","seq":1)",
           R"("t":"edit","conv":"g","seq":1,"body":"b","cid":"")",
           R"("t":"delete","conv":"g")",
           R"("t":"delete","seq":1)",
           R"("t":"delete","conv":"g","seq":1.5)",
           R"("t":"delete","conv":"g","seq":18446744073709551616)",
           R"("t":"react","conv":"g","seq":1,"emoji":"e")",
           R"("t":"react","conv":"g","seq":1,"emoji":"e","on":1)",
           R"("t":"react","conv":"g","seq":1,"emoji":"","on":true)",
           R"("t":"react","conv":"g","seq":1,"emoji":"a b","on":true)",
           R"("t":"history")",
           R"("t":"history","conv":"g","limit":0)",
           R"("t":"history","conv":"g","limit":-1)",
           R"("t":"history","conv":"g","limit":"9")",
           R"("t":"history","conv":"g","before":-1)",
           R"("t":"history","conv":"g","after":true)",
           R"("t":"conversations","cursor":1)",
           R"("t":"watch")",
           R"("t":"watch","users":"a")",
           R"("t":"watch","users":["a",1])",
           R"("t":"watch","users":["a",["b"]])",
           R"("t":"watch","users":["a",{"b":"c"}])",
           R"("t":"watch","users":["a",null])",
           R"("t":"read","conv":"g")",
           R"("t":"read","conv":"g","seq":0)",
           R"("t":"recv")",
           R"("t":"recv","useq":-1)",
           R"("t":"typing")",
           R"("t":"status")",
           R"("t":"status","status":"offline")",
           R"("t":"status","status":true)",
           R"("t":5)",
           R"("t":null)",
           R"("t":["send"])",
           R"("x":"send")",
       }) {
    CAPTURE(fields);
    auto x = parsed("{" + std::string{fields} + ",\"id\":77}");
    CHECK(code_of(x) == errc::bad_request);
    CHECK(x.id == 77);
    CHECK_FALSE(std::get<invalid_request>(x.body).why.message.empty());
  }
}

TEST_CASE("an unknown type is told from a bad request") {
  for (auto t : {"", "SEND", "sendx", "sen", "hello", "send\\u0000"}) {
    CAPTURE(t);
    auto x = parsed(R"({"id":3,"t":")" + std::string{t} + "\"}");
    CHECK(code_of(x) == errc::unknown_type);
    CHECK(x.id == 3);
    CHECK(code_of(parsed(R"({"t":")" + std::string{t} + "\"}"))
          == errc::unknown_type);
  }
}

TEST_CASE("users and conversations of any form are passed on, up to 128 "
          "bytes") {
  auto typing = [](const std::string& conv) {
    return parsed(R"({"t":"typing","conv":")" + conv + "\"}");
  };
  for (auto conv : {"", "x", "dm:b:a", "g:1", "../..", "A B"}) {
    CAPTURE(conv);
    CHECK(std::get<typing_request>(typing(conv).body).conv == conv);
  }
  CHECK(code_of(typing(std::string(128, 'x'))) == errc::none);
  CHECK(code_of(typing(std::string(129, 'x'))) == errc::bad_request);
  auto to = parsed_as<send_request>(
      R"({"t":"send","id":1,"cid":"c","to":"Not A User","body":"b"})");
  CHECK(to.to == "Not A User");
}

TEST_CASE("a body is counted in code points") {
  for (auto c :
       {"a", "\xc3\xa9", "\xf0\x9f\x98\x80", "\\n", "\\ud83d\\ude00"}) {
    CAPTURE(c);
    std::string body;
    for (int i = 0; i < 100'000; ++i)
      body += c;
    CHECK(code_of(parsed(send_of(body))) == errc::none);
    auto over = parsed(send_of(body + c));
    CHECK(code_of(over) == errc::too_large);
    CHECK(over.id == 1);
  }
}

TEST_CASE("a body keeps exactly the code points that its client gave") {
  // Neither normalised nor trimmed: e + combining acute, U+FFFD, U+FEFF, DEL.
  std::string body = "  e\xcc\x81 \xef\xbf\xbd\xef\xbb\xbf\x7f\xe2\x80\xa8 ";
  CHECK(parsed_as<send_request>(send_of(body)).body == body);
}

TEST_CASE("unknown fields are ignored, of two equal ones the last counts") {
  auto x = parsed_as<send_request>(
      R"({"x":[{"t":"ping","id":9}],"t":"ping","cid":5,"y":{"body":"no"},"id":"a",)"
      R"("cid":"c","conv":"g","body":"1","z":null,"body":"2","t":"send","id":4})");
  CHECK(x.cid == "c");
  CHECK(x.body == "2");
  auto y = parsed_as<watch_request>(R"({"t":"watch","id":1,"users":)"
                                    + list_of(200) + R"(,"users":["a"]})");
  CHECK(y.users == std::vector<std::string>{"a"});
}

TEST_CASE("names may be escaped as any string") {
  auto x = parsed_as<recv_request>(
      R"({"\u0074":"\u0072ecv","use\u0071":12,"\ud83d\ude00":1})");
  CHECK(x.useq == 12);
}
