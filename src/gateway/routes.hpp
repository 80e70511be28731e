#pragma once

#include "gateway/router.hpp"

#include <span>

namespace parley::gateway {

/// Every path of the contract's HTTP table but the static files. A WebSocket's
/// upgrade does not come here.
std::span<const route> routes();

// The handlers, by theme. Each answers its exchange once.

// routes_login.cpp
void register_user(const exchange_ptr& x);
void log_in(const exchange_ptr& x);
void refresh_token(const exchange_ptr& x);
void log_out(const exchange_ptr& x);
void change_password(const exchange_ptr& x);

// routes_users.cpp
void get_me(const exchange_ptr& x);
void patch_me(const exchange_ptr& x);
void get_user(const exchange_ptr& x);
void find_users(const exchange_ptr& x);

// routes_conversations.cpp
void list_conversations(const exchange_ptr& x);
void get_conversation_view(const exchange_ptr& x);
void get_messages(const exchange_ptr& x);
void post_message(const exchange_ptr& x);
void put_settings(const exchange_ptr& x);

// routes_groups.cpp
void post_group(const exchange_ptr& x);
void patch_group(const exchange_ptr& x);
void remove_group(const exchange_ptr& x);
void post_members(const exchange_ptr& x);
void put_member(const exchange_ptr& x);
void drop_member(const exchange_ptr& x);

// routes_personal.cpp
void get_presence(const exchange_ptr& x);
void put_block(const exchange_ptr& x);
void drop_block(const exchange_ptr& x);
void list_blocks(const exchange_ptr& x);
void list_devices(const exchange_ptr& x);
void put_device(const exchange_ptr& x);
void drop_device(const exchange_ptr& x);

// routes_push.cpp
void get_vapid_key(const exchange_ptr& x);
void list_subscriptions(const exchange_ptr& x);
void post_subscription(const exchange_ptr& x);
void drop_subscription(const exchange_ptr& x);
void get_push_settings(const exchange_ptr& x);
void put_push_settings(const exchange_ptr& x);

// routes_node.cpp
void discover(const exchange_ptr& x);
void health(const exchange_ptr& x);
void readiness(const exchange_ptr& x);
void metrics_text(const exchange_ptr& x);
void demand_upgrade(const exchange_ptr& x);

} // namespace parley::gateway
