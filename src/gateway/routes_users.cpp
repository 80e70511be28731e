#include "gateway/path_names.hpp"
#include "gateway/routes.hpp"

#include "parley/actors/directory.hpp"
#include "parley/base/limits.hpp"
#include "parley/base/names.hpp"
#include "parley/protocol/http_bodies.hpp"
#include "parley/protocol/json_writer.hpp"
#include "parley/protocol/text.hpp"

#include <memory>

namespace parley::gateway {

namespace {

constexpr size_t prefix_chars_min = 2;

std::string users_object(const std::vector<std::string>& profiles,
                         bool partial = false) {
  std::string body;
  protocol::json_writer json{body};
  json.open_object().key("users").open_array();
  for (const auto& x : profiles)
    if (!x.empty())
      json.raw(x);
  json.close_array();
  if (partial)
    json.member("partial", true);
  json.close_object();
  return body;
}

std::string profile_of(const found_account& x) {
  std::string json;
  protocol::json_writer{json}
      .open_object()
      .member("user", x.user)
      .member("display_name", x.display_name)
      .member("about", x.about)
      .member("created", x.created)
      .close_object();
  return json;
}

/// The profiles that were asked for, until all answers are there.
struct gathering {
  std::vector<std::string> profiles; ///< In the order asked; empty: no user.
  size_t open = 0;
};

void get_profiles(const exchange_ptr& x,
                  const std::vector<std::string>& users) {
  auto found = std::make_shared<gathering>();
  found->profiles.resize(users.size());
  found->open = users.size();
  auto take = [x, found](size_t at, const result<answer>& outcome) {
    if (!outcome && outcome.error().code != errc::not_found)
      x->fail(outcome.error());
    else if (outcome)
      found->profiles[at] = '{' + std::string{outcome->fields.view()} + '}';
    if (--found->open == 0)
      x->json(200, users_object(found->profiles));
  };
  for (size_t i = 0; i < users.size(); ++i)
    x->ask_user<answer>(
        users[i], get_profile{},
        [take, i](const result<answer>& outcome) { take(i, outcome); });
}

void find_by_ids(const exchange_ptr& x, std::string_view list) {
  auto users = split_list(list);
  if (users.empty() || users.size() > limits::profile_ids_max) {
    x->fail({errc::bad_request, "ids: expected 1 to 100 users"});
    return;
  }
  std::erase_if(users, [](const auto& user) { return !valid_user(user); });
  if (users.empty())
    x->json(200, users_object({}));
  else
    get_profiles(x, users);
}

void find_by_prefix(const exchange_ptr& x, std::string_view prefix) {
  if (!x->with().settings().http.user_search) {
    x->fail({errc::forbidden, "the search for users is switched off"});
    return;
  }
  if (protocol::count_chars(prefix) < prefix_chars_min) {
    x->fail({errc::bad_request, "prefix: expected 2 and more characters"});
    return;
  }
  if (!valid_user(prefix)) {
    x->json(200, users_object({}));
    return;
  }
  auto tell = or_fail<search_result>(x, [x](const search_result& found) {
    std::vector<std::string> profiles;
    for (const auto& account : found.all)
      profiles.push_back(profile_of(account));
    x->json(200, users_object(profiles, found.partial));
  });
  search_accounts(x->node(), std::string{prefix}, limits::search_results_max,
                  x->on_io<search_result>(tell));
}

} // namespace

void get_me(const exchange_ptr& x) {
  x->ask_user<answer>(x->caller().user, get_profile{}, as_fields(x));
}

void patch_me(const exchange_ptr& x) {
  auto body = protocol::parse_profile_patch(x->body());
  if (!body)
    x->fail(body.error());
  else
    x->ask_user<answer>(x->caller().user,
                        patch_profile{body->display_name, body->about},
                        as_fields(x));
}

void get_user(const exchange_ptr& x) {
  if (const auto* user = user_in(x))
    x->ask_user<answer>(*user, get_profile{}, as_fields(x));
}

void find_users(const exchange_ptr& x) {
  auto ids = x->what().text("ids");
  auto prefix = x->what().text("prefix");
  if (ids.has_value() == prefix.has_value())
    x->fail({errc::bad_request, "expected either ids or prefix"});
  else if (ids)
    find_by_ids(x, *ids);
  else
    find_by_prefix(x, *prefix);
}

} // namespace parley::gateway
