#include "e2e/control.hpp"

#include "support/tcp_client.hpp"

#include <algorithm>
#include <sstream>
#include <stdexcept>

namespace parley::test {

bool control_answer::mentions(std::string_view text) const {
  const auto found = [text](const json::object& line) {
    return json::serialize(line).find(text) != std::string::npos;
  };
  return found(last) || std::any_of(rows.begin(), rows.end(), found);
}

control_answer parse_answer(std::string_view lines) {
  control_answer result;
  std::istringstream input{std::string(lines)};
  for (std::string line; std::getline(input, line);)
    result.rows.push_back(json::parse(line).as_object());
  if (result.rows.empty() || !result.rows.back().contains("ok"))
    throw std::runtime_error("no last line in: " + std::string(lines));
  result.last = std::move(result.rows.back());
  result.rows.pop_back();
  return result;
}

control_answer ask_control(const server_process& node, std::string_view line) {
  tcp_client client(node.control_socket());
  client.write(std::string(line) + "\n");
  std::string lines;
  do
    lines += client.read_until("\n");
  while (lines.find(R"("ok":)") == std::string::npos);
  return parse_answer(lines);
}

control_answer command(const server_process& node, std::string_view name,
                       const json::object& args) {
  return ask_control(
      node, json::serialize(json::object{{"cmd", name}, {"args", args}}));
}

} // namespace parley::test
