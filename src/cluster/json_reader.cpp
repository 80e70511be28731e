#include "cluster/json_reader.hpp"

#include <fmt/format.h>

namespace parley::cluster {

json_reader::json_reader(std::string what, std::string_view bytes,
                         uint64_t format)
    : what_(std::move(what)) {
  json::error_code wrong;
  root_ = json::parse(bytes, wrong);
  from_ = root_.if_object();
  if (wrong || from_ == nullptr)
    fail("is not a JSON object");
  else if (auto given = number("format"); !failed() && given != format)
    fail(fmt::format("has format {}, and this version of Parley understands "
                     "{} alone",
                     given, format));
}

json_reader::json_reader(std::string what, const json::value& from)
    : what_(std::move(what)), from_(from.if_object()) {
  if (from_ == nullptr)
    fail("is not a JSON object");
}

void json_reader::fail(std::string_view why) {
  if (!failed())
    failure_ = fmt::format("{} {}", what_, why);
}

const json::value* json_reader::find(std::string_view key) {
  auto found = failed() ? nullptr : from_->if_contains(key);
  if (found == nullptr)
    fail(fmt::format("lacks \"{}\"", key));
  return found;
}

uint64_t json_reader::bounded(const json::value* x, uint64_t max,
                              std::string_view key) {
  if (x == nullptr)
    return 0;
  json::error_code wrong;
  auto out = x->to_number<uint64_t>(wrong);
  if (wrong || x->is_double() || out > max) {
    fail(fmt::format("has a \"{}\" that cannot be", key));
    return 0;
  }
  return out;
}

bool json_reader::has(std::string_view key) const {
  return from_ != nullptr && from_->contains(key);
}

std::string json_reader::text(std::string_view key) {
  auto found = find(key);
  if (found == nullptr)
    return {};
  if (auto out = found->if_string())
    return std::string{*out};
  fail(fmt::format("has a \"{}\" that is not a text", key));
  return {};
}

bool json_reader::flag(std::string_view key) {
  auto found = find(key);
  if (found == nullptr)
    return false;
  if (auto out = found->if_bool())
    return *out;
  fail(fmt::format("has a \"{}\" that is neither true nor false", key));
  return false;
}

const json::array& json_reader::list(std::string_view key, size_t count_max) {
  static const json::array none;
  auto found = find(key);
  if (found == nullptr)
    return none;
  if (auto out = found->if_array(); out && out->size() <= count_max)
    return *out;
  fail(fmt::format("has a \"{}\" that is not a list of at most {}", key,
                   count_max));
  return none;
}

const json::object& json_reader::object(std::string_view key) {
  static const json::object none;
  auto found = find(key);
  if (found == nullptr)
    return none;
  if (auto out = found->if_object())
    return *out;
  fail(fmt::format("has a \"{}\" that is not an object", key));
  return none;
}

} // namespace parley::cluster
