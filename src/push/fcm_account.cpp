#include "push/fcm_account.hpp"

#include "push/endpoint.hpp"
#include "push/json_text.hpp"
#include "push/keys.hpp"

#include "parley/base/secret_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace parley::push {

namespace {

constexpr size_t account_bytes_max = 65'536;

/// It becomes part of a path.
bool valid_project(std::string_view id) {
  return std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'
           || c == ':' || c == '.';
  });
}

result<fcm_account> account_of(const boost::json::object& from,
                               bool allow_private) {
  fcm_account made;
  const std::pair<const char*, std::string*> fields[] = {
      {"project_id", &made.project_id},
      {"client_email", &made.client_email},
      {"private_key", &made.private_key},
      {"private_key_id", &made.private_key_id},
      {"token_uri", &made.token_uri}};
  for (const auto& [name, to] : fields) {
    *to = text_in(from, name);
    if (to->empty())
      return error{errc::internal, fmt::format("{}: is missing", name)};
  }
  if (!valid_project(made.project_id))
    return error{errc::internal, "project_id: expected letters and digits"};
  if (auto sound = check_private_key(made.private_key, "RS256"); !sound)
    return error{errc::internal, "private_key: " + sound.error().message};
  if (auto to = parse_endpoint(made.token_uri, allow_private); !to)
    return error{errc::internal, "token_uri: " + to.error().message};
  return made;
}

} // namespace

result<fcm_account> read_fcm_account(const std::string& file,
                                     bool allow_private) {
  auto text = read_small_file(file, account_bytes_max);
  if (!text)
    return text.error();
  auto object = parse_object(*text);
  if (!object)
    return error{errc::internal, file + ": expected a JSON object"};
  auto account = account_of(*object, allow_private);
  if (!account)
    return error{errc::internal,
                 fmt::format("{}: {}", file, account.error().message)};
  return account;
}

} // namespace parley::push
