#pragma once

#include "parley/actors/context.hpp"
#include "parley/base/error.hpp"

#include <boost/json/object.hpp>

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace parley::cluster {
class member;
}

namespace parley::admin {

/// What the commands work with. The functions may be called from any thread
/// and must not block for long.
struct services {
  context_ptr node;
  std::string version;
  std::chrono::steady_clock::time_point started;
  /// Hashes a password and calls back once, from any thread. Errors:
  /// `unavailable` when the pool's queue is full.
  std::function<void(std::string password,
                     std::function<void(result<std::string>)>)>
      hash;
  /// Appended entries a second, lately.
  std::function<double()> messages_per_s;
  cluster::member* member = nullptr; ///< None: the node stands alone.
  /// Begins to stop the node; returns at once.
  std::function<void()> shut_down;
};

/// The answer to one command.
struct reply {
  std::vector<boost::json::object> rows; ///< One line each.
  boost::json::object last;              ///< Beside "ok" in the last line.
  std::function<void()> after;           ///< Runs once the answer is written.
};

using reply_handler = std::function<void(result<reply>)>;

/// Checks the arguments and runs the command `name`. Calls `done` once, from
/// this or from an actor's thread. Errors: `bad_request` (no such command, an
/// argument missing or ill-formed), `not_found`, `conflict`, `unavailable`
/// (no answer in time).
void execute(const services& with, std::string_view name,
             const boost::json::object& args, reply_handler done);

} // namespace parley::admin
