#include "admin/call.hpp"

#include "parley/actors/ask.hpp"
#include "parley/admin/limits.hpp"
#include "parley/base/limits.hpp"
#include "parley/base/metrics.hpp"
#include "parley/base/names.hpp"
#include "parley/history/reader.hpp"
#include "parley/protocol/text.hpp"

#include <fmt/format.h>

namespace parley::admin {

namespace {

namespace json = boost::json;

using accounts = std::vector<history::account_record>;

json::object shown(const history::account_record& x) {
  json::object row;
  row["user"] = x.user;
  row["display_name"] = x.display_name;
  row["created"] = x.created;
  row["disabled"] = x.disabled;
  row["external"] = x.password_hash.empty();
  return row;
}

/// Whether the call names a user that can exist; refuses it otherwise.
bool names_user(const call_ptr& on) {
  if (valid_user(on->text("user")))
    return true;
  on->refuse(errc::bad_request, "user: expected 1 to 32 of a-z 0-9 . _ -, "
                                "beginning with a letter or digit");
  return false;
}

/// Hashes the call's password and goes on with the hash.
void with_hash(const call_ptr& on, std::function<void(std::string)> then) {
  auto password = on->text("password");
  if (password.size() < limits::password_bytes_min
      || password.size() > limits::password_bytes_max)
    return on->refuse(errc::bad_request,
                      fmt::format("password: expected {} to {} bytes",
                                  limits::password_bytes_min,
                                  limits::password_bytes_max));
  on->with.hash(std::move(password),
                [on, then = std::move(then)](result<std::string> hash) {
                  if (!hash)
                    return on->done(hash.error());
                  then(std::move(*hash));
                });
}

/// What a request that only acts ends with.
std::function<void(result<answer>)> acted(const call_ptr& on) {
  return [on](result<answer> x) {
    if (!x)
      return on->done(x.error());
    on->done(reply{});
  };
}

} // namespace

void list_users(const call_ptr& on) {
  auto limit = on->number("limit", users_default);
  // Written by the reader's thread before it answers, read after that.
  auto found = std::make_shared<result<accounts>>(accounts{});
  auto job = read_job{[found, prefix = on->text("prefix"), limit,
                       partitions = static_cast<uint32_t>(
                           on->node().partitions.size())](const auto& from) {
    *found = history::search_accounts(from, partitions, prefix, limit + 1);
    return caf::make_message(answer{});
  }};
  auto listed = [on, found, limit](result<answer> x) {
    if (!x || !*found)
      return on->done(x ? found->error() : x.error());
    reply all;
    auto more = (*found)->size() > limit;
    (*found)->resize(std::min<size_t>((*found)->size(), limit));
    for (const auto& account : **found)
      all.rows.push_back(shown(account));
    all.last["count"] = all.rows.size();
    all.last["more"] = more;
    on->done(std::move(all));
  };
  // The reader counts it down again.
  metrics::move(metrics::gauge::reader_queue, 1);
  ask<answer>(on->node(), on->node().readers.front(), listed, std::move(job));
}

void show_user(const call_ptr& on) {
  if (!names_user(on))
    return;
  auto got = [on](result<account> x) {
    if (!x)
      return on->done(x.error());
    auto row = shown(x->record);
    row["about"] = x->record.about;
    on->done(reply{{}, std::move(row), {}});
  };
  ask_user<account>(on->node(), on->text("user"), got, get_account{});
}

void create_user(const call_ptr& on) {
  if (!names_user(on))
    return;
  auto name = on->text("display_name");
  if (name.empty())
    name = on->text("user");
  if (!protocol::valid_title(name))
    return on->refuse(errc::bad_request,
                      fmt::format("display_name: expected 1 to {} characters",
                                  limits::name_chars_max));
  with_hash(on, [on, name](std::string hash) {
    ask_user<answer>(on->node(), on->text("user"), acted(on),
                     create_account{name, std::move(hash)});
  });
}

void disable_user(const call_ptr& on) {
  if (names_user(on))
    ask_user<answer>(on->node(), on->text("user"), acted(on),
                     set_disabled{!on->flag("off")});
}

void change_password(const call_ptr& on) {
  if (!names_user(on))
    return;
  with_hash(on, [on](std::string hash) {
    ask_user<answer>(on->node(), on->text("user"), acted(on),
                     set_password{std::move(hash), {}});
  });
}

} // namespace parley::admin
