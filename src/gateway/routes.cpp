#include "gateway/routes.hpp"

namespace parley::gateway {

std::span<const route> routes() {
  using enum route::access;
  static constexpr route table[] = {
      {verb::post, "/v1/register", anyone, register_user},
      {verb::post, "/v1/login", anyone, log_in},
      {verb::post, "/v1/token/refresh", anyone, refresh_token},
      {verb::post, "/v1/logout", anyone, log_out},

      {verb::get, "/v1/me", user, get_me},
      {verb::patch, "/v1/me", user, patch_me},
      {verb::post, "/v1/me/password", user, change_password},
      {verb::get, "/v1/users", user, find_users},
      {verb::get, "/v1/users/{user}", user, get_user},

      {verb::get, "/v1/conversations", user, list_conversations},
      {verb::get, "/v1/conversations/{conv}", user, get_conversation_view},
      {verb::get, "/v1/conversations/{conv}/messages", user, get_messages},
      {verb::post, "/v1/conversations/{conv}/messages", user, post_message},
      {verb::put, "/v1/conversations/{conv}/settings", user, put_settings},

      {verb::post, "/v1/groups", user, post_group},
      {verb::patch, "/v1/groups/{conv}", user, patch_group},
      {verb::del, "/v1/groups/{conv}", user, remove_group},
      {verb::post, "/v1/groups/{conv}/members", user, post_members},
      {verb::put, "/v1/groups/{conv}/members/{user}", user, put_member},
      {verb::del, "/v1/groups/{conv}/members/{user}", user, drop_member},

      {verb::get, "/v1/presence", user, get_presence},
      {verb::get, "/v1/blocks", user, list_blocks},
      {verb::put, "/v1/blocks/{user}", user, put_block},
      {verb::del, "/v1/blocks/{user}", user, drop_block},
      {verb::get, "/v1/devices", user, list_devices},
      {verb::put, "/v1/devices/{device}", user, put_device},
      {verb::del, "/v1/devices/{device}", user, drop_device},

      {verb::get, "/v1/push/vapid-key", user, get_vapid_key},
      {verb::get, "/v1/push/subscriptions", user, list_subscriptions},
      {verb::post, "/v1/push/subscriptions", user, post_subscription},
      {verb::del, "/v1/push/subscriptions/{id}", user, drop_subscription},
      {verb::get, "/v1/push/settings", user, get_push_settings},
      {verb::put, "/v1/push/settings", user, put_push_settings},

      {verb::get, "/v1/ws", anyone, demand_upgrade},
      {verb::get, "/v1/discover", anyone, discover},
      {verb::get, "/healthz", anyone, health},
      {verb::get, "/readyz", anyone, readiness},
      {verb::get, "/metrics", anyone, metrics_text},
  };
  return table;
}

} // namespace parley::gateway
