#include "push/base64.hpp"
#include "push/keys.hpp"

#include "parley/push/subscription.hpp"

#include <doctest/doctest.h>
#include <openssl/ec.h>

using namespace parley;
using namespace parley::push;

namespace {

const std::string good_point = to_base64url(point_of(make_p256().get()));
const std::string good_auth = to_base64url(std::string(16, 'a'));

web_push_target at(std::string url) {
  return {std::move(url), good_point, good_auth};
}

std::string message_of(const target& to, bool allow_private = false) {
  auto wrong = check(to, {allow_private});
  return wrong ? wrong->message : "";
}

} // namespace

TEST_CASE("a browser's subscription is taken as it comes") {
  CHECK(message_of(at("https://fcm.googleapis.com/fcm/send/abc")) == "");
  CHECK(message_of(at("https://push.example.com:8443/p?q=1")) == "");
  auto padded = at("https://push.example.com/");
  padded.p256dh += "=";
  padded.auth += "==";
  CHECK(message_of(padded) == "");
}

TEST_CASE("an endpoint that is not of the open internet is refused") {
  for (auto url :
       {"https://127.0.0.1/x", "https://localhost/x", "https://0x7f.1/x",
        "https://0177.0.0.1/x", "https://2130706433/x", "https://127.1/x",
        "https://%31%32%37.0.0.1/x", "https://[::1]/x",
        "https://[::ffff:10.0.0.1]/x", "https://[::ffff:a00:1]/x",
        "https://[fe80::1%25eth0]/x", "https://[fd00::1]/x",
        "https://169.254.169.254/latest/meta-data", "https://0/x",
        "https://224.0.0.1/x"}) {
    CAPTURE(url);
    CHECK(check(at(url), {}).value().code == errc::bad_request);
  }
  CHECK(message_of(at("https://10.0.0.1/x"))
        == "endpoint: leads to a private address");
  CHECK(message_of(at("https://10.0.0.1/x"), true) == "");
  CHECK(message_of(at("https://[::1]:8443/x"), true) == "");
}

TEST_CASE("an endpoint that is no plain https URL is refused") {
  CHECK(message_of(at("http://push.example.com/x"))
        == "endpoint: expected https");
  CHECK(message_of(at("http://push.example.com/x"), true) == "");
  CHECK(message_of(at("ftp://push.example.com/x"), true)
        == "endpoint: expected https");
  CHECK(message_of(at("https://me@push.example.com/x"))
        == "endpoint: expected no user in it");
  CHECK(message_of(at("https://push.example.com@10.0.0.1/x"))
        == "endpoint: expected no user in it");
  for (auto url :
       {"", "push.example.com/x", "//push.example.com", "https://",
        "https://push.example.com/a b", "https://push.example.com/\r\nX: y",
        "https://p\xc3\xbcsh.example.com/"}) {
    CAPTURE(url);
    CHECK(message_of(at(url)) != "");
  }
  auto longest = "https://push.example.com/" + std::string(2023, 'x');
  CHECK(message_of(at(longest)) == "");
  CHECK(check(at(longest + "x"), {}).value().code == errc::too_large);
}

TEST_CASE("keys that are none of a browser's are refused") {
  auto with = [](std::string p256dh, std::string auth) {
    return message_of(web_push_target{"https://push.example.com/",
                                      std::move(p256dh), std::move(auth)});
  };
  auto no_point =
      "p256dh: expected an uncompressed point on P-256 in base64url";
  auto point = point_of(make_p256().get());
  auto off_curve = point;
  off_curve.back() = static_cast<char>(off_curve.back() ^ 1);
  auto compressed = std::string{"\x02"} + point.substr(1, 32);
  CHECK(with(to_base64url(off_curve), good_auth) == no_point);
  CHECK(with(to_base64url(compressed), good_auth) == no_point);
  CHECK(with(to_base64url(std::string(65, '\4')), good_auth) == no_point);
  CHECK(with(to_base64url(point.substr(0, 64)), good_auth) == no_point);
  CHECK(with("no base64 at all!", good_auth) == no_point);
  CHECK(with("", good_auth) == no_point);
  key_ptr other{EVP_EC_gen("secp256k1")};
  std::string other_point(65, '\0');
  size_t size = 0;
  REQUIRE(EVP_PKEY_get_octet_string_param(
              other.get(), "pub",
              reinterpret_cast<unsigned char*>(other_point.data()),
              other_point.size(), &size)
          == 1);
  CHECK(with(to_base64url(other_point), good_auth) == no_point);
  auto no_auth = "auth: expected 16 bytes in base64url";
  CHECK(with(good_point, to_base64url(std::string(15, 'a'))) == no_auth);
  CHECK(with(good_point, to_base64url(std::string(17, 'a'))) == no_auth);
  CHECK(with(good_point, "***") == no_auth);
}

TEST_CASE("device tokens are checked before they go into a URL") {
  CHECK(message_of(apns_target{std::string(64, 'a')}) == "");
  for (auto token : {"", "abc", "../3/other", "zz", "aa bb"}) {
    CAPTURE(token);
    CHECK(message_of(apns_target{token}) != "");
  }
  CHECK(check(apns_target{std::string(202, 'a')}, {}).value().code
        == errc::too_large);
  CHECK(message_of(fcm_target{"dQw4:APA91b-x_y"}) == "");
  CHECK(message_of(fcm_target{""}) != "");
  CHECK(message_of(fcm_target{"a\nb"}) != "");
  CHECK(check(fcm_target{std::string(4097, 'a')}, {}).value().code
        == errc::too_large);
}
