#pragma once

#include <netinet/in.h>
#include <string>
#include <sys/socket.h>

/// Which addresses are of the open internet. All others may be a service that
/// trusts whoever reaches it, and no client's endpoint leads there.
namespace parley::push {

bool is_public(const in_addr& address) noexcept;
/// An address that stands for one of IPv4 is as public as that.
bool is_public(const in6_addr& address) noexcept;
/// Nothing but IPv4 and IPv6 is public.
bool is_public(const sockaddr* address) noexcept;

enum class host_kind {
  name,            ///< Has to be resolved.
  public_literal,  ///< An address of the open internet.
  private_literal, ///< Any other address, or a name that means this host.
  malformed,       ///< Ends in a number and is no address.
};

/// Sorts a URL's host. What the C library would take for an address though it
/// is not written as one (hexadecimal, octal, fewer parts) is malformed.
host_kind kind_of_host(std::string host);

/// A host in lower case, which is the same host.
std::string lower_case(std::string host);

} // namespace parley::push
