#include "parley/protocol/http_bodies.hpp"

#include "protocol/field_reader.hpp"
#include "protocol/object_reader.hpp"

#include "parley/base/limits.hpp"
#include "parley/protocol/json_writer.hpp"
#include "parley/protocol/text.hpp"

#include <utility>

namespace parley::protocol {

namespace {

constexpr std::string_view title_text =
    "1 to 100 code points without control characters, not only spaces";

/// Reads one object by `read`, which takes its members from a field_reader.
template <class T>
class body_sink final : public object_sink {
public:
  explicit body_sink(T (*read)(field_reader&)) : read_(read) {}

  void object(const fields& from) override {
    field_reader in{from};
    if (from.unpaired())
      in.fail(errc::bad_request, "unpaired surrogate in a string");
    value = read_(in);
    failure = in.failure();
  }

  void other() override {}
  void restart() override {}

  T value{};
  std::optional<error> failure;

private:
  T (*read_)(field_reader&);
};

template <class T>
result<T> parse(std::string_view body, T (*read)(field_reader&)) {
  if (!valid_utf8(body))
    return error{errc::bad_frame, "expected UTF-8"};
  body_sink<T> sink{read};
  auto failure = read_objects(body, shape::object, sink);
  if (!failure.empty())
    return error{errc::bad_frame, std::string{failure}};
  if (sink.failure)
    return *std::move(sink.failure);
  return std::move(sink.value);
}

std::string title(field_reader& in, field which) {
  return in.text(which, valid_title, title_text);
}

/// To be compared with what is stored, so that only its length counts.
std::string given_password(field_reader& in, field which) {
  auto text = in.text(which);
  if (text.size() > limits::password_bytes_max)
    in.fail(which, "at most 1024 bytes");
  return text;
}

std::string new_password(field_reader& in, field which) {
  auto text = in.text(which);
  if (text.size() < limits::password_bytes_min
      || text.size() > limits::password_bytes_max)
    in.fail(which, "8 to 1024 bytes");
  return text;
}

std::string about(field_reader& in) {
  auto text = in.text(field::about);
  if (count_chars(text) > limits::about_chars_max
      || text.find('\0') != std::string::npos)
    in.fail(field::about, "at most 1000 code points without U+0000");
  return text;
}

std::string_view title_of(int status) noexcept {
  switch (status) {
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 409:
      return "Conflict";
    case 413:
      return "Content Too Large";
    case 422:
      return "Unprocessable Content";
    case 429:
      return "Too Many Requests";
    case 503:
      return "Service Unavailable";
    default:
      return "Internal Server Error";
  }
}

} // namespace

result<register_body> parse_register(std::string_view body) {
  return parse<register_body>(body, [](field_reader& in) {
    register_body x;
    x.user = in.user(field::user);
    x.password = new_password(in, field::password);
    x.display_name =
        in.has(field::display_name) ? title(in, field::display_name) : x.user;
    return x;
  });
}

result<login_body> parse_login(std::string_view body) {
  return parse<login_body>(body, [](field_reader& in) {
    login_body x;
    x.user = in.text(field::user);
    x.password = given_password(in, field::password);
    return x;
  });
}

result<std::string> parse_refresh_token(std::string_view body) {
  return parse<std::string>(
      body, [](field_reader& in) { return in.text(field::refresh_token); });
}

result<profile_patch> parse_profile_patch(std::string_view body) {
  return parse<profile_patch>(body, [](field_reader& in) {
    profile_patch x;
    if (in.has(field::display_name))
      x.display_name = title(in, field::display_name);
    if (in.has(field::about))
      x.about = about(in);
    return x;
  });
}

result<password_change> parse_password_change(std::string_view body) {
  return parse<password_change>(body, [](field_reader& in) {
    password_change x;
    x.old_password = given_password(in, field::old);
    x.new_password = new_password(in, field::new_);
    return x;
  });
}

result<message_body> parse_message(std::string_view body) {
  return parse<message_body>(body, [](field_reader& in) {
    message_body x;
    x.cid = in.cid();
    x.body = in.body();
    x.reply_to = in.optional_number(field::reply_to, 1).value_or(0);
    return x;
  });
}

result<settings_body> parse_settings(std::string_view body) {
  return parse<settings_body>(body, [](field_reader& in) {
    settings_body x;
    if (in.is_null(field::muted_until))
      x.muted_until = 0;
    else if (in.has(field::muted_until))
      x.muted_until = static_cast<timestamp>(in.number(field::muted_until, 0));
    return x;
  });
}

result<group_body> parse_group(std::string_view body) {
  return parse<group_body>(body, [](field_reader& in) {
    group_body x;
    x.cid = in.optional_cid();
    x.name = title(in, field::name);
    x.members = in.references(field::members, 0);
    return x;
  });
}

result<std::string> parse_group_name(std::string_view body) {
  return parse<std::string>(
      body, [](field_reader& in) { return title(in, field::name); });
}

result<std::vector<std::string>> parse_users(std::string_view body) {
  return parse<std::vector<std::string>>(
      body, [](field_reader& in) { return in.references(field::users, 1); });
}

result<std::string> parse_device_name(std::string_view body) {
  return parse<std::string>(body, [](field_reader& in) {
    return in.is_null(field::name)
               ? std::string{}
               : in.text(field::name, valid_device_name,
                         "null, or 1 to 64 code points without control "
                         "characters, not only spaces");
  });
}

result<role> parse_role(std::string_view body) {
  return parse<role>(body, [](field_reader& in) {
    auto text = in.text(field::role);
    for (auto each : {role::owner, role::admin, role::member})
      if (text == to_string(each))
        return each;
    in.fail(field::role, "owner, admin or member");
    return role::member;
  });
}

std::string_view to_string(role x) noexcept {
  switch (x) {
    case role::member:
      return "member";
    case role::admin:
      return "admin";
    case role::owner:
      return "owner";
  }
  return "member";
}

std::string_view to_string(member_change x) noexcept {
  switch (x) {
    case member_change::added:
      return "added";
    case member_change::removed:
      return "removed";
    case member_change::left:
      return "left";
    case member_change::role:
      return "role";
  }
  return "added";
}

std::string encode_problem(const error& why) {
  auto status = http_status(why.code);
  std::string out;
  json_writer json{out};
  json.open_object()
      .member("type", "about:blank")
      .member("title", title_of(status))
      .member("status", status)
      .member("detail", why.message)
      .member("code", parley::to_string(why.code));
  if (why.retry_after_ms != 0)
    json.member("retry_after_ms", why.retry_after_ms);
  json.close_object();
  return out;
}

} // namespace parley::protocol
