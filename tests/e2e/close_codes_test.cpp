#include "e2e/shared_node.hpp"
#include "support/doctest.hpp"
#include "support/tcp_client.hpp"
#include "support/tokens.hpp"

// One case for each row of the contract's close codes. 4000 is in
// shutdown_test, 4008 in window_test, 4009 in rates_test; 4502 and 4510 have
// more in login_test, admin_test and devices_test.

namespace parley::test {
namespace {

/// A node whose timeouts pass while a test waits for them.
server_process& impatient_node() {
  static server_process process(overrides{{"http.ping_interval", "150ms"},
                                          {"http.auth_timeout", "300ms"}});
  return process;
}

/// A node whose tokens expire while a test waits for it.
server_process& forgetful_node() {
  static server_process process(
      overrides{{"auth.access_ttl", "2s"}, {"auth.expiry_grace", "300ms"}});
  return process;
}

/// Whether the node says goodbye within the time.
bool says_close(tcp_client& to, milliseconds limit) {
  try {
    return to.read_frame(limit).kind == opcode::close;
  } catch (const timed_out&) {
    return false;
  }
}

int close_code_of(const std::string& payload) {
  return static_cast<uint8_t>(payload.at(0)) << 8
         | static_cast<uint8_t>(payload.at(1));
}

json::object auth_with(const std::string& token) {
  return {{"t", "auth"}, {"id", 1}, {"token", token}, {"device", "phone"}};
}

TEST_CASE("1003: a binary frame") {
  auto phone = register_account(node(), "alice").open();
  phone.send_binary(R"({"t":"ping"})");
  CHECK(phone.wait_close() == 1003);
}

TEST_CASE("1007: a text frame that is not UTF-8") {
  for (const auto* text : {"\xC3\x28", "\xED\xA0\x80", "\xF4\x90\x80\x80",
                           "\xC0\xAF", "{\"t\":\"ping\"\xFF}"}) {
    CAPTURE(text);
    auto phone = register_account(node(), "alice").open();
    phone.send_bytes(frame(opcode::text, text));
    CHECK(phone.wait_close() == 1007);
  }
}

TEST_CASE("1009: a frame over 1.25 MiB, told by its header alone") {
  auto phone = register_account(node(), "alice").open();
  phone.send_bytes(frame_header(opcode::text, 1'310'721));
  CHECK(phone.wait_close() == 1009);
}

TEST_CASE("1009: fragments that are over the limit together") {
  auto phone = register_account(node(), "alice").open();
  const auto half = repeated(" ", 700'000);
  phone.send_bytes(frame(opcode::text, half, {.fin = false}));
  phone.send_bytes(frame_header(opcode::continuation, half.size()));
  phone.send_bytes(half);
  CHECK(phone.wait_close() == 1009);
}

TEST_CASE("a frame of exactly the limit is read") {
  auto phone = register_account(node(), "alice").open();
  auto text = std::string(R"({"t":"ping"})");
  text.append(1'310'720 - text.size(), ' ');
  phone.send_text(text);
  phone.wait_for({{"t", "pong"}});
}

TEST_CASE("before auth a frame of 64 KiB is read, a longer one is 1009") {
  const auto alice = register_account(node(), "alice");
  auto text = json::serialize(auth_with(alice.token()));
  text.append(65'536 - text.size(), ' ');
  ws_client client(node().where());
  client.send_text(text);
  CHECK(text_of(client.wait_for({{"id", 1}}), "t") == "ready");

  ws_client other(node().where());
  other.send_bytes(frame_header(opcode::text, text.size() + 1));
  CHECK(other.wait_close() == 1009);
}

TEST_CASE("4001: no sign of life after a ping and two more") {
  const auto alice = register_account(impatient_node(), "alice");
  auto silent = upgraded(impatient_node().where());
  silent.write(frame(opcode::text, json::serialize(auth_with(alice.token()))));
  int pings = 0;
  auto received = silent.read_frame();
  for (; received.kind != opcode::close; received = silent.read_frame())
    pings += received.kind == opcode::ping;
  CHECK(pings >= 1);
  CHECK(close_code_of(received.payload) == 4001);
}

TEST_CASE("a session that answers pings is left alone") {
  const auto alice = register_account(impatient_node(), "alice");
  auto browser = alice.on("browser");
  auto silent = upgraded(impatient_node().where());
  silent.write(frame(opcode::text, json::serialize(auth_with(alice.token()))));
  while (!says_close(silent, milliseconds(20)))
    browser.poll(milliseconds(20));
  browser.settle();
}

TEST_CASE("4500: a request before auth") {
  for (const auto* request :
       {R"({"t":"conversations","id":1})", R"({"t":"ping"})",
        R"({"t":"send","id":1,"cid":"c","to":"alice","body":"x"})"}) {
    CAPTURE(request);
    ws_client client(node().where());
    client.send_text(request);
    CHECK(client.wait_close() == 4500);
  }
}

TEST_CASE("4500: another user's token in a repeated auth") {
  auto phone = register_account(node(), "alice").open();
  phone.send(auth_with(register_account(node(), "bob").token()));
  CHECK(phone.wait_close() == 4500);
}

TEST_CASE("4501: no auth in time") {
  ws_client client(impatient_node().where());
  CHECK(client.wait_close() == 4501);
}

TEST_CASE("4501: an unknown, forged or unsigned token") {
  const auto alice = register_account(node(), "alice");
  const auto bob = register_account(node(), "bob");
  const std::vector<std::string> bad_tokens{
      "x",
      "a.b.c",
      alice.refresh_token(),
      with_subject(bob.token(), alice.user()),
      hs256_token("a secret of somebody else's", claims_of(alice.token())),
      unsigned_token(claims_of(alice.token()))};
  for (const auto& token : bad_tokens) {
    CAPTURE(token);
    ws_client client(node().where());
    client.send(auth_with(token));
    CHECK(client.wait_close() == 4501);
    CHECK(client.seen({{"t", "ready"}}).empty());
  }
}

TEST_CASE("4501: a session outlives its token by the grace only, unless it "
          "renews") {
  const auto alice = register_account(forgetful_node(), "alice");
  auto idle = alice.on("idle");
  auto careful = alice.on("careful");
  while (idle.open()) {
    const auto fresh = alice.another_login().token();
    CHECK(text_of(
              careful.request(with(auth_with(fresh), {{"device", "careful"}})),
              "t")
          == "ready");
    idle.poll(milliseconds(100));
  }
  CHECK(idle.wait_close() == 4501);
  careful.settle();
}

TEST_CASE("4501: an expired token opens nothing") {
  const auto alice = register_account(forgetful_node(), "alice");
  CHECK(eventually([&] { return alice.get("/v1/me").status == 401; }));
  ws_client client(forgetful_node().where());
  client.send(auth_with(alice.token()));
  CHECK(client.wait_close() == 4501);
}

TEST_CASE("4502: the login ended") {
  const auto alice = register_account(node(), "alice");
  auto phone = alice.open();
  const auto answer = alice.post(
      "/v1/logout", json::object{{"refresh_token", alice.refresh_token()}});
  CHECK(succeeded(answer));
  CHECK(phone.wait_close() == 4502);
}

TEST_CASE("4510: replaced by a newer session of the same device") {
  const auto alice = register_account(node(), "alice");
  auto first = alice.on("phone");
  auto second = alice.on("phone");
  CHECK(first.wait_close() == 4510);
  second.settle();
}

} // namespace
} // namespace parley::test
