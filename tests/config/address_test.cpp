#include "parley/config/address.hpp"

#include <doctest/doctest.h>

using namespace parley::config;

TEST_CASE("a listen address is an IP address and a port") {
  auto v4 = parse_listen("10.1.2.3:65535");
  REQUIRE(v4);
  CHECK(v4->host == "10.1.2.3");
  CHECK(v4->port == 65535);
  auto v6 = parse_listen("[2001:db8::7]:0");
  REQUIRE(v6);
  CHECK(v6->host == "2001:db8::7");
  CHECK(v6->port == 0);
}

TEST_CASE("only an address that other machines cannot reach is loopback") {
  for (auto text : {"127.0.0.1:80", "127.8.9.10:80", "[::1]:80"}) {
    CAPTURE(text);
    REQUIRE(parse_listen(text));
    CHECK(parse_listen(text)->loopback);
  }
  for (auto text : {"0.0.0.0:80", "128.0.0.1:80", "10.0.0.1:80", "[::]:80",
                    "[::2]:80", "[::ffff:10.0.0.1]:80"}) {
    CAPTURE(text);
    REQUIRE(parse_listen(text));
    CHECK_FALSE(parse_listen(text)->loopback);
  }
}

TEST_CASE("anything else is no listen address") {
  for (auto text : {"",
                    ":",
                    ":8080",
                    "8080",
                    "127.0.0.1",
                    "127.0.0.1:",
                    "localhost:8080",
                    "127.0.0.1:65536",
                    "127.0.0.1:99999999999999999999",
                    "127.0.0.1:-1",
                    "127.0.0.1:http",
                    "127.0.0.1:80 ",
                    " 127.0.0.1:80",
                    "1.2.3:80",
                    "1.2.3.256:80",
                    "::1:80",
                    "[::1]",
                    "[::1:80",
                    "[g::]:80",
                    "u@127.0.0.1:80",
                    "127.0.0.1:80/",
                    "http://127.0.0.1:80",
                    "*:80"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_listen(text));
  }
}

TEST_CASE("an origin is what a browser puts into its Origin header") {
  for (auto text :
       {"http://localhost", "http://localhost:8080", "https://chat.example.org",
        "https://chat.example.org:8443", "http://example.org:443",
        "https://example.org:80", "http://127.0.0.1:1", "http://[::1]:8080",
        "https://xn--mnchen-3ya.example"}) {
    CAPTURE(text);
    CHECK(is_origin(text));
  }
  for (auto text : {"",
                    "*",
                    "null",
                    "localhost",
                    "localhost:8080",
                    "//localhost",
                    "http:",
                    "http://",
                    "http://:80",
                    "ftp://example.org",
                    "ws://example.org",
                    "http://example.org/",
                    "http://example.org/path",
                    "http://example.org?q",
                    "http://example.org#f",
                    "http://u@example.org",
                    "http://u:p@example.org",
                    "http://Example.org",
                    "HTTP://example.org",
                    "http://example.org:80",
                    "https://example.org:443",
                    "http://example.org:",
                    "http://example.org:0",
                    "http://example.org:65536",
                    "http://exam ple.org",
                    "http://a%62.org",
                    "http://m\xc3\xbcnchen.example"}) {
    CAPTURE(text);
    CHECK_FALSE(is_origin(text));
  }
}
