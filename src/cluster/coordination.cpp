#include "parley/cluster/coordination.hpp"

namespace parley::cluster {

const char* to_string(outcome x) noexcept {
  switch (x) {
    case outcome::ok:
      return "ok";
    case outcome::conflict:
      return "conflict";
    case outcome::not_found:
      return "not found";
    case outcome::exists:
      return "exists";
    case outcome::not_empty:
      return "not empty";
    case outcome::unauthorized:
      return "unauthorized";
    case outcome::invalid:
      return "invalid";
    case outcome::unavailable:
      return "unavailable";
    case outcome::unknown:
      return "unknown";
  }
  return "?";
}

} // namespace parley::cluster
