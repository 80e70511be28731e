#include "parley/protocol/close_code.hpp"

namespace parley::protocol {

std::string_view reason(close_code code) noexcept {
  switch (code) {
    case close_code::normal:
      return "bye";
    case close_code::unsupported_data:
      return "text frames only";
    case close_code::invalid_utf8:
      return "invalid UTF-8";
    case close_code::too_large:
      return "frame too large";
    case close_code::draining:
      return "reconnect, elsewhere";
    case close_code::no_sign_of_life:
      return "no sign of life";
    case close_code::not_receiving:
      return "no recv with a full window";
    case close_code::over_rate:
      return "over the rate limit";
    case close_code::protocol_violation:
      return "protocol violation";
    case close_code::not_authenticated:
      return "not authenticated";
    case close_code::ended:
      return "session ended";
    case close_code::replaced:
      return "replaced by a newer session";
  }
  return "";
}

} // namespace parley::protocol
