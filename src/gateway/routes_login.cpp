#include "gateway/routes.hpp"

#include "parley/base/metrics.hpp"
#include "parley/base/names.hpp"
#include "parley/protocol/http_bodies.hpp"
#include "parley/protocol/json_writer.hpp"

#include <optional>

namespace parley::gateway {

namespace {

using protocol::login_body;
using protocol::register_body;

/// A refresh token: `user.login.secret`. A user's name may hold dots.
struct refresh_parts {
  std::string user;
  std::string login;
  std::string secret;
};

std::optional<refresh_parts> split(const std::string& token) {
  auto last = token.rfind('.');
  if (last == std::string::npos || last == 0)
    return std::nullopt;
  auto first = token.rfind('.', last - 1);
  if (first == std::string::npos)
    return std::nullopt;
  refresh_parts parts{token.substr(0, first),
                      token.substr(first + 1, last - first - 1),
                      token.substr(last + 1)};
  if (!valid_user(parts.user) || parts.login.empty() || parts.secret.empty())
    return std::nullopt;
  return parts;
}

timestamp refresh_expiry(const exchange_ptr& x) {
  std::chrono::milliseconds life = x->with().settings().auth.refresh_ttl;
  return x->now() + life.count();
}

void give_tokens(const exchange_ptr& x, unsigned status,
                 const std::string& user, const login_opened& login) {
  const auto& with = x->with();
  std::string body;
  protocol::json_writer{body}
      .open_object()
      .member("user", user)
      .member("token", with.tokens.issue(user, login.login))
      .member("expires_in", with.settings().auth.access_ttl.count())
      .member("refresh_token", user + '.' + login.login + '.' + login.secret)
      .close_object();
  x->json(status, std::move(body));
}

void start_login(const exchange_ptr& x, unsigned status,
                 const std::string& user) {
  x->ask_user<login_opened>(
      user, open_login{refresh_expiry(x)},
      or_fail<login_opened>(x, [x, status, user](const login_opened& login) {
        give_tokens(x, status, user, login);
      }));
}

void refuse_login(const exchange_ptr& x) {
  metrics::add(metrics::counter::logins_failed);
  x->fail({errc::unauthenticated, "wrong user or password"});
}

/// Takes the same time whether or not there is such a user.
void check_login(const exchange_ptr& x, const std::string& user,
                 const std::string& password, std::string hash, bool open) {
  x->with().passwords.verify(
      std::move(hash), password,
      x->on_io<bool>(or_fail<bool>(x, [x, user, open](bool fits) {
        if (fits && open)
          start_login(x, 200, user);
        else
          refuse_login(x);
      })));
}

bool registration_open(const config::auth_settings& by) {
  return by.registration_open && by.external.algorithm.empty();
}

} // namespace

void register_user(const exchange_ptr& x) {
  if (!registration_open(x->with().settings().auth)) {
    x->fail({errc::forbidden, "registration is closed"});
    return;
  }
  auto body = protocol::parse_register(x->body());
  if (!body) {
    x->fail(body.error());
    return;
  }
  auto begin_login = [x, user = body->user](const answer&) {
    start_login(x, 201, user);
  };
  auto create = [x, user = body->user, name = body->display_name,
                 begin_login](const std::string& hash) {
    x->ask_user<answer>(user, create_account{name, hash},
                        or_fail<answer>(x, begin_login));
  };
  x->with().passwords.hash(
      std::move(body->password),
      x->on_io<std::string>(or_fail<std::string>(x, create)));
}

void log_in(const exchange_ptr& x) {
  auto body = protocol::parse_login(x->body());
  if (!body) {
    x->fail(body.error());
    return;
  }
  auto& [user, password] = *body;
  if (!valid_user(user)) {
    check_login(x, user, password, {}, false);
    return;
  }
  auto check = [x, body = *body](const result<account>& found) {
    if (!found && found.error().code != errc::not_found)
      x->fail(found.error());
    else if (!found)
      check_login(x, body.user, body.password, {}, false);
    else
      check_login(x, body.user, body.password, found->record.password_hash,
                  !found->record.disabled);
  };
  x->ask_user<account>(user, get_account{}, check);
}

void refresh_token(const exchange_ptr& x) {
  auto token = protocol::parse_refresh_token(x->body());
  if (!token) {
    x->fail(token.error());
    return;
  }
  auto parts = split(*token);
  if (!parts) {
    x->fail({errc::unauthenticated, "this is no refresh token"});
    return;
  }
  x->ask_user<login_opened>(
      parts->user,
      refresh_login{parts->login, parts->secret, refresh_expiry(x)},
      or_fail<login_opened>(x,
                            [x, user = parts->user](const login_opened& login) {
                              give_tokens(x, 200, user, login);
                            }));
}

void log_out(const exchange_ptr& x) {
  auto token = protocol::parse_refresh_token(x->body());
  if (!token) {
    x->fail(token.error());
    return;
  }
  auto parts = split(*token);
  if (!parts) {
    x->fail({errc::unauthenticated, "this is no refresh token"});
    return;
  }
  x->ask_user<answer>(parts->user, close_login{parts->login, parts->secret},
                      as_done(x));
}

void change_password(const exchange_ptr& x) {
  auto body = protocol::parse_password_change(x->body());
  if (!body) {
    x->fail(body.error());
    return;
  }
  auto set = [x](const std::string& hash) {
    x->ask_user<answer>(x->caller().user, set_password{hash, x->caller().login},
                        as_done(x));
  };
  auto hash = [x, set, fresh = body->new_password](bool fits) {
    if (fits)
      x->with().passwords.hash(
          fresh, x->on_io<std::string>(or_fail<std::string>(x, set)));
    else
      x->fail({errc::forbidden, "the old password is wrong"});
  };
  auto verify = [x, hash, old = body->old_password](const account& found) {
    if (found.record.password_hash.empty())
      x->fail({errc::forbidden, "this account has no password here"});
    else
      x->with().passwords.verify(found.record.password_hash, old,
                                 x->on_io<bool>(or_fail<bool>(x, hash)));
  };
  x->ask_user<account>(x->caller().user, get_account{},
                       or_fail<account>(x, verify));
}

} // namespace parley::gateway
