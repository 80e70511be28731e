#include "parley/protocol/requests.hpp"

#include "protocol/field_reader.hpp"
#include "protocol/object_reader.hpp"

#include "parley/base/limits.hpp"
#include "parley/protocol/text.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace parley::protocol {

namespace {

request_body read_auth(field_reader& in) {
  auth_request x;
  x.token = in.text(field::token);
  x.device = in.device();
  x.since = in.optional_number(field::since, 0);
  return x;
}

request_body read_send(field_reader& in) {
  send_request x;
  x.cid = in.cid();
  if (in.has(field::conv) == in.has(field::to))
    in.fail(errc::bad_request, "expected either conv or to");
  else if (in.has(field::conv))
    x.conv = in.reference(field::conv);
  else
    x.to = in.reference(field::to);
  x.body = in.body();
  x.reply_to = in.optional_number(field::reply_to, 1).value_or(0);
  return x;
}

request_body read_edit(field_reader& in) {
  edit_request x;
  x.cid = in.optional_cid();
  x.conv = in.reference(field::conv);
  x.seq = in.number(field::seq, 1);
  x.body = in.body();
  return x;
}

request_body read_delete(field_reader& in) {
  delete_request x;
  x.cid = in.optional_cid();
  x.conv = in.reference(field::conv);
  x.seq = in.number(field::seq, 1);
  return x;
}

request_body read_react(field_reader& in) {
  react_request x;
  x.cid = in.optional_cid();
  x.conv = in.reference(field::conv);
  x.seq = in.number(field::seq, 1);
  x.emoji = in.text(field::emoji, valid_emoji,
                    "1 to 16 code points without space or control");
  x.on = in.flag(field::on);
  return x;
}

request_body read_history(field_reader& in) {
  history_request x;
  x.conv = in.reference(field::conv);
  x.before = in.optional_number(field::before, 0);
  x.after = in.optional_number(field::after, 0);
  x.limit = in.limit(limits::history_items_default, limits::history_items_max);
  return x;
}

request_body read_conversations(field_reader& in) {
  conversations_request x;
  x.limit = in.limit(limits::conversations_default, limits::conversations_max);
  if (in.has(field::cursor))
    x.cursor = in.text(field::cursor);
  return x;
}

request_body read_watch(field_reader& in) {
  return watch_request{in.references(field::users, 0)};
}

request_body read_read(field_reader& in) {
  read_request x;
  x.conv = in.reference(field::conv);
  x.seq = in.number(field::seq, 1);
  return x;
}

request_body read_recv(field_reader& in) {
  return recv_request{in.number(field::useq, 0)};
}

request_body read_typing(field_reader& in) {
  return typing_request{in.reference(field::conv)};
}

request_body read_status(field_reader& in) {
  auto status = in.text(field::status);
  if (status != "online" && status != "away")
    in.fail(field::status, "online or away");
  return status_request{status == "away"};
}

request_body read_ping(field_reader&) {
  return ping_request{};
}

struct request_type {
  std::string_view name;
  bool replied; ///< So that it needs an `id`.
  request_body (*read)(field_reader&);
};

constexpr std::array types{
    request_type{"send", true, read_send},
    request_type{"recv", false, read_recv},
    request_type{"read", false, read_read},
    request_type{"typing", false, read_typing},
    request_type{"history", true, read_history},
    request_type{"react", true, read_react},
    request_type{"edit", true, read_edit},
    request_type{"delete", true, read_delete},
    request_type{"conversations", true, read_conversations},
    request_type{"watch", true, read_watch},
    request_type{"status", false, read_status},
    request_type{"ping", false, read_ping},
    request_type{"auth", true, read_auth},
};

request invalid(std::optional<int64_t> id, errc code, std::string message) {
  return {id, invalid_request{{code, std::move(message)}}};
}

request read_request_of(const fields& from) {
  using kind = field_value::kind;
  std::optional<int64_t> id;
  if (auto found = from.find(field::id)) {
    if (found->is != kind::integer)
      return invalid({}, errc::bad_request, "id: expected an integer");
    id = found->number;
  }
  if (from.unpaired())
    return invalid(id, errc::bad_request, "unpaired surrogate in a string");
  auto t = from.find(field::t);
  if (!t || t->is != kind::text)
    return invalid(id, errc::bad_request, "t: expected a string");
  auto type =
      std::find_if(types.begin(), types.end(),
                   [&](const request_type& x) { return x.name == t->text; });
  if (type == types.end())
    return invalid(id, errc::unknown_type, "unknown type of request");
  if (type->replied && !id)
    return invalid(id, errc::bad_request, "id: expected an integer");
  field_reader in{from};
  auto body = type->read(in);
  if (in.failure())
    return {id, invalid_request{*in.failure()}};
  return {id, std::move(body)};
}

class request_sink final : public object_sink {
public:
  void object(const fields& x) override { out.push_back(read_request_of(x)); }

  void other() override {
    out.push_back(
        invalid({}, errc::bad_frame, "expected an object in the array"));
  }

  void restart() override { out.clear(); }

  std::vector<request> out;
};

} // namespace

std::vector<request> parse_frame(std::string_view text) {
  request_sink sink;
  auto failure = read_objects(text, shape::object_or_array, sink);
  if (!failure.empty()) {
    sink.out.clear();
    sink.out.push_back(invalid({}, errc::bad_frame, std::string{failure}));
  }
  return std::move(sink.out);
}

} // namespace parley::protocol
