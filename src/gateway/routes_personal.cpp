#include "gateway/path_names.hpp"
#include "gateway/routes.hpp"

#include "parley/base/limits.hpp"
#include "parley/base/names.hpp"
#include "parley/protocol/http_bodies.hpp"

#include <algorithm>

namespace parley::gateway {

namespace {

/// `"items":[…]` without its key.
std::string items_of(const answer& x) {
  auto fields = x.fields.view();
  auto begin = std::min(fields.find('['), fields.size());
  return std::string{fields.substr(begin)};
}

void set_blocked(const exchange_ptr& x, bool on) {
  if (const auto* user = user_in(x))
    x->ask_user<answer>(x->caller().user, set_block{*user, on}, as_done(x));
}

} // namespace

void get_presence(const exchange_ptr& x) {
  auto users = split_list(x->what().text("users").value_or(""));
  if (users.empty() || users.size() > limits::watch_users_max
      || !std::all_of(users.begin(), users.end(),
                      [](const auto& user) { return valid_user(user); })) {
    x->fail({errc::bad_request, "users: expected 1 to 200 users"});
    return;
  }
  x->ask_user<answer>(x->caller().user, watch{caf::actor{}, std::move(users)},
                      or_fail<answer>(x, [x](const answer& seen) {
                        x->json(200, items_of(seen));
                      }));
}

void put_block(const exchange_ptr& x) {
  set_blocked(x, true);
}

void drop_block(const exchange_ptr& x) {
  set_blocked(x, false);
}

void list_blocks(const exchange_ptr& x) {
  x->ask_user<answer>(x->caller().user, get_blocks{}, as_fields(x));
}

void list_devices(const exchange_ptr& x) {
  x->ask_user<answer>(x->caller().user, get_devices{}, as_fields(x));
}

void put_device(const exchange_ptr& x) {
  const auto* device = device_in(x);
  if (!device)
    return;
  auto name = protocol::parse_device_name(x->body());
  if (!name)
    x->fail(name.error());
  else
    x->ask_user<answer>(x->caller().user, name_device{*device, *name},
                        as_done(x));
}

void drop_device(const exchange_ptr& x) {
  if (const auto* device = device_in(x))
    x->ask_user<answer>(x->caller().user, remove_device{*device}, as_done(x));
}

} // namespace parley::gateway
