#include "push/http_outcome.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace parley::push {

outcome outcome_of_failure(const http_answer& answer) {
  switch (answer.failure) {
    case http_failure::malformed:
    case http_failure::forbidden:
      return {verdict::refused, {}, answer.detail};
    // A certificate is renewed, and a host comes back.
    case http_failure::none:
    case http_failure::busy:
    case http_failure::stopped:
    case http_failure::unreachable:
    case http_failure::untrusted:
    case http_failure::timeout:
      break;
  }
  return {verdict::later, {}, answer.detail};
}

outcome outcome_of_status(const http_answer& answer) {
  auto status = answer.status;
  if (status >= 200 && status < 300)
    return outcome_of(answer, verdict::taken);
  if (status == 404 || status == 410)
    return outcome_of(answer, verdict::gone);
  if (status >= 300 && status < 400)
    return outcome_of(answer, verdict::refused, "redirects are not followed");
  if (status == 408 || status == 429 || status >= 500)
    return outcome_of(answer, verdict::later);
  return outcome_of(answer, verdict::refused);
}

outcome outcome_of(const http_answer& answer, verdict said,
                   std::string_view why) {
  outcome made{said, {}, fmt::format("status {}", answer.status)};
  if (!why.empty())
    made.detail += fmt::format(": {}", why);
  if (said == verdict::later && answer.retry_after)
    made.retry_after = std::min(*answer.retry_after, retry_after_max);
  return made;
}

} // namespace parley::push
