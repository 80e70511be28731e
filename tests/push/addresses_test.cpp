#include "push/addresses.hpp"

#include <doctest/doctest.h>

#include <arpa/inet.h>
#include <sys/un.h>

using namespace parley::push;

namespace {

bool public6(const char* text) {
  sockaddr_in6 address{};
  address.sin6_family = AF_INET6;
  REQUIRE(::inet_pton(AF_INET6, text, &address.sin6_addr) == 1);
  return is_public(reinterpret_cast<const sockaddr*>(&address));
}

bool public4(const char* text) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  REQUIRE(::inet_pton(AF_INET, text, &address.sin_addr) == 1);
  return is_public(reinterpret_cast<const sockaddr*>(&address));
}

} // namespace

TEST_CASE("addresses of IPv4 with a special purpose are not public") {
  for (auto text : {"0.0.0.0",        "0.1.2.3",         "10.0.0.1",
                    "10.255.255.255", "100.64.0.1",      "100.127.255.255",
                    "127.0.0.1",      "127.255.255.255", "169.254.169.254",
                    "172.16.0.1",     "172.31.255.255",  "192.0.0.1",
                    "192.0.2.1",      "192.88.99.1",     "192.168.0.1",
                    "198.18.0.1",     "198.19.255.255",  "198.51.100.7",
                    "203.0.113.9",    "224.0.0.1",       "239.255.255.255",
                    "240.0.0.1",      "255.255.255.255"}) {
    CAPTURE(text);
    CHECK_FALSE(public4(text));
  }
  for (auto text :
       {"1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0",
        "126.255.255.255", "128.0.0.1", "169.253.1.1", "172.15.255.255",
        "172.32.0.0", "192.167.1.1", "192.169.0.0", "198.17.255.255",
        "198.20.0.0", "223.255.255.255"}) {
    CAPTURE(text);
    CHECK(public4(text));
  }
}

TEST_CASE("addresses of IPv6 outside the global range are not public") {
  for (auto text : {"::", "::1", "::7f00:1", "fc00::1", "fd12:3456::1",
                    "fe80::1", "fec0::1", "ff02::1", "100::1", "2001::1",
                    "2001:db8::1", "3fff:0fff::1", "4000::1",
                    "::ffff:127.0.0.1", "::ffff:10.1.2.3", "64:ff9b::127.0.0.1",
                    "64:ff9b:1::1", "2002:7f00:1::", "2002:c0a8:101::1"}) {
    CAPTURE(text);
    CHECK_FALSE(public6(text));
  }
  for (auto text :
       {"2606:4700:4700::1111", "2001:4860:4860::8888", "2a00:1450:4001::1",
        "::ffff:1.1.1.1", "64:ff9b::8.8.8.8", "2002:0808:0808::1"}) {
    CAPTURE(text);
    CHECK(public6(text));
  }
}

TEST_CASE("a socket in the file system is not public") {
  sockaddr_un local{};
  local.sun_family = AF_UNIX;
  CHECK_FALSE(is_public(reinterpret_cast<const sockaddr*>(&local)));
}

TEST_CASE("hosts are sorted as the C library would take them") {
  struct {
    const char* host;
    host_kind kind;
  } table[] = {
      {"push.example.com", host_kind::name},
      {"push.example.com.", host_kind::name},
      {"10.example.com", host_kind::name},
      {"1.1.1.1", host_kind::public_literal},
      {"1.1.1.1.", host_kind::public_literal},
      {"[2606:4700:4700::1111]", host_kind::public_literal},
      {"127.0.0.1", host_kind::private_literal},
      {"127.0.0.1.", host_kind::private_literal},
      {"[::1]", host_kind::private_literal},
      {"[::FFFF:127.0.0.1]", host_kind::private_literal},
      {"localhost", host_kind::private_literal},
      {"LOCALHOST.", host_kind::private_literal},
      {"a.localhost", host_kind::private_literal},
      {"127.1", host_kind::malformed},
      {"2130706433", host_kind::malformed},
      {"0x7f000001", host_kind::malformed},
      {"0X7F.1", host_kind::malformed},
      {"0177.0.0.1", host_kind::malformed},
      {"a.0x7f", host_kind::malformed},
      {"256.1.1.1", host_kind::malformed},
      {"[::1%25lo]", host_kind::malformed},
      {"[nonsense]", host_kind::malformed},
      {"", host_kind::malformed},
      {".", host_kind::malformed},
  };
  for (const auto& each : table) {
    CAPTURE(each.host);
    CHECK(kind_of_host(each.host) == each.kind);
  }
}
