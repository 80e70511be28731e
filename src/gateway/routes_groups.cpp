#include "gateway/group_id.hpp"
#include "gateway/path_names.hpp"
#include "gateway/routes.hpp"

#include "parley/protocol/http_bodies.hpp"
#include "parley/protocol/json_writer.hpp"

namespace parley::gateway {

void post_group(const exchange_ptr& x) {
  auto body = protocol::parse_group(x->body());
  if (!body) {
    x->fail(body.error());
    return;
  }
  const auto& by = x->caller().user;
  auto conv = new_group_id(by, body->cid, x->now(), *x->node().random);
  auto tell = [x, conv](const answer&) {
    std::string json;
    protocol::json_writer{json}
        .open_object()
        .member("conv", conv)
        .close_object();
    x->json(201, std::move(json));
  };
  x->ask_conversation<answer>(
      conv, create_group{by, body->cid, body->name, body->members},
      or_fail<answer>(x, tell));
}

void patch_group(const exchange_ptr& x) {
  const auto* conv = group_in(x);
  if (!conv)
    return;
  auto name = protocol::parse_group_name(x->body());
  if (!name)
    x->fail(name.error());
  else
    x->ask_conversation<answer>(*conv, rename_group{x->caller().user, *name},
                                as_done(x));
}

void remove_group(const exchange_ptr& x) {
  if (const auto* conv = group_in(x))
    x->ask_conversation<answer>(*conv, delete_group{x->caller().user},
                                as_done(x));
}

void post_members(const exchange_ptr& x) {
  const auto* conv = group_in(x);
  if (!conv)
    return;
  auto users = protocol::parse_users(x->body());
  if (!users)
    x->fail(users.error());
  else
    x->ask_conversation<answer>(*conv, add_members{x->caller().user, *users},
                                as_done(x));
}

void put_member(const exchange_ptr& x) {
  const auto* conv = group_in(x);
  const auto* user = conv ? user_in(x) : nullptr;
  if (!user)
    return;
  auto as = protocol::parse_role(x->body());
  if (!as)
    x->fail(as.error());
  else
    x->ask_conversation<answer>(*conv, set_role{x->caller().user, *user, *as},
                                as_done(x));
}

void drop_member(const exchange_ptr& x) {
  const auto* conv = group_in(x);
  if (const auto* user = conv ? user_in(x) : nullptr)
    x->ask_conversation<answer>(*conv, remove_member{x->caller().user, *user},
                                as_done(x));
}

} // namespace parley::gateway
