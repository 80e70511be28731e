#pragma once

#include "support/json.hpp"
#include "support/server_process.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace parley::test {

/// An answer of the control socket: rows, and the line that ends them.
struct control_answer {
  std::vector<json::object> rows;
  json::object last;

  bool ok() const { return last.contains("ok") && last.at("ok") == true; }
  /// Rows and last line in one, to look for what may stand in either.
  bool mentions(std::string_view text) const;
};

/// Reads lines of JSON. @throws if they are not, or the last has no "ok".
control_answer parse_answer(std::string_view lines);

/// Sends one line to the node's control socket.
control_answer ask_control(const server_process& node, std::string_view line);
control_answer command(const server_process& node, std::string_view name,
                       const json::object& args = {});

} // namespace parley::test
