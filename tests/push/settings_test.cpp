#include "push/fcm_account.hpp"
#include "push/keys.hpp"
#include "support/temporary_directory.hpp"

#include "parley/push/apns.hpp"
#include "parley/push/fcm.hpp"
#include "parley/push/web_push.hpp"
#include "parley/push/webhook.hpp"

#include <boost/json.hpp>
#include <doctest/doctest.h>
#include <openssl/ec.h>
#include <openssl/rsa.h>

#include <fstream>

using namespace parley;
using namespace parley::push;

namespace {

struct bench {
  test::temporary_directory here;
  manual_wall_clock clock;
  std::unique_ptr<transport> by = std::move(transport::start({}).value());

  std::string put(std::string_view name, const std::string& text) {
    std::ofstream{here.file(name), std::ios::trunc} << text;
    return here.file(name);
  }
};

std::string message_of(const result<std::unique_ptr<provider>>& made) {
  return made ? "" : made.error().message;
}

std::string p256_pem() {
  return pem_of(make_p256().get());
}

std::string rsa_pem() {
  key_ptr key{EVP_RSA_gen(2048)};
  return pem_of(key.get());
}

} // namespace

TEST_CASE("Web Push says which setting is wrong") {
  bench on;
  auto keys = vapid_keys::open(on.here.file("vapid.key")).value();
  auto made = [&](web_push_settings from) {
    return message_of(
        make_web_push(*on.by, keys, from, on.clock, system_random()));
  };
  CHECK(made({"mailto:chat@example.com"}) == "");
  CHECK(made({"https://example.com/contact"}) == "");
  CHECK(made({"chat@example.com"}) == "contact: expected mailto: or https:");
  CHECK(made({"mailto:chat@example.com", std::chrono::hours{25}})
        == "token_life: expected up to 24 hours");
  CHECK(made({"mailto:chat@example.com", std::chrono::hours{0}})
        == "token_life: expected up to 24 hours");
}

TEST_CASE("the webhook says which setting is wrong") {
  bench on;
  auto secret = "whsec_" + std::string(32, 'A');
  auto made = [&](webhook_settings from) {
    return message_of(make_webhook(*on.by, from, on.clock));
  };
  CHECK(made({"https://gateway.example.com/push", secret}) == "");
  CHECK(made({"http://gateway.example.com/push", secret})
        == "url: endpoint: expected https");
  CHECK(made({"https://gateway.example.com/push", "secret"})
        == "secret: expected whsec_ and 24 to 64 bytes in base64");
}

TEST_CASE("APNs says which setting or file is wrong") {
  bench on;
  apns_settings good{on.put("key.p8", p256_pem()), "KEY1234567", "TEAM123456",
                     "chat.parley"};
  auto made = [&](auto change) {
    auto from = good;
    change(from);
    return message_of(make_apns(*on.by, from, on.clock));
  };
  CHECK(made([](auto&) {}) == "");
  CHECK(made([](auto& x) { x.key_id.clear(); }) == "key_id: is missing");
  CHECK(made([](auto& x) { x.team_id.clear(); }) == "team_id: is missing");
  CHECK(made([](auto& x) { x.topic.clear(); }) == "topic: is missing");
  CHECK(made([](auto& x) { x.url = "http://api.push.apple.com"; })
        == "url: endpoint: expected https");
  auto missing = on.here.file("missing.p8");
  CHECK(made([&](auto& x) { x.key_file = missing; })
        == missing + ": No such file or directory");
  auto rsa = on.put("rsa.p8", rsa_pem());
  CHECK(made([&](auto& x) { x.key_file = rsa; })
        == rsa + ": ES256 needs an EC key on P-256");
  auto text = on.put("text.p8", "no key");
  CHECK(made([&](auto& x) { x.key_file = text; })
        == text + ": holds no private key in PEM");
}

TEST_CASE("FCM says which key of the account's file is wrong") {
  bench on;
  boost::json::object good{
      {"type", "service_account"},
      {"project_id", "parley-1"},
      {"private_key_id", "abc"},
      {"private_key", rsa_pem()},
      {"client_email", "push@parley-1.iam.gserviceaccount.com"},
      {"token_uri", "https://oauth2.googleapis.com/token"}};
  auto made = [&](auto change) {
    auto account = good;
    change(account);
    auto file = on.put("account.json", boost::json::serialize(account));
    auto message = message_of(make_fcm(*on.by, {file}, on.clock));
    if (message.starts_with(file + ": "))
      message = message.substr(file.size() + 2);
    return message;
  };
  CHECK(made([](auto&) {}) == "");
  for (std::string key : {"project_id", "private_key", "private_key_id",
                          "client_email", "token_uri"}) {
    CHECK(made([&](auto& x) { x.erase(key); }) == key + ": is missing");
    CHECK(made([&](auto& x) { x[key] = 1; }) == key + ": is missing");
  }
  CHECK(made([](auto& x) { x["project_id"] = "../other"; })
        == "project_id: expected letters and digits");
  CHECK(made([](auto& x) { x["private_key"] = p256_pem(); })
        == "private_key: RS256 needs an RSA key of 2048 bits");
  CHECK(made([](auto& x) { x["token_uri"] = "https://10.0.0.1/token"; })
        == "token_uri: endpoint: leads to a private address");
  auto file = on.put("list.json", "[]");
  CHECK(message_of(make_fcm(*on.by, {file}, on.clock))
        == file + ": expected a JSON object");
}
