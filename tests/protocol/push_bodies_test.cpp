#include "parley/protocol/push_bodies.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace parley;
using namespace parley::protocol;

namespace {

std::string refusal(const result<subscription_body>& x) {
  return x ? "taken" : x.error().message;
}
std::string refusal(const result<quiet_body>& x) {
  return x ? "taken" : x.error().message;
}

const std::string browser =
    R"({"endpoint":"https://p.example/1","expirationTime":null,)"
    R"("keys":{"p256dh":"BK","auth":"au"}})";

} // namespace

TEST_CASE("a browser's own form of a subscription is taken as it is") {
  auto x = parse_subscription(browser);
  REQUIRE(x.has_value());
  CHECK(x->kind == subscription_body::service::web_push);
  CHECK(x->endpoint == "https://p.example/1");
  CHECK(x->p256dh == "BK");
  CHECK(x->auth == "au");
  CHECK(x->device == "");
}

TEST_CASE("each kind of subscription has what belongs to it") {
  auto web = parse_subscription(
      R"({"kind":"webpush","endpoint":"e","keys":{"p256dh":"k","auth":"a"},)"
      R"("device":"laptop"})");
  REQUIRE(web.has_value());
  CHECK(web->device == "laptop");
  auto apns = parse_subscription(R"({"kind":"apns","token":"00ff"})");
  REQUIRE(apns.has_value());
  CHECK(apns->kind == subscription_body::service::apns);
  CHECK(apns->token == "00ff");
  auto fcm = parse_subscription(R"({"kind":"fcm","token":"x:y"})");
  REQUIRE(fcm.has_value());
  CHECK(fcm->kind == subscription_body::service::fcm);
}

TEST_CASE("what is no subscription is refused with what was expected") {
  auto why = [](std::string_view body) {
    return refusal(parse_subscription(body));
  };
  CHECK(why("{}") == "endpoint: expected a string");
  CHECK(why(R"({"endpoint":"e"})")
        == "keys: expected an object with p256dh and auth");
  CHECK(why(R"({"endpoint":"e","keys":{"auth":"a"}})")
        == "keys.p256dh: expected a string");
  CHECK(why(R"({"kind":"sms","token":"1"})")
        == "kind: expected webpush, apns or fcm");
  CHECK(why(R"({"kind":"fcm"})") == "token: expected a string");
  CHECK(why(R"({"kind":"fcm","token":"t","device":"a b"})")
        == "device: expected 1 to 64 of A-Z a-z 0-9 . _ -");
  CHECK(why("[]") == "expected a JSON object");
  CHECK(why("{") == "not valid JSON");
  CHECK(why("\xff") == "expected UTF-8");
  CHECK(parse_subscription(R"({"kind":"fcm","token":")" + std::string(4097, 'x')
                           + "\"}")
            .error()
            .code
        == errc::too_large);
  CHECK(parse_subscription(std::string(16'385, ' ')).error().code
        == errc::too_large);
}

TEST_CASE("quiet hours are times of the day, or none") {
  auto x = parse_quiet(
      R"({"quiet_from":"22:05","quiet_to":"07:00","utc_offset_minutes":-90})");
  REQUIRE(x.has_value());
  CHECK(x->from == 22 * 60 + 5);
  CHECK(x->to == 7 * 60);
  CHECK(x->offset_minutes == -90);
  for (auto none : {"{}", R"({"quiet_from":null,"quiet_to":null})",
                    R"({"quiet_from":"22:00","quiet_to":null})"}) {
    auto off = parse_quiet(none);
    REQUIRE(off.has_value());
    CHECK(off->from == off->to);
  }
}

TEST_CASE("what is no time of the day is refused") {
  for (auto time :
       {"24:00", "22:60", "2:00", "22.00", "22:000", "", "ab:cd", "-1:00"}) {
    CAPTURE(time);
    auto body =
        std::string{R"({"quiet_from":")"} + time + R"(","quiet_to":"07:00"})";
    CHECK(refusal(parse_quiet(body))
          == "quiet_from: expected a time of the day, 00:00 to 23:59");
  }
  CHECK(refusal(parse_quiet(R"({"quiet_from":7,"quiet_to":"07:00"})"))
        == "quiet_from: expected a string");
  CHECK(refusal(parse_quiet(R"({"quiet_from":"07:00","quiet_to":"07:00"})"))
        == "quiet_to: expected another time than quiet_from");
  for (auto offset : {"841", "-841", "1.5", "null", "\"1\""})
    CHECK(refusal(parse_quiet(R"({"utc_offset_minutes":)" + std::string{offset}
                              + "}"))
          == "utc_offset_minutes: expected an integer from -840 to 840");
}

TEST_CASE("a time of the day is written as it is read") {
  CHECK(clock_text(0) == "00:00");
  CHECK(clock_text(7 * 60 + 5) == "07:05");
  CHECK(clock_text(23 * 60 + 59) == "23:59");
}
