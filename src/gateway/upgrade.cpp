#include "gateway/upgrade.hpp"

#include <algorithm>

namespace parley::gateway {

namespace {

std::string_view trimmed(std::string_view text) {
  auto begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos)
    return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

} // namespace

subprotocol_offer read_offer(std::string_view header) {
  auto found = subprotocol_offer::none;
  while (!header.empty()) {
    auto comma = std::min(header.find(','), header.size());
    auto name = trimmed(header.substr(0, comma));
    header.remove_prefix(std::min(comma + 1, header.size()));
    if (name == subprotocol)
      return subprotocol_offer::ours;
    if (!name.empty())
      found = subprotocol_offer::others;
  }
  return found;
}

} // namespace parley::gateway
