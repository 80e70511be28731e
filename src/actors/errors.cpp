#include "parley/actors/errors.hpp"

#include <caf/atom.hpp>
#include <caf/message.hpp>

#include <utility>

namespace parley {

namespace {

constexpr auto category = caf::atom("parley");

} // namespace

caf::error to_caf(const error& why) {
  return {static_cast<uint8_t>(why.code), category,
          caf::make_message(why.message, why.retry_after_ms)};
}

caf::error to_caf(errc code, std::string message) {
  return to_caf(error{code, std::move(message)});
}

error from_caf(const caf::error& why) {
  if (why.category() != category)
    return {errc::unavailable, "no answer in time; try again"};
  error result{static_cast<errc>(why.code()), {}};
  const auto& context = why.context();
  if (context.match_elements<std::string, uint32_t>()) {
    result.message = context.get_as<std::string>(0);
    result.retry_after_ms = context.get_as<uint32_t>(1);
  }
  return result;
}

} // namespace parley
