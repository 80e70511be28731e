#include "push/addresses.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace parley::push {

namespace {

struct block4 {
  uint32_t prefix;
  int bits;
};

/// The IANA registry of special-purpose addresses (RFC 6890), and multicast.
constexpr block4 special4[] = {
    {0x00000000, 8},  // this network
    {0x0a000000, 8},  // private
    {0x64400000, 10}, // shared with a carrier
    {0x7f000000, 8},  // loopback
    {0xa9fe0000, 16}, // link-local
    {0xac100000, 12}, // private
    {0xc0000000, 24}, // protocol assignments
    {0xc0000200, 24}, // documentation
    {0xc0586300, 24}, // relays to IPv6
    {0xc0a80000, 16}, // private
    {0xc6120000, 15}, // benchmarks
    {0xc6336400, 24}, // documentation
    {0xcb007100, 24}, // documentation
    {0xe0000000, 4},  // multicast
    {0xf0000000, 4},  // reserved, broadcast
};

bool public4(uint32_t address) noexcept {
  return std::none_of(std::begin(special4), std::end(special4),
                      [&](const block4& each) {
                        return (address ^ each.prefix) >> (32 - each.bits) == 0;
                      });
}

uint32_t word_at(const in6_addr& address, size_t at) noexcept {
  uint32_t word;
  std::memcpy(&word, address.s6_addr + at, sizeof word);
  return ntohl(word);
}

bool all_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return c >= '0' && c <= '9';
  });
}

/// The standard of URLs: such a host is an IPv4 address or an error.
bool ends_in_number(std::string_view host) {
  auto last = host.substr(host.rfind('.') + 1);
  return all_digits(last) || last.starts_with("0x");
}

bool is_this_host(std::string_view name) {
  return name == "localhost" || name.ends_with(".localhost");
}

host_kind kind_of_literal(bool open) {
  return open ? host_kind::public_literal : host_kind::private_literal;
}

} // namespace

bool is_public(const in_addr& address) noexcept {
  return public4(ntohl(address.s_addr));
}

bool is_public(const in6_addr& address) noexcept {
  auto first = word_at(address, 0);
  auto middle = uint64_t{word_at(address, 4)} << 32 | word_at(address, 8);
  auto last = word_at(address, 12);
  bool mapped = first == 0 && middle == 0xffff;
  bool translated = first == 0x0064ff9b && middle == 0; // RFC 6052
  if (mapped || translated)
    return public4(last);
  if (first >> 16 == 0x2002) // 6to4 holds an address of IPv4.
    return public4(first << 16 | word_at(address, 4) >> 16);
  bool global = first >> 29 == 1;                 // 2000::/3
  bool protocols = first >> 9 == 0x20010000 >> 9; // 2001::/23
  bool documentation = first == 0x20010db8 || first >> 12 == 0x3fff0000 >> 12;
  return global && !protocols && !documentation;
}

bool is_public(const sockaddr* address) noexcept {
  if (address->sa_family == AF_INET) {
    sockaddr_in in;
    std::memcpy(&in, address, sizeof in);
    return is_public(in.sin_addr);
  }
  if (address->sa_family == AF_INET6) {
    sockaddr_in6 in;
    std::memcpy(&in, address, sizeof in);
    return is_public(in.sin6_addr);
  }
  return false;
}

std::string lower_case(std::string host) {
  std::transform(host.begin(), host.end(), host.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
  });
  return host;
}

host_kind kind_of_host(std::string host) {
  host = lower_case(std::move(host));
  if (host.starts_with('[') && host.ends_with(']')) {
    in6_addr address{};
    auto text = host.substr(1, host.size() - 2);
    if (::inet_pton(AF_INET6, text.c_str(), &address) != 1)
      return host_kind::malformed;
    return kind_of_literal(is_public(address));
  }
  if (host.ends_with('.'))
    host.pop_back();
  if (host.empty())
    return host_kind::malformed;
  in_addr address{};
  if (::inet_pton(AF_INET, host.c_str(), &address) == 1)
    return kind_of_literal(is_public(address));
  if (ends_in_number(host))
    return host_kind::malformed;
  return is_this_host(host) ? host_kind::private_literal : host_kind::name;
}

} // namespace parley::push
