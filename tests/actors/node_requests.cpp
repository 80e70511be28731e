#include "actors/fakes.hpp"
#include "actors/node.hpp"
#include "actors/node_actors.hpp"

#include <stdexcept>

namespace parley::test {

namespace {

answer_slot new_slot() {
  return std::make_shared<std::optional<result<json::object>>>();
}

json::object fields_of(const answer& x) {
  return json::parse("{" + std::string{x.fields.view()} + "}").as_object();
}

std::function<void(result<answer>)> into(answer_slot slot) {
  return [slot = std::move(slot)](const result<answer>& x) {
    if (x)
      slot->emplace(fields_of(*x));
    else
      slot->emplace(x.error());
  };
}

template <class Request>
answer_slot from_user(const node_context& with, const std::string& user,
                      Request what) {
  auto slot = new_slot();
  ask_user<answer>(with, user, into(slot), std::move(what));
  return slot;
}

template <class Request>
answer_slot from_conversation(const node_context& with, const std::string& conv,
                              Request what) {
  auto slot = new_slot();
  ask_conversation<answer>(with, conv, into(slot), std::move(what));
  return slot;
}

role role_named(const std::string& name) {
  return name == "owner"   ? role::owner
         : name == "admin" ? role::admin
                           : role::member;
}

} // namespace

answer_slot node::create_account(const std::string& user) {
  return from_user(*actors_->context, user,
                   parley::create_account{user, "hash"});
}

answer_slot node::create_group(const std::string& by, const std::string& conv,
                               const std::vector<std::string>& members,
                               const std::string& cid,
                               const std::string& name) {
  return from_conversation(*actors_->context, conv,
                           parley::create_group{by, cid, name, members});
}

answer_slot node::rename_group(const std::string& by, const std::string& conv,
                               const std::string& name) {
  return from_conversation(*actors_->context, conv,
                           parley::rename_group{by, name});
}

answer_slot node::delete_group(const std::string& by, const std::string& conv) {
  return from_conversation(*actors_->context, conv, parley::delete_group{by});
}

answer_slot node::add_members(const std::string& by, const std::string& conv,
                              const std::vector<std::string>& users) {
  return from_conversation(*actors_->context, conv,
                           parley::add_members{by, users});
}

answer_slot node::set_role(const std::string& by, const std::string& conv,
                           const std::string& user, const std::string& role) {
  return from_conversation(*actors_->context, conv,
                           parley::set_role{by, user, role_named(role)});
}

answer_slot node::remove_member(const std::string& by, const std::string& conv,
                                const std::string& user) {
  return from_conversation(*actors_->context, conv,
                           parley::remove_member{by, user});
}

answer_slot node::show(const std::string& reader, const std::string& conv) {
  return from_conversation(*actors_->context, conv, get_conversation{reader});
}

answer_slot node::block(const std::string& by, const std::string& user,
                        bool on) {
  return from_user(*actors_->context, by, set_block{user, on});
}

answer_slot node::blocks(const std::string& user) {
  return from_user(*actors_->context, user, get_blocks{});
}

answer_slot node::mute(const std::string& user, const std::string& conv,
                       timestamp until) {
  return from_user(*actors_->context, user, parley::mute{conv, until});
}

answer_slot node::devices(const std::string& user) {
  return from_user(*actors_->context, user, get_devices{});
}

answer_slot node::name_device(const std::string& user,
                              const std::string& device,
                              const std::string& name) {
  return from_user(*actors_->context, user, parley::name_device{device, name});
}

answer_slot node::remove_device(const std::string& user,
                                const std::string& device) {
  return from_user(*actors_->context, user, parley::remove_device{device});
}

answer_slot node::disable(const std::string& user, bool on) {
  return from_user(*actors_->context, user, set_disabled{on});
}

answer_slot node::end_sessions(const std::string& user,
                               const std::string& login,
                               const std::string& except_login) {
  parley::end_sessions which;
  which.login = login;
  which.except_login = except_login;
  which.code = static_cast<uint16_t>(protocol::close_code::ended);
  return from_user(*actors_->context, user, which);
}

answer_slot node::open_login(const std::string& user) {
  auto slot = new_slot();
  ask_user<login_opened>(
      *actors_->context, user,
      [slot](const result<login_opened>& x) {
        if (x)
          slot->emplace(
              json::object{{"login", x->login}, {"secret", x->secret}});
        else
          slot->emplace(x.error());
      },
      parley::open_login{clock_.now() + 3'600'000});
  return slot;
}

answer_slot node::close_login(const std::string& user, const std::string& login,
                              const std::string& secret) {
  return from_user(*actors_->context, user, parley::close_login{login, secret});
}

answer_slot node::subscribe(const std::string& user,
                            const std::string& endpoint,
                            const std::string& device,
                            const std::string& login) {
  auto slot = new_slot();
  subscribe_push what;
  what.kind = static_cast<uint8_t>(history::push_kind::web);
  what.address = endpoint;
  what.device = device;
  what.login = login;
  ask_user<subscribed>(
      *actors_->context, user,
      [slot](const result<subscribed>& x) {
        if (x)
          slot->emplace(json::object{{"id", x->id}, {"known", x->known}});
        else
          slot->emplace(x.error());
      },
      std::move(what));
  return slot;
}

answer_slot node::unsubscribe(const std::string& user, const std::string& id) {
  return from_user(*actors_->context, user, unsubscribe_push{id});
}

answer_slot node::subscriptions(const std::string& user) {
  return from_user(*actors_->context, user, get_subscriptions{});
}

answer_slot node::set_quiet_hours(const std::string& user, uint32_t from,
                                  uint32_t to) {
  return from_user(*actors_->context, user,
                   parley::set_quiet_hours{from, to, 0});
}

answer_slot node::change_password(const std::string& user,
                                  const std::string& except_login) {
  return from_user(*actors_->context, user,
                   set_password{"new hash", except_login});
}

result<json::object> node::settle(const answer_slot& of) {
  run();
  if (!*of)
    throw std::runtime_error("a request was not answered");
  return **of;
}

json::object node::done(const answer_slot& of) {
  auto x = settle(of);
  if (!x)
    throw std::runtime_error("a request failed: " + x.error().message);
  return *x;
}

errc node::refusal(const answer_slot& of) {
  auto x = settle(of);
  return x ? errc::none : x.error().code;
}

void node::register_users(const std::vector<std::string>& users) {
  for (const auto& user : users)
    done(create_account(user));
}

} // namespace parley::test
