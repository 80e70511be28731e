#include "e2e/shared_node.hpp"
#include "support/doctest.hpp"

namespace parley::test {
namespace {

TEST_CASE("hello comes first and tells the node and its limits") {
  ws_client client(node().where());
  const auto hello = client.next();
  CHECK(includes(
      hello, {{"t", "hello"}, {"v", 1}, {"node", "n1"}, {"ping_ms", 25000}}));
  CHECK(includes(object_of(hello, "limits"), {{"body_chars", 100'000},
                                              {"frame_bytes", 1'310'720},
                                              {"group_members", 100},
                                              {"window", 256}}));
}

TEST_CASE("a client that offers parley.v1, alone or among others, gets it") {
  for (const auto* offer : {"parley.v1", "chat.v9, parley.v1"}) {
    CAPTURE(offer);
    ws_client client(node().where(), {.subprotocol = offer});
    CHECK(client.handshake().header("sec-websocket-protocol") == "parley.v1");
  }
}

TEST_CASE("a client that offers no subprotocol is accepted") {
  ws_client client(node().where(), {.subprotocol = ""});
  CHECK(text_of(client.next(), "t") == "hello");
}

TEST_CASE("a client that offers only other subprotocols is refused") {
  CHECK_THROWS_AS(ws_client(node().where(), {.subprotocol = "chat.v9"}),
                  upgrade_refused);
}

TEST_CASE("auth is answered with ready and then caught_up") {
  const auto alice = register_account(node(), "alice");
  ws_client client(node().where());
  client.wait_for({{"t", "hello"}});
  client.send({{"t", "auth"},
               {"id", 1},
               {"token", alice.token()},
               {"device", "phone-1"}});
  const auto ready = client.next();
  CHECK(includes(ready, {{"t", "ready"}, {"id", 1}, {"user", alice.user()}}));
  CHECK_FALSE(text_of(ready, "session").empty());
  const auto caught_up = client.next();
  CHECK(text_of(caught_up, "t") == "caught_up");
  CHECK(number_of(caught_up, "useq") == number_of(ready, "useq"));
}

TEST_CASE("a token may be renewed on a live session") {
  const auto alice = register_account(node(), "alice");
  auto phone = alice.open();
  const auto again = phone.request({{"t", "auth"},
                                    {"token", alice.another_login().token()},
                                    {"device", "phone"}});
  CHECK(text_of(again, "t") == "ready");
  phone.settle();
}

TEST_CASE("auth without a device, or with an ill-formed one, is bad_request "
          "and may be tried again") {
  const auto alice = register_account(node(), "alice");
  ws_client client(node().where());
  client.wait_for({{"t", "hello"}});
  const json::object auth{{"t", "auth"}, {"token", alice.token()}};
  client.send(with(auth, {{"id", 1}}));
  CHECK(error_code(client.wait_for({{"id", 1}})) == "bad_request");
  client.send(with(auth, {{"id", 2}, {"device", "my phone"}}));
  CHECK(error_code(client.wait_for({{"id", 2}})) == "bad_request");
  client.send(with(auth, {{"id", 3}, {"device", repeated("x", 65)}}));
  CHECK(error_code(client.wait_for({{"id", 3}})) == "bad_request");
  client.send(with(auth, {{"id", 4}, {"device", repeated("X", 64)}}));
  CHECK(text_of(client.wait_for({{"id", 4}}), "t") == "ready");
}

TEST_CASE("a frame may hold an array of requests, each of which is answered") {
  auto phone = register_account(node(), "alice").open();
  phone.send_array({json::object{{"t", "conversations"}, {"id", 101}},
                    json::object{{"t", "no such type"}, {"id", 102}},
                    json::object{{"t", "conversations"}, {"id", 103}}});
  CHECK(text_of(phone.wait_for({{"id", 101}}), "t") == "conversations");
  CHECK(text_of(phone.wait_for({{"id", 103}}), "t") == "conversations");
  CHECK(error_code(phone.wait_for({{"id", 102}})) == "unknown_type");
}

TEST_CASE("a request in fragments is one request") {
  auto phone = register_account(node(), "alice").open();
  phone.send_fragments({R"({"t":"conver)", R"(sations","i)", R"(d":7})"});
  CHECK(text_of(phone.wait_for({{"id", 7}}), "t") == "conversations");
}

TEST_CASE("ids come back as they were, however large") {
  auto phone = register_account(node(), "alice").open();
  for (int64_t id : {int64_t{0}, int64_t{-5}, int64_t{9'007'199'254'740'991}}) {
    CAPTURE(id);
    phone.send({{"t", "conversations"}, {"id", id}});
    CHECK(text_of(phone.wait_for({{"id", id}}), "t") == "conversations");
  }
}

TEST_CASE("unknown fields are ignored") {
  auto phone = register_account(node(), "alice").open();
  CHECK(text_of(phone.request({{"t", "conversations"},
                               {"colour", json::array{1, "red", nullptr}}}),
                "t")
        == "conversations");
}

TEST_CASE("ping is answered with the inbox's head") {
  const auto alice = register_account(node(), "alice");
  const auto bob = register_account(node(), "bob");
  auto phone = alice.open();
  bob.open().say(direct(alice, bob), "hi");
  const auto event = phone.wait_for({{"t", "msg"}});
  phone.send({{"t", "ping"}});
  CHECK(number_of(phone.wait_for({{"t", "pong"}}), "useq")
        >= number_of(event, "useq"));
}

TEST_CASE("a WebSocket ping is answered with its payload") {
  auto phone = register_account(node(), "alice").open();
  phone.send_ping("payload");
  CHECK(phone.wait_pong() == "payload");
}

TEST_CASE("an origin that is not allowed cannot open a WebSocket") {
  try {
    ws_client client(node().where(), {.origin = "https://evil.example"});
    FAIL("the upgrade worked");
  } catch (const upgrade_refused& refusal) {
    CHECK(refusal.response.status == 403);
  }
}

TEST_CASE("configured origins, the node's own, and none open a WebSocket") {
  server_process other(overrides{
      {"http.public_url", "https://chat.example"},
      {"http.allowed_origins", toml_value::list({"https://app.example"})}});
  for (const auto* origin :
       {"https://chat.example", "https://app.example", ""}) {
    CAPTURE(origin);
    ws_client client(other.where(), {.origin = origin});
    CHECK(text_of(client.next(), "t") == "hello");
  }
}

TEST_CASE("compression is offered only when the config says so") {
  ws_client plain(node().where(), {.compression = true});
  CHECK(plain.handshake().header("sec-websocket-extensions").empty());

  server_process other(overrides{{"http.compression", true}});
  const auto alice = register_account(other, "alice");
  session_options options;
  options.transport.compression = true;
  auto phone = alice.open(options);
  CHECK(phone.handshake()
            .header("sec-websocket-extensions")
            .starts_with("permessage-deflate"));
  const auto text = repeated("compressible ", 1000);
  phone.say(direct(alice, alice), text);
  CHECK(text_of(whole_history(alice, direct(alice, alice)).at(0), "body")
        == text);
}

} // namespace
} // namespace parley::test
