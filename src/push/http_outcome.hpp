#pragma once

#include "parley/push/provider.hpp"
#include "parley/push/transport.hpp"

#include <string_view>

namespace parley::push {

/// No service's pause is longer: after it the notification is stale.
inline constexpr std::chrono::seconds retry_after_max{24L * 3600};

/// What follows from a request that got no answer.
outcome outcome_of_failure(const http_answer& answer);

/// What a status means by RFC 9110 and RFC 8030: 404 and 410 are the end of a
/// subscription, 408, 429 and 5xx pass, the rest of 3xx and 4xx does not.
outcome outcome_of_status(const http_answer& answer);

/// An outcome with the pause that the answer asks for, if any.
outcome outcome_of(const http_answer& answer, verdict said,
                   std::string_view why = {});

} // namespace parley::push
