#include "support/account.hpp"
#include "support/doctest.hpp"
#include "support/push_server.hpp"

namespace parley::test {
namespace {

/// The browser of RFC 8291's example.
json::object browser(const std::string& endpoint) {
  return {{"endpoint", endpoint},
          {"keys",
           {{"p256dh", "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-"
                       "AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"},
            {"auth", "BTBZMqHH6r4Tts7J_aSIgg"}}}};
}

overrides settings_for(const push_server& hook) {
  return {{"push.delay", "100ms"},
          {"push.allow_private_endpoints", true},
          {"push.webhook.url", hook.url("hook")},
          {"push.webhook.secret", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}};
}

constexpr auto subscriptions_path = "/v1/push/subscriptions";

std::vector<json::object> subscriptions_of(const account& user) {
  return objects_of(user.get(subscriptions_path).object(), "subscriptions");
}

void subscribe(const account& user, const json::object& body) {
  const auto answer = user.post(subscriptions_path, body);
  CHECK(answer.status == 201);
}

/// Whether a webhook's request is about that conversation.
auto about(const std::string& conv) {
  return [conv](const push_server::received& x) {
    return x.body.find('"' + conv + '"') != std::string::npos;
  };
}

TEST_CASE("a message for somebody who is away goes to the browser, encrypted, "
          "and to the webhook, signed") {
  push_server hook;
  push_server browsers;
  server_process node{settings_for(hook)};
  const auto alice = register_account(node, "alice");
  const auto bob = register_account(node, "bob");
  subscribe(bob, browser(browsers.url("bob")));
  alice.open().say(direct(alice, bob), "a secret word");
  const auto web = browsers.wait_for("bob");
  CHECK(web.headers.at("content-encoding") == "aes128gcm");
  CHECK(web.headers.at("authorization").starts_with("vapid "));
  CHECK(web.headers.count("ttl") == 1);
  CHECK(web.headers.count("topic") == 1);
  CHECK(web.body.find("secret") == std::string::npos);
  const auto told = hook.wait_for(about(direct(alice, bob)));
  CHECK(told.headers.count("webhook-signature") == 1);
  CHECK(told.body.find(bob.user()) != std::string::npos);
  CHECK(told.body.find("secret") == std::string::npos);
}

TEST_CASE("what is acknowledged in time makes no notification, what is not "
          "makes one") {
  push_server hook;
  server_process node{settings_for(hook)};
  const auto alice = register_account(node, "alice");
  const auto bob = register_account(node, "bob");
  const auto cyd = register_account(node, "cyd");
  auto reading = bob.on("phone");
  auto idle = cyd.open({.device = "phone", .acknowledges = false});
  auto sender = alice.open();
  for (int i = 0; i < 5; ++i) {
    sender.say(direct(alice, bob), "hello");
    reading.wait_for({{"t", "msg"}, {"seq", i + 1}});
    reading.settle();
  }
  sender.say(direct(alice, cyd), "hello");
  hook.wait_for(about(direct(alice, cyd)));
  for (const auto& x : hook.all())
    CHECK_FALSE(about(direct(alice, bob))(x));
}

TEST_CASE("the text goes out when the settings say so") {
  push_server hook;
  auto with = settings_for(hook);
  with.insert_or_assign("push.include_text", true);
  server_process node{with};
  const auto alice = register_account(node, "alice");
  const auto bob = register_account(node, "bob");
  alice.open().say(direct(alice, bob), "a public word");
  CHECK(hook.wait_for(about(direct(alice, bob))).body.find("a public word")
        != std::string::npos);
}

TEST_CASE("a dead subscription is removed") {
  push_server hook;
  push_server browsers;
  server_process node{settings_for(hook)};
  const auto alice = register_account(node, "alice");
  const auto bob = register_account(node, "bob");
  subscribe(bob, browser(browsers.url("dead")));
  browsers.answer(410);
  alice.open().say(direct(alice, bob), "hello");
  browsers.wait_for("dead");
  CHECK(eventually([&] { return subscriptions_of(bob).empty(); }));
}

TEST_CASE("a service that is not there for a while gets it later, once") {
  push_server hook;
  server_process node{settings_for(hook)};
  const auto alice = register_account(node, "alice");
  const auto bob = register_account(node, "bob");
  hook.answer(503, {{"Retry-After", "1"}});
  alice.open().say(direct(alice, bob), "hello");
  hook.wait_count(1);
  hook.answer(204);
  const auto all = hook.wait_count(2);
  CHECK(all[0].headers.at("webhook-id") == all[1].headers.at("webhook-id"));
  CHECK(eventually([&] {
    return get(node, "/metrics").body.find("parley_push_taken_total 1")
           != std::string::npos;
  }));
}

TEST_CASE("a service that hangs and one that redirects hold nothing else up") {
  push_server hook;
  push_server hangs;
  push_server redirects;
  server_process node{settings_for(hook)};
  hangs.hang();
  redirects.answer(307, {{"Location", hook.url("stolen")}});
  const auto alice = register_account(node, "alice");
  const auto people = register_accounts(node, "user", 40);
  auto sender = alice.open();
  for (const auto& person : people) {
    subscribe(person, browser(hangs.url(person.user())));
    subscribe(person, browser(redirects.url(person.user())));
    sender.say(direct(alice, person), "hello");
  }
  for (const auto& person : people)
    hook.wait_for(about(direct(alice, person)));
  for (const auto& x : hook.all())
    CHECK(x.target == "/hook");
  CHECK_FALSE(redirects.all().empty());
}

TEST_CASE("quiet hours are kept, and a muted conversation does not notify") {
  push_server hook;
  server_process node{settings_for(hook)};
  const auto alice = register_account(node, "alice");
  const auto bob = register_account(node, "bob");
  const auto cyd = register_account(node, "cyd");
  constexpr auto path = "/v1/push/settings";
  const auto untouched = bob.get(path).object();
  CHECK(field(untouched, "enabled") == true);
  CHECK(field(untouched, "quiet_from").is_null());
  CHECK(bob.put(path, {{"quiet_from", "22:00"}, {"quiet_to", "07:00"}}).status
        == 204);
  CHECK(text_of(bob.get(path).object(), "quiet_to") == "07:00");
  CHECK(problem(bob.put(path, {{"quiet_from", "25:00"}, {"quiet_to", "1"}}))
        == "400 bad_request");
  auto sender = alice.open();
  sender.say(direct(alice, cyd), "first");
  hook.wait_for(about(direct(alice, cyd)));
  const auto muted = conversation_path(direct(alice, cyd), "/settings");
  CHECK(cyd.put(muted, {{"muted_until", 4'000'000'000'000}}).status == 204);
  const auto before = hook.all().size();
  sender.say(direct(alice, cyd), "second");
  // Later ones of others come, and this one did not come before them.
  const auto dan = register_account(node, "dan");
  sender.say(direct(alice, dan), "third");
  hook.wait_for(about(direct(alice, dan)));
  CHECK(hook.all().size() == before + 1);
}

TEST_CASE("a subscription ends with the login that made it, and by its id") {
  push_server hook;
  server_process node{settings_for(hook)};
  const auto bob = register_account(node, "bob");
  const auto other = bob.another_login();
  subscribe(bob, browser(hook.url("one")));
  subscribe(other, browser(hook.url("two")));
  CHECK(bob.post(subscriptions_path, browser(hook.url("one"))).status == 200);
  REQUIRE(subscriptions_of(bob).size() == 2);
  CHECK(succeeded(
      post(node, "/v1/logout", {{"refresh_token", other.refresh_token()}})));
  const auto left = subscriptions_of(bob);
  REQUIRE(left.size() == 1);
  const auto path =
      std::string{subscriptions_path} + "/" + text_of(left[0], "id");
  CHECK(bob.remove(path).status == 204);
  CHECK(problem(bob.remove(path)) == "404 not_found");
  CHECK(subscriptions_of(bob).empty());
}

TEST_CASE("a subscription that leads into the node's own network, or has keys "
          "that are none, is refused") {
  server_process node;
  const auto bob = register_account(node, "bob");
  auto refused = [&](const json::object& body) {
    return problem(bob.post(subscriptions_path, body));
  };
  for (auto endpoint :
       {"https://127.0.0.1/x", "https://localhost/x", "https://[::1]/x",
        "https://10.0.0.1/x", "https://169.254.169.254/latest", "ftp://a.b/x",
        "http://push.example.org/x", "not an address"}) {
    CAPTURE(endpoint);
    CHECK(refused(browser(endpoint)) == "400 bad_request");
  }
  auto wrong = browser("https://push.example.org/x");
  wrong["keys"].as_object()["p256dh"] = "BAAA";
  CHECK(refused(wrong) == "400 bad_request");
  wrong = browser("https://push.example.org/x");
  wrong["keys"].as_object()["auth"] = "AA";
  CHECK(refused(wrong) == "400 bad_request");
  CHECK(refused({{"kind", "apns"}, {"token", "00ff"}}) == "400 bad_request");
  CHECK(subscriptions_of(bob).empty());
  CHECK(succeeded(
      bob.post(subscriptions_path, browser("https://push.example.org/x"))));
}

TEST_CASE("the key for browsers stays over restarts") {
  server_process node;
  const auto bob = register_account(node, "bob");
  const auto key = text_of(bob.get("/v1/push/vapid-key").object(), "key");
  CHECK(key.size() == 87);
  node.terminate();
  node.restart();
  CHECK(text_of(bob.get("/v1/push/vapid-key").object(), "key") == key);
}

TEST_CASE(
    "where notifications are switched off there is no key, and nothing is "
    "taken") {
  server_process node{overrides{{"push.enabled", false}}};
  const auto bob = register_account(node, "bob");
  CHECK(problem(bob.get("/v1/push/vapid-key")) == "404 not_found");
  CHECK(problem(bob.post(subscriptions_path, browser("https://p.example/x")))
        == "404 not_found");
  CHECK(field(bob.get("/v1/push/settings").object(), "enabled") == false);
}

} // namespace
} // namespace parley::test
