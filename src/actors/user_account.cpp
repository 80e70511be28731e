#include "actors/user.hpp"

#include "parley/protocol/close_code.hpp"
#include "parley/protocol/json_writer.hpp"

#include <sodium.h>

#include <algorithm>
#include <utility>

namespace parley {

namespace {

using history::family;
using history::record;
using history::state_key;

constexpr size_t logins_max = 64; ///< A user's; the oldest gives way.

constexpr auto ended = static_cast<uint16_t>(protocol::close_code::ended);

caf::error no_such_user() {
  return to_caf(errc::not_found, "no such user");
}

caf::error not_logged_in() {
  return to_caf(errc::unauthenticated, "the login is not known any more");
}

} // namespace

void user_state::make_account(std::string display_name,
                              std::string password_hash, history::batch& rows) {
  history::account_record made;
  made.user = name;
  made.display_name = std::move(display_name);
  made.created = node->clock->now();
  made.password_hash = std::move(password_hash);
  account_row = std::move(made);
  put_account(rows);
  skip_lost(); // Of one with this name, that is lost.
}

shared_bytes user_state::profile() const {
  std::string fields;
  protocol::json_writer{fields}
      .member("user", name)
      .member("display_name", account_row->display_name)
      .member("about", account_row->about)
      .member("created", account_row->created);
  return shared_bytes{std::move(fields)};
}

caf::result<answer> user_state::on_create(const create_account& x) {
  if (account_row)
    return to_caf(errc::conflict, "the name is taken");
  history::batch rows;
  make_account(x.display_name, x.password_hash, rows);
  return commit_then(std::move(rows), answer{profile()});
}

caf::result<answer> user_state::on_admit(const admit& x) {
  if (!account_row && x.create) {
    history::batch rows;
    make_account(name, {}, rows);
    return commit_then(std::move(rows), answer{});
  }
  if (!may_log_in())
    return to_caf(errc::unauthenticated, "no such account, or it is disabled");
  return answer{};
}

caf::result<account> user_state::on_account() {
  if (!account_row)
    return no_such_user();
  return account{*account_row};
}

caf::result<answer> user_state::on_profile() {
  if (!account_row)
    return no_such_user();
  return answer{profile()};
}

caf::result<answer> user_state::on_patch(const patch_profile& x) {
  if (!account_row)
    return no_such_user();
  if (x.display_name)
    account_row->display_name = *x.display_name;
  if (x.about)
    account_row->about = *x.about;
  history::batch rows;
  put_account(rows);
  return commit_then(std::move(rows), answer{profile()});
}

caf::result<answer> user_state::on_password(const set_password& x) {
  if (!account_row)
    return no_such_user();
  account_row->password_hash = x.password_hash;
  history::batch rows;
  put_account(rows);
  for (const auto& login : logins)
    if (login.login != x.except_login)
      rows.erase(family::state, state_key(record::login, where, login.login));
  std::erase_if(logins,
                [&](const auto& l) { return l.login != x.except_login; });
  erase_subscriptions(rows,
                      [&](const auto& s) { return s.login != x.except_login; });
  end_sessions which;
  which.except_login = x.except_login;
  which.code = ended;
  end_sessions_of(std::move(which));
  return commit_then(std::move(rows), answer{});
}

caf::result<answer> user_state::on_disable(const set_disabled& x) {
  if (!account_row)
    return no_such_user();
  account_row->disabled = x.on;
  history::batch rows;
  put_account(rows);
  if (x.on) {
    for (const auto& login : logins)
      rows.erase(family::state, state_key(record::login, where, login.login));
    logins.clear();
    erase_subscriptions(rows, [](const auto&) { return true; });
    end_sessions which;
    which.code = ended;
    end_sessions_of(std::move(which));
  }
  return commit_then(std::move(rows), answer{});
}

void user_state::put_login(history::batch& rows,
                           const history::login_record& x) {
  rows.put(family::state, state_key(record::login, where, x.login),
           history::encode(x));
}

void user_state::erase_login(history::batch& rows, const std::string& login) {
  rows.erase(family::state, state_key(record::login, where, login));
  end_sessions which;
  which.login = login;
  which.code = ended;
  end_sessions_of(std::move(which));
  std::erase_if(logins, [&](const auto& l) { return l.login == login; });
  erase_subscriptions(rows, [&](const auto& s) { return s.login == login; });
}

caf::result<login_opened> user_state::on_open_login(const open_login& x) {
  if (!may_log_in())
    return not_logged_in();
  history::batch rows;
  auto now = node->clock->now();
  std::vector<std::string> over;
  for (const auto& l : logins)
    if (l.expires <= now)
      over.push_back(l.login);
  if (logins.size() - over.size() >= logins_max)
    over.push_back(std::min_element(logins.begin(), logins.end(),
                                    [](const auto& a, const auto& b) {
                                      return a.issued < b.issued;
                                    })
                       ->login);
  for (const auto& login : over)
    erase_login(rows, login);
  login_opened reply{make_secret(9, *node->random),
                     make_secret(24, *node->random)};
  logins.push_back({reply.login, hash_of(reply.secret), now, x.expires});
  put_login(rows, logins.back());
  return commit_then(std::move(rows), std::move(reply));
}

/// The login whose refresh token this is, if it holds.
history::login_record* user_state::find_login(const std::string& login,
                                              const std::string& secret) {
  auto at = std::find_if(logins.begin(), logins.end(),
                         [&](const auto& l) { return l.login == login; });
  auto hash = hash_of(secret);
  if (at == logins.end() || at->expires <= node->clock->now()
      || sodium_memcmp(at->secret.bytes.data(), hash.bytes.data(),
                       hash.bytes.size())
             != 0)
    return nullptr;
  return &*at;
}

caf::result<login_opened> user_state::on_refresh(const refresh_login& x) {
  auto* login = may_log_in() ? find_login(x.login, x.secret) : nullptr;
  if (!login)
    return not_logged_in();
  login_opened reply{x.login, make_secret(24, *node->random)};
  login->secret = hash_of(reply.secret);
  login->expires = x.expires;
  history::batch rows;
  put_login(rows, *login);
  return commit_then(std::move(rows), std::move(reply));
}

caf::result<answer> user_state::on_close_login(const close_login& x) {
  if (!find_login(x.login, x.secret))
    return not_logged_in();
  history::batch rows;
  erase_login(rows, x.login);
  return commit_then(std::move(rows), answer{});
}

} // namespace parley
