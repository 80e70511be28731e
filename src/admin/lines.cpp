#include "admin/lines.hpp"

#include <boost/json.hpp>

namespace parley::admin {

namespace json = boost::json;

result<request_line> parse_request(std::string_view line) {
  json::parse_options shallow;
  shallow.max_depth = 4;
  boost::system::error_code failed;
  auto parsed = json::parse(line, failed, {}, shallow);
  if (failed)
    return error{errc::bad_frame, "expected a line of JSON", 0};
  const auto* object = parsed.if_object();
  const auto* cmd = object ? object->if_contains("cmd") : nullptr;
  if (cmd == nullptr || !cmd->is_string())
    return error{errc::bad_request, "cmd: expected a text", 0};
  request_line what;
  what.cmd = std::string_view{cmd->get_string()};
  if (const auto* args = object->if_contains("args")) {
    if (!args->is_object())
      return error{errc::bad_request, "args: expected an object", 0};
    what.args = args->get_object();
  }
  return what;
}

std::string encode_request(const request_line& what) {
  json::object line;
  line["cmd"] = what.cmd;
  line["args"] = what.args;
  return json::serialize(line) + '\n';
}

std::string encode_answer(const result<reply>& what) {
  json::object last;
  last["ok"] = what.has_value();
  if (!what) {
    last["code"] = to_string(what.error().code);
    last["error"] = what.error().message;
    return json::serialize(last) + '\n';
  }
  std::string lines;
  for (const auto& row : what->rows)
    lines += json::serialize(row) + '\n';
  for (const auto& [key, value] : what->last)
    last[key] = value;
  return lines + json::serialize(last) + '\n';
}

} // namespace parley::admin
