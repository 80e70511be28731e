#include "support/account.hpp"
#include "support/doctest.hpp"
#include "support/frames.hpp"
#include "support/recording.hpp"
#include "support/scripted_server.hpp"
#include "support/tcp_client.hpp"
#include "support/tokens.hpp"
#include "support/ws_client.hpp"

#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <jwt.h>

#include <csignal>

namespace parley::test {
namespace {

namespace websocket = boost::beast::websocket;

void say(server_socket& socket, std::string_view text) {
  socket.text(true);
  socket.write(boost::asio::buffer(text.data(), text.size()));
}

std::string hear(server_socket& socket) {
  boost::beast::flat_buffer buffer;
  socket.read(buffer);
  return boost::beast::buffers_to_string(buffer.data());
}

TEST_CASE("objects come one by one, whether alone or in an array") {
  scripted_server server([](server_socket& socket) {
    socket.accept();
    say(socket, R"([{"t":"a"},{"t":"b"}])");
    say(socket, R"({"t":"c"})");
  });
  ws_client client(server.where());
  CHECK(text_of(client.next(), "t") == "a");
  CHECK(text_of(client.next(), "t") == "b");
  CHECK(text_of(client.next(), "t") == "c");
  server.join();
}

TEST_CASE("wait_for leaves what came before, and the transcript has all") {
  scripted_server server([](server_socket& socket) {
    socket.accept();
    say(socket, R"([{"t":"a"},{"t":"b","n":1},{"t":"b","n":2},{"t":"c"}])");
  });
  ws_client client(server.where());
  CHECK(number_of(client.wait_for({{"t", "b"}, {"n", 2}}), "n") == 2);
  CHECK(text_of(client.next(), "t") == "a");
  CHECK(number_of(client.next(), "n") == 1);
  CHECK(client.seen({{"t", "b"}}).size() == 2);
  CHECK(client.transcript().size() == 4);
  server.join();
}

TEST_CASE("the close code is kept, and an end without one is 1006") {
  scripted_server polite([](server_socket& socket) {
    socket.accept();
    socket.close({static_cast<websocket::close_code>(4510), "replaced"});
  });
  ws_client client(polite.where());
  CHECK(client.wait_close() == 4510);
  CHECK_FALSE(client.open());
  CHECK_THROWS_AS(client.next(), std::runtime_error);
  polite.join();

  scripted_server rude([](server_socket& socket) { socket.accept(); });
  ws_client other(rude.where());
  rude.join();
  CHECK(other.wait_close() == 1006);
}

TEST_CASE("waiting in vain ends with the deadline and keeps the connection") {
  scripted_server server([](server_socket& socket) {
    socket.accept();
    say(socket, hear(socket));
  });
  ws_client client(server.where());
  CHECK_THROWS_AS(client.next(milliseconds(1)), timed_out);
  CHECK_FALSE(client.poll(milliseconds(1)).has_value());
  client.send(json::object{{"t", "late"}});
  CHECK(text_of(client.next(), "t") == "late");
  server.join();
}

TEST_CASE("a refused upgrade shows the answer") {
  scripted_server server([](server_socket& socket) {
    boost::asio::write(socket.next_layer(),
                       boost::asio::buffer(std::string_view(
                           "HTTP/1.1 403 Forbidden\r\nX-Why: origin\r\n"
                           "Content-Length: 2\r\n\r\nno")));
  });
  try {
    ws_client client(server.where());
    FAIL("the upgrade worked");
  } catch (const upgrade_refused& refusal) {
    CHECK(refusal.response.status == 403);
    CHECK(refusal.response.header("X-Why") == "origin");
  }
  server.join();
}

TEST_CASE("fragments, pings, binary and other text reach the peer") {
  scripted_server server([](server_socket& socket) {
    socket.accept();
    CHECK(hear(socket) == "one two");
    CHECK(hear(socket) == "\x01\x02");
    CHECK(socket.got_binary());
    say(socket, "not JSON");
    hear(socket);
  });
  ws_client client(server.where());
  client.send_fragments({"one", " ", "two"});
  client.send_binary("\x01\x02");
  CHECK(client.next_message().payload == "not JSON");
  client.send_ping("are you there");
  client.send_text("the end");
  CHECK(client.wait_pong() == "are you there");
  server.join();
}

TEST_CASE("hand-made frames of every length are what the peer reads") {
  scripted_server server([](server_socket& socket) {
    socket.accept();
    for (size_t length : {0, 125, 126, 65'535, 65'536})
      CHECK(hear(socket).size() == length);
    socket.close(websocket::close_code::normal);
  });
  {
    auto client = upgraded(server.where());
    for (size_t length : {0, 125, 126, 65'535, 65'536})
      CHECK(client.write(frame(opcode::text, repeated("x", length))));
    CHECK(client.read_frame().kind == opcode::close);
    client.write(frame(opcode::close, ""));
    CHECK(client.closed_within(patience));
  }
  server.join();
}

TEST_CASE("a flood ends when the peer takes no more") {
  std::promise<void> over;
  scripted_server server([&over](server_socket& socket) {
    socket.accept();
    over.get_future().wait();
  });
  auto client = upgraded(server.where());
  constexpr size_t far_too_much = size_t{1} << 30;
  const auto taken =
      client.flood(repeated("x", 65'536), far_too_much, milliseconds(100));
  CHECK(taken > 0);
  CHECK(taken < far_too_much);
  over.set_value();
  server.join();
}

TEST_CASE("an HTTP answer comes with status, headers and body") {
  scripted_server server([](server_socket& socket) {
    std::string request;
    boost::asio::read_until(socket.next_layer(),
                            boost::asio::dynamic_buffer(request), "\r\n\r\n");
    CHECK(request.starts_with("GET /v1/me HTTP/1.1\r\n"));
    CHECK(request.find("Authorization: Bearer abc\r\n") != std::string::npos);
    boost::asio::write(
        socket.next_layer(),
        boost::asio::buffer(std::string_view(
            "HTTP/1.1 404 Not Found\r\nContent-Type: "
            "application/problem+json\r\n"
            "Content-Length: "
            "33\r\n\r\n{\"status\":404,\"code\":\"not_found\"}")));
  });
  http_request request;
  request.target = "/v1/me";
  request.token = "abc";
  CHECK(problem(fetch(server.where(), request)) == "404 not_found");
  server.join();
}

TEST_CASE("a malformed problem document is called so") {
  http_response plain{404, {{"content-type", "text/plain"}}, "no"};
  CHECK(problem(plain) == "404 as text/plain: no");
  http_response torn{404,
                     {{"content-type", "application/problem+json"}},
                     R"({"status":400,"code":"not_found"})"};
  CHECK(problem(torn).find("another status") != std::string::npos);
}

TEST_CASE("a child's output and exit status are known") {
  const auto done = run({"/bin/sh", "-c", "echo out; echo err >&2; exit 3"});
  CHECK(done.status == 3);
  CHECK(done.output == "out\n");
  CHECK(done.errors == "err\n");
  CHECK(run({"/bin/sh", "-c", "echo $X"}, {{"X", "y"}}).output == "y\n");
  CHECK(run({"/bin/cat"}, {}, "in").output == "in");
  CHECK_THROWS_AS(child_process({"/no/such/program"}), std::system_error);
}

TEST_CASE("a child is waited for by line and ended by signal") {
  child_process child(
      {"/bin/sh", "-c", "echo one; echo two; exec tail -f /dev/null"});
  CHECK(child.wait_for_line("tw") == "two");
  CHECK(child.running());
  child.signal(SIGKILL);
  CHECK(child.wait_exit() == -SIGKILL);
  CHECK_FALSE(child.running());
  CHECK_FALSE(child.wait_for_line("three").has_value());
}

TEST_CASE("settings become TOML tables") {
  CHECK(to_toml({{"auth.external.secret", "a\"b"},
                 {"auth.access_ttl", "1s"},
                 {"http.threads", 2},
                 {"debug.echo", true},
                 {"http.allowed_origins", toml_value::list({"https://a"})}})
        == "[auth]\naccess_ttl = \"1s\"\n"
           "[auth.external]\nsecret = \"a\\\"b\"\n"
           "[debug]\necho = true\n"
           "[http]\nallowed_origins = [\"https://a\",]\nthreads = 2\n");
}

TEST_CASE("objects are compared by part") {
  const json::object whole{{"a", 1}, {"b", "x"}};
  CHECK(includes(whole, {{"a", 1}}));
  CHECK_FALSE(includes(whole, {{"a", 2}}));
  CHECK_FALSE(includes(whole, {{"c", nullptr}}));
  CHECK(with(whole, {{"a", 2}}) == json::object{{"a", 2}, {"b", "x"}});
  CHECK_THROWS(number_of(whole, "b"));
  CHECK_THROWS(text_of(whole, "c"));
}

TEST_CASE("an event becomes an entry of the checker") {
  const auto entry = to_entry({{"t", "group"},
                               {"useq", 7},
                               {"seq", 1},
                               {"from", "alice"},
                               {"members", {"alice", "bob"}}});
  CHECK(entry.kind == "group");
  CHECK(entry.members == std::vector<std::string>{"alice", "bob"});
  CHECK_FALSE(entry.body.has_value());
}

/// Verifies with libjwt, an implementation that these tokens do not come from.
bool verifies(const std::string& token, const std::string& key) {
  jwt_t* decoded = nullptr;
  const auto outcome =
      jwt_decode(&decoded, token.c_str(),
                 reinterpret_cast<const unsigned char*>(key.data()),
                 static_cast<int>(key.size()));
  jwt_free(decoded);
  return outcome == 0;
}

TEST_CASE("tokens are good, and forged ones are not") {
  const std::string secret(32, 's');
  const auto token = hs256_token(secret, claims_for("alice"));
  CHECK(verifies(token, secret));
  CHECK_FALSE(verifies(token, std::string(32, 'x')));
  CHECK_FALSE(verifies(with_subject(token, "bob"), secret));
  CHECK(text_of(claims_of(with_subject(token, "bob")), "sub") == "bob");
  CHECK(unsigned_token(claims_for("alice")).ends_with("."));
  for (const auto* algorithm : {"RS256", "ES256"}) {
    CAPTURE(algorithm);
    const signing_key key(algorithm);
    const signing_key other(algorithm);
    const auto signed_token = key.sign(claims_for("alice"));
    CHECK(verifies(signed_token, key.public_pem()));
    CHECK_FALSE(verifies(signed_token, other.public_pem()));
  }
}

} // namespace
} // namespace parley::test
