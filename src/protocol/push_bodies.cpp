#include "parley/protocol/push_bodies.hpp"

#include "parley/base/limits.hpp"
#include "parley/base/names.hpp"
#include "parley/protocol/text.hpp"

#include <boost/json.hpp>

#include <array>

// These bodies are small, rare, and have an object inside: they are read as a
// tree, which nothing else here is.
namespace parley::protocol {

namespace {

namespace json = boost::json;

constexpr size_t push_body_bytes_max = size_t{16} * 1024;
constexpr size_t token_bytes_max = 4096;

/// The members of one object as checked values; the first that is missing or
/// ill-formed is the failure.
class tree_reader {
public:
  explicit tree_reader(const json::object& from) : from_(from) {}

  std::optional<error> failure;

  const json::value* find(std::string_view key) const {
    return from_.if_contains(key);
  }

  /// Whether there is no such member, or it is null.
  bool lacks(std::string_view key) const {
    auto found = find(key);
    return !found || found->is_null();
  }

  std::string text(std::string_view key, std::string_view shown_as = {}) {
    auto found = find(key);
    if (found && found->is_string())
      return std::string{found->get_string()};
    fail(shown_as.empty() ? key : shown_as, "a string");
    return {};
  }

  void fail(std::string_view key, std::string_view expected) {
    if (failure)
      return;
    failure = error{errc::bad_request, std::string{key}};
    failure->message.append(": expected ").append(expected);
  }

private:
  const json::object& from_;
};

template <class T>
result<T> parse_tree(std::string_view body, T (*read)(tree_reader&)) {
  if (body.size() > push_body_bytes_max)
    return error{errc::too_large, "the body: expected at most 16384 bytes"};
  if (!valid_utf8(body))
    return error{errc::bad_frame, "expected UTF-8"};
  json::parse_options with;
  with.max_depth = limits::json_depth_max;
  boost::system::error_code failed;
  auto tree = json::parse(body, failed, {}, with);
  if (failed)
    return error{errc::bad_frame, "not valid JSON"};
  if (!tree.is_object())
    return error{errc::bad_frame, "expected a JSON object"};
  tree_reader in{tree.get_object()};
  auto value = read(in);
  if (in.failure)
    return *std::move(in.failure);
  return value;
}

subscription_body::service service_of(tree_reader& in) {
  using enum subscription_body::service;
  if (!in.find("kind"))
    return web_push; // A browser's own form does not say.
  auto kind = in.text("kind");
  if (kind == "apns")
    return apns;
  if (kind == "fcm")
    return fcm;
  if (kind != "webpush")
    in.fail("kind", "webpush, apns or fcm");
  return web_push;
}

void read_browser_keys(tree_reader& in, subscription_body& to) {
  auto keys = in.find("keys");
  if (!keys || !keys->is_object())
    return in.fail("keys", "an object with p256dh and auth");
  tree_reader inner{keys->get_object()};
  to.p256dh = inner.text("p256dh", "keys.p256dh");
  to.auth = inner.text("auth", "keys.auth");
  if (inner.failure && !in.failure)
    in.failure = std::move(inner.failure);
}

std::string token_of(tree_reader& in) {
  auto text = in.text("token");
  if (text.size() > token_bytes_max && !in.failure)
    in.failure = error{errc::too_large, "token: expected at most 4096 bytes"};
  return text;
}

/// "22:30" as minutes.
uint32_t minutes_of(tree_reader& in, std::string_view key) {
  auto text = in.text(key);
  auto digit = [&](size_t i) {
    return i < text.size() && text[i] >= '0' && text[i] <= '9' ? text[i] - '0'
                                                               : 99;
  };
  auto hours = digit(0) * 10 + digit(1);
  auto minutes = digit(3) * 10 + digit(4);
  if (text.size() == 5 && text[2] == ':' && hours < 24 && minutes < 60)
    return static_cast<uint32_t>(hours * 60 + minutes);
  in.fail(key, "a time of the day, 00:00 to 23:59");
  return 0;
}

/// From the far west to the far east there are 14 hours either way.
int32_t offset_of(tree_reader& in) {
  constexpr std::string_view key = "utc_offset_minutes";
  constexpr int64_t most = 14 * 60;
  auto found = in.find(key);
  if (!found)
    return 0;
  if (found->is_int64() && found->get_int64() >= -most
      && found->get_int64() <= most)
    return static_cast<int32_t>(found->get_int64());
  in.fail(key, "an integer from -840 to 840");
  return 0;
}

} // namespace

result<subscription_body> parse_subscription(std::string_view body) {
  return parse_tree<subscription_body>(body, [](tree_reader& in) {
    subscription_body x;
    x.kind = service_of(in);
    auto web = x.kind == subscription_body::service::web_push;
    if (web) {
      x.endpoint = in.text("endpoint");
      read_browser_keys(in, x);
    }
    if (!web || in.find("token"))
      x.token = token_of(in);
    if (in.find("device")) {
      x.device = in.text("device");
      if (!valid_device(x.device))
        in.fail("device", "1 to 64 of A-Z a-z 0-9 . _ -");
    }
    return x;
  });
}

result<quiet_body> parse_quiet(std::string_view body) {
  return parse_tree<quiet_body>(body, [](tree_reader& in) {
    quiet_body x;
    x.offset_minutes = offset_of(in);
    if (in.lacks("quiet_from") || in.lacks("quiet_to"))
      return x;
    x.from = minutes_of(in, "quiet_from");
    x.to = minutes_of(in, "quiet_to");
    if (!in.failure && x.from == x.to)
      in.fail("quiet_to", "another time than quiet_from");
    return x;
  });
}

std::string clock_text(uint32_t minutes) {
  auto digit = [](uint32_t x) {
    return static_cast<char>('0' + x);
  };
  auto hours = minutes / 60;
  auto rest = minutes % 60;
  return {digit(hours / 10), digit(hours % 10), ':', digit(rest / 10),
          digit(rest % 10)};
}

} // namespace parley::protocol
