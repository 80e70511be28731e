#include "e2e/shared_node.hpp"
#include "support/doctest.hpp"
#include "support/tcp_client.hpp"

// What is wrong below the level of requests. Binary frames, invalid UTF-8 and
// frames over the limit are in close_codes_test.

namespace parley::test {
namespace {

/// Well below the time after which a node cuts off whoever says nothing.
constexpr milliseconds at_once{5000};

session new_session() {
  return register_account(node(), "alice").open();
}

/// The code of the error that answers a frame without a usable `id`.
std::string answer_to(session& at, const std::string& text) {
  at.send_text(text);
  const auto error = at.wait_for({{"t", "error"}});
  CHECK_FALSE(error.contains("id"));
  CHECK_FALSE(text_of(error, "message").empty());
  CHECK(field(error, "retryable") == false);
  return text_of(error, "code");
}

TEST_CASE("bad_frame: what is not JSON, and the session goes on") {
  auto phone = new_session();
  for (const auto& text :
       {std::string(), std::string("nonsense"), std::string("{"),
        std::string("{\"t\":\"ping\""), std::string("{\"t\":\"ping\"} x"),
        std::string("{\"t\":\"ping\"}{\"t\":\"ping\"}"),
        std::string("{'t':'ping'}"), std::string("{\"t\":\"ping\",}"),
        std::string("// {\"t\":\"ping\"}"), std::string("{\"t\":NaN}"),
        std::string("{\"t\":\"pi\nng\"}"), std::string("\0", 1)}) {
    CAPTURE(text);
    CHECK(answer_to(phone, text) == "bad_frame");
  }
  phone.settle();
}

TEST_CASE("bad_frame or bad_request: JSON of the wrong shape, and the session "
          "goes on") {
  auto phone = new_session();
  for (const auto* text :
       {"7", "\"ping\"", "null", "true", "[7]", "[[{\"t\":\"ping\"}]]",
        "[null]", "{}", "{\"id\":\"x\"}", "{\"t\":7}", "{\"t\":null}",
        "{\"t\":{\"t\":\"ping\"}}"}) {
    CAPTURE(text);
    const auto code = answer_to(phone, text);
    CHECK((code == "bad_frame" || code == "bad_request"));
  }
  phone.settle();
}

TEST_CASE("unknown_type: a type that there is not, with the id that came") {
  auto phone = new_session();
  for (const auto* type : {"", "SEND", "msg", "hello", "send "}) {
    CAPTURE(type);
    CHECK(error_code(phone.request({{"t", type}})) == "unknown_type");
  }
  CHECK(answer_to(phone, R"({"t":"no such"})") == "unknown_type");
  phone.settle();
}

TEST_CASE("bad_request without an id: a request that wants a reply and has "
          "none") {
  auto phone = new_session();
  for (const auto* text :
       {R"({"t":"conversations"})", R"({"t":"conversations","id":"1"})",
        R"({"t":"conversations","id":1.5})",
        R"({"t":"conversations","id":null})",
        R"({"t":"send","cid":"c","to":"alice","body":"x"})"}) {
    CAPTURE(text);
    CHECK(answer_to(phone, text) == "bad_request");
  }
  phone.settle();
}

TEST_CASE("deep nesting is an error, and the session goes on (I8)") {
  auto phone = new_session();
  for (const auto& text : {repeated("[", 100'000), repeated("{\"a\":", 100'000),
                           R"({"t":"ping","a":)" + repeated("[", 100'000)
                               + repeated("]", 100'000) + "}"}) {
    const auto code = answer_to(phone, text);
    CHECK((code == "bad_frame" || code == "bad_request"));
  }
  phone.settle();
}

TEST_CASE("a frame of very many requests is answered, and the session goes on "
          "(I8)") {
  auto phone = new_session();
  std::string text = "[" + repeated(R"({"t":"x"},)", 120'000);
  text.back() = ']';
  phone.send_text(text);
  phone.wait_for({{"t", "error"}});
  phone.settle();
}

TEST_CASE("a frame of very many fields and of long numbers is read or refused, "
          "and the session goes on (I8)") {
  auto phone = new_session();
  std::string fields;
  for (int i = 0; i < 50'000; ++i)
    fields += ",\"f" + std::to_string(i) + "\":" + std::to_string(i);
  phone.send_text(R"({"t":"ping")" + fields + "}");
  phone.send_text(R"({"t":"recv","useq":)" + repeated("9", 100'000) + "}");
  phone.send_text(R"({"t":"recv","useq":1e999999})");
  phone.settle();
}

TEST_CASE("a field twice is read or refused, and the session goes on") {
  auto phone = new_session();
  phone.send_text(R"({"t":"ping","t":"conversations","id":1,"id":2})");
  phone.settle();
}

TEST_CASE("frames against the WebSocket protocol end the connection, and the "
          "node lives") {
  const std::vector<std::pair<std::string, std::string>> frames{
      {"not masked", frame(opcode::text, "{}", {.masked = false})},
      {"reserved bit 1", frame(opcode::text, "{}", {.reserved_bits = 4})},
      {"reserved bit 2", frame(opcode::text, "{}", {.reserved_bits = 2})},
      {"unknown opcode", frame(static_cast<opcode>(3), "{}")},
      {"unknown control opcode", frame(static_cast<opcode>(11), "")},
      {"ping in fragments", frame(opcode::ping, "x", {.fin = false})},
      {"ping over 125 bytes", frame(opcode::ping, repeated("x", 126))},
      {"nothing to continue", frame(opcode::continuation, "{}")},
      {"a text within a text",
       frame(opcode::text, "{", {.fin = false}) + frame(opcode::text, "}")},
      {"a close of one byte", frame(opcode::close, "\x03")},
      {"a close code that is none", frame(opcode::close, "\x03\xE7")},
      {"a close reason that is not UTF-8",
       frame(opcode::close, "\x03\xE8\xFF\xFE")},
      {"a length of 2^63", frame_header(opcode::text, uint64_t{1} << 63)}};
  for (const auto& [what, bytes] : frames) {
    CAPTURE(what);
    auto client = upgraded(node().where());
    client.write(bytes);
    CHECK(client.closed_within(at_once));
  }
  new_session().settle();
}

TEST_CASE("1009: a small frame that inflates over the limit (I8)") {
  server_process mine(overrides{{"http.compression", true}});
  session_options options;
  options.transport.compression = true;
  const auto alice = register_account(mine, "alice");
  const auto before = mine.resident_bytes();
  auto phone = alice.open(options);
  try {
    phone.send_text(repeated(" ", 32 << 20));
  } catch (const boost::system::system_error&) {
    // The node need not take all of it before it closes.
  }
  CHECK(phone.wait_close() == 1009);
  CHECK(mine.resident_bytes() < before + (16 << 20));
}

TEST_CASE("what is no HTTP is refused, and the node lives") {
  for (const auto& bytes :
       {std::string("nonsense\r\n\r\n"), std::string("GET / HTTP/9.9\r\n\r\n"),
        std::string("GET /\r\n\r\n"),
        std::string("\x16\x03\x01\x02\x00", 5) + repeated("\x01", 600)
            + "\r\n\r\n",
        "GET /" + repeated("a", 200'000) + " HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\n" + repeated("X: y\r\n", 100'000) + "\r\n",
        std::string("POST /v1/login HTTP/1.1\r\nContent-Length: "
                    "99999999999999\r\n\r\n{"),
        std::string("POST /v1/login HTTP/1.1\r\nContent-Length: -1\r\n\r\n"),
        std::string("POST /v1/login HTTP/1.1\r\nContent-Length: 2\r\n"
                    "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n")}) {
    CAPTURE(bytes.substr(0, 60));
    tcp_client client(node().where());
    client.write(bytes);
    CHECK(client.closed_within(at_once));
  }
  CHECK(get(node(), "/healthz").status == 200);
}

} // namespace
} // namespace parley::test
