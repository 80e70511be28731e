#pragma once

#include "support/deadline.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/system/system_error.hpp>

#include <memory>
#include <optional>
#include <string>

/// For the .cpp files of the harness only: one asynchronous operation, awaited
/// with a deadline.
namespace parley::test {

/// Runs `io` until `done` holds or `deadline` has passed.
/// @returns whether `done` holds.
template <class Predicate>
bool run_until(boost::asio::io_context& io, clock::time_point deadline,
               Predicate done) {
  while (!done()) {
    io.restart();
    if (io.run_one_until(deadline) == 0 && !done())
      return false;
  }
  return true;
}

/// Starts an operation with `start(handler)` and runs `io` until it is over.
/// The operation must be abandoned if this throws.
/// @throws timed_out
template <class Start>
boost::system::error_code complete(boost::asio::io_context& io,
                                   const std::string& what, Start start,
                                   milliseconds limit = patience) {
  auto result = std::make_shared<std::optional<boost::system::error_code>>();
  start([result](boost::system::error_code outcome, auto&&...) {
    *result = outcome;
  });
  if (!run_until(io, clock::now() + limit, [&] { return result->has_value(); }))
    throw timed_out(what + " took too long");
  return **result;
}

inline void demand(boost::system::error_code outcome, const std::string& what) {
  if (outcome)
    throw boost::system::system_error(outcome, what);
}

} // namespace parley::test
