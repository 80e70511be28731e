#include "e2e/pair_of_users.hpp"
#include "support/doctest.hpp"

// Requests whose fields are missing, mistyped or out of range: an error, and
// the session goes on.

namespace parley::test {
namespace {

/// Sends `{"id":…` and the rest, which may be JSON that no library writes.
std::string answer_to(session& at, int64_t id, const std::string& rest) {
  at.send_text("{\"id\":" + std::to_string(id) + "," + rest + "}");
  return error_code(at.wait_for({{"id", id}}));
}

TEST_CASE("bad_request: each request with a field missing, mistyped or out of "
          "range") {
  const pair_of_users we;
  auto phone = we.alice.open();
  phone.say(we.conv, "hello");
  const auto conv = "\"conv\":\"" + we.conv + "\"";
  const std::vector<std::string> requests{
      R"("t":"send","cid":"c",)" + conv,
      R"("t":"send","cid":"c","body":"x")",
      R"("t":"send","cid":"c","body":"x","conv":7)",
      R"("t":"send","cid":"c","body":"x","to":[])",
      R"("t":"send","cid":7,"body":"x",)" + conv,
      R"("t":"send","cid":"c","body":null,)" + conv,
      R"("t":"send","cid":"c","body":["x"],)" + conv,
      R"("t":"send","cid":"c","body":"x","reply_to":"1",)" + conv,
      R"("t":"send","cid":"c","body":"x","reply_to":-1,)" + conv,
      R"("t":"edit","body":"x",)" + conv,
      R"("t":"edit","seq":1,)" + conv,
      R"("t":"edit","seq":1,"body":"x")",
      R"("t":"edit","seq":0,"body":"x",)" + conv,
      R"("t":"edit","seq":-1,"body":"x",)" + conv,
      R"("t":"edit","seq":1.5,"body":"x",)" + conv,
      R"("t":"edit","seq":"1","body":"x",)" + conv,
      R"("t":"edit","seq":18446744073709551616,"body":"x",)" + conv,
      R"("t":"edit","seq":1,"cid":"","body":"x",)" + conv,
      R"("t":"delete",)" + conv,
      R"("t":"delete","seq":true,)" + conv,
      R"("t":"delete","seq":0,)" + conv,
      R"("t":"react","seq":1,"on":true,)" + conv,
      R"("t":"react","seq":1,"emoji":"x",)" + conv,
      R"("t":"react","seq":1,"emoji":"x","on":1,)" + conv,
      R"("t":"react","seq":1,"emoji":7,"on":true,)" + conv,
      R"("t":"history")",
      R"("t":"history","conv":null)",
      R"("t":"history","before":-1,)" + conv,
      R"("t":"history","after":1e300,)" + conv,
      R"("t":"conversations","limit":"many")",
      R"("t":"conversations","limit":-1)",
      R"("t":"watch")",
      R"("t":"watch","users":"bob")",
      R"("t":"watch","users":[7])"};
  int64_t id = 1000;
  for (const auto& request : requests) {
    CAPTURE(request);
    CHECK(answer_to(phone, ++id, request) == "bad_request");
  }
  phone.settle();
  CHECK(whole_history(we.bob, we.conv).size() == 1);
}

TEST_CASE("requests without a reply that are ill-formed get an error without "
          "an id") {
  const pair_of_users we;
  auto phone = we.alice.open();
  for (const auto& request :
       {json::object{{"t", "read"}}, json::object{{"t", "read"}, {"seq", 1}},
        json::object{{"t", "read"}, {"conv", we.conv}, {"seq", -1}},
        json::object{{"t", "read"}, {"conv", we.conv}, {"seq", "1"}},
        json::object{{"t", "recv"}}, json::object{{"t", "recv"}, {"useq", -1}},
        json::object{{"t", "recv"}, {"useq", 0.5}},
        json::object{{"t", "typing"}}, json::object{{"t", "status"}}}) {
    CAPTURE(request);
    phone.send(request);
    CHECK(error_code(phone.wait_for({{"t", "error"}})) == "bad_request");
  }
  phone.settle();
}

TEST_CASE("a since that is no number is bad_request") {
  const auto alice = register_account(node(), "alice");
  for (const auto& since : {json::value("1"), json::value(-1), json::value(1.5),
                            json::value(json::array{})}) {
    CAPTURE(since);
    ws_client client(node().where());
    client.send({{"t", "auth"},
                 {"id", 1},
                 {"token", alice.token()},
                 {"device", "phone"},
                 {"since", since}});
    CHECK(error_code(client.wait_for({{"id", 1}})) == "bad_request");
  }
}

TEST_CASE("an unpaired surrogate is refused wherever it stands") {
  const pair_of_users we;
  auto phone = we.alice.open();
  int64_t id = 1000;
  for (const auto* body :
       {R"(\ud800)", R"(\udc00)", R"(a\ud83dx)", R"(\ud83d\ud83d)",
        R"(\ude00\ud83d)", R"(\uD800\u0041)"}) {
    CAPTURE(body);
    const auto request = R"({"t":"send","id":)" + std::to_string(++id)
                         + R"(,"cid":"c","conv":")" + we.conv + R"(","body":")"
                         + body + R"("})";
    phone.send_text(request);
    const auto code = error_code(phone.wait_for({{"t", "error"}}));
    CHECK((code == "bad_frame" || code == "bad_request"));
  }
  phone.send_text(R"({"t":"send","id":1,"cid":"c","conv":")" + we.conv
                  + R"(","body":"\ud83d\ude00"})");
  phone.wait_for({{"t", "ack"}});
  CHECK(text_of(whole_history(we.bob, we.conv).at(0), "body")
        == "\xF0\x9F\x98\x80");
}

TEST_CASE("an escaped U+0000 is bad_request") {
  const pair_of_users we;
  auto phone = we.alice.open();
  CHECK(answer_to(phone, 1000,
                  R"("t":"send","cid":"c","body":"a\u0000b","conv":")" + we.conv
                      + "\"")
        == "bad_request");
}

TEST_CASE("names and conversations of any form are refused and never found") {
  const pair_of_users we;
  auto phone = we.alice.open();
  for (const auto& conv :
       {std::string(), std::string(":"), std::string("dm:"),
        std::string("dm::"), "dm:" + we.alice.user(),
        "dm:" + we.alice.user() + ":", we.conv + ":", we.conv + " ",
        std::string("g:"), std::string("g:short"), std::string("x:y"),
        repeated("x", 10'000), std::string("g:01hzx3v5m2q4r6s8t0w2y4z6a8")}) {
    CAPTURE(conv);
    for (const auto& request :
         {json::object{{"t", "history"}},
          json::object{{"t", "send"}, {"cid", "c"}, {"body", "x"}},
          json::object{{"t", "delete"}, {"seq", 1}}}) {
      const auto code =
          error_code(phone.request(with(request, {{"conv", conv}})));
      CHECK((code == "not_found" || code == "bad_request"));
    }
  }
  phone.settle();
}

} // namespace
} // namespace parley::test
