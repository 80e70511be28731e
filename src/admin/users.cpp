#include "admin/call.hpp"

#include "parley/actors/ask.hpp"
#include "parley/actors/directory.hpp"
#include "parley/admin/limits.hpp"
#include "parley/base/limits.hpp"
#include "parley/base/names.hpp"
#include "parley/protocol/text.hpp"

#include <fmt/format.h>

namespace parley::admin {

namespace {

namespace json = boost::json;

template <class Account>
json::object shown(const Account& x) {
  json::object row;
  row["user"] = x.user;
  row["display_name"] = x.display_name;
  row["created"] = x.created;
  row["disabled"] = x.disabled;
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
  auto limit = static_cast<uint32_t>(on->number("limit", users_default));
  auto listed = [on, limit](result<search_result> found) {
    if (!found)
      return on->done(found.error());
    reply all;
    auto more = found->all.size() > limit;
    found->all.resize(std::min<size_t>(found->all.size(), limit));
    for (const auto& account : found->all) {
      auto row = shown(account);
      row["external"] = account.external;
      all.rows.push_back(std::move(row));
    }
    all.last["count"] = all.rows.size();
    all.last["more"] = more;
    if (found->partial)
      all.last["partial"] = true;
    on->done(std::move(all));
  };
  search_accounts(on->node(), on->text("prefix"), limit + 1, listed);
}

void show_user(const call_ptr& on) {
  if (!names_user(on))
    return;
  auto got = [on](result<account> x) {
    if (!x)
      return on->done(x.error());
    auto row = shown(x->record);
    row["external"] = x->record.password_hash.empty();
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
