#pragma once

#include "parley/admin/commands.hpp"
#include "parley/base/error.hpp"

#include <boost/json/object.hpp>

#include <string>
#include <string_view>

/// The lines on the control socket.
namespace parley::admin {

struct request_line {
  std::string cmd;
  boost::json::object args;
};

/// Errors: `bad_frame` (not JSON), `bad_request` (of another shape).
result<request_line> parse_request(std::string_view line);

std::string encode_request(const request_line& what);

/// All lines of an answer.
std::string encode_answer(const result<reply>& what);

} // namespace parley::admin
