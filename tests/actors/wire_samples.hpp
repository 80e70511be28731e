#pragma once

#include "parley/actors/messages.hpp"

#include <caf/all.hpp>

#include <memory>
#include <string>
#include <vector>

/// One of each message that may leave its process, with no field as it is by
/// default. A message without one does not link.
namespace parley::test {

/// An actor to stand in the samples; it is there as long as the test runs.
const caf::actor& somebody();

template <class T>
T sample();

template <>
inline to_user sample() {
  return {"ann"};
}
template <>
inline to_conversation sample() {
  return {"dm:ann:ben"};
}
template <>
inline to_presence sample() {
  return {"ben"};
}
template <>
inline answer sample() {
  return {shared_bytes{"\"seq\":7"}};
}
template <>
inline append sample() {
  return {entry_kind::reacted, "ann", "c1", "text", 3, "+", true, "s1", 9,
          somebody()};
}
template <>
inline appended sample() {
  return {"dm:ann:ben", {{1, 2, 3, true}, {4, 5, 6, true}}};
}
template <>
inline refused sample() {
  return {8, static_cast<uint8_t>(errc::rate_limited), "too fast", 250};
}
template <>
inline deliver sample() {
  auto all =
      std::vector<delivery>{{7, entry_kind::member, 1234, "ann", "s1", "ben",
                             member_change::left, true, shared_bytes{"tail"}}};
  return {"g:1", 6, std::make_shared<const std::vector<delivery>>(all)};
}
template <>
inline taken sample() {
  return {"ann", 77};
}
template <>
inline missing sample() {
  return {"ann", 78};
}
template <>
inline wake sample() {
  return {};
}

inline std::shared_ptr<const std::vector<live_event>> sample_events() {
  auto conv = std::make_shared<const std::string>("g:1");
  auto all = std::vector<live_event>{
      {11, entry_kind::edited, "s1", conv, 5, shared_bytes{"tail"}},
      {12, entry_kind::group, "s2", conv, 6, shared_bytes{"other"}}};
  return std::make_shared<const std::vector<live_event>>(all);
}

template <>
inline live_events sample() {
  return {3, 10, sample_events()};
}
template <>
inline fetch sample() {
  return {5, 6, 7, somebody()};
}
template <>
inline fetched sample() {
  return {5, 6, true, sample_events()};
}
template <>
inline received sample() {
  return {"phone", 9};
}
template <>
inline attach sample() {
  return {somebody(), "s1", "phone", "login", true, true, 44, true, true, 43};
}
template <>
inline attached sample() {
  return {3, 4, 5, "ahead"};
}
template <>
inline detach sample() {
  return {"s1"};
}
template <>
inline end_session sample() {
  return {4510};
}
template <>
inline end_sessions sample() {
  return {"s1", "phone", "login", "other", 4502};
}
template <>
inline set_status sample() {
  return {"s1", true};
}
template <>
inline ephemeral sample() {
  return {shared_bytes{"{}"}};
}
template <>
inline cursor_moved sample() {
  return {"g:1", "ann", 5, 6};
}
template <>
inline get_sessions sample() {
  return {};
}
template <>
inline session_rows sample() {
  return {{{"ann", "s1", "phone", "login", true, 99,
            *caf::make_node_id(7, std::string(40, 'a'))}}};
}
template <>
inline tell_sessions sample() {
  return {"s1", caf::make_message(sample<cursor_moved>())};
}
template <>
inline drain sample() {
  return {{"http://a", "http://b"}, 500};
}
template <>
inline get_history sample() {
  return {"ann", 9, 0, 50};
}
template <>
inline get_conversation sample() {
  return {"ann"};
}
template <>
inline create_group sample() {
  return {"ann", "c1", "club", {"ben", "cyd"}};
}
template <>
inline rename_group sample() {
  return {"ann", "club"};
}
template <>
inline delete_group sample() {
  return {"ann"};
}
template <>
inline add_members sample() {
  return {"ann", {"ben"}};
}
template <>
inline set_role sample() {
  return {"ann", "ben", role::owner};
}
template <>
inline remove_member sample() {
  return {"ann", "ben"};
}
template <>
inline set_closed sample() {
  return {"ann", 4, true};
}
template <>
inline move_cursor sample() {
  return {"ann", 5, 6, "s1", true};
}
template <>
inline typing sample() {
  return {"ann"};
}
template <>
inline show sample() {
  return {{4, 6}, 9, 1000, true, name_of::then};
}
template <>
inline shown sample() {
  return {{{4, true, entry_kind::edited, "ann", "text", shared_bytes{"tail"}}},
          "club"};
}
template <>
inline count_unread sample() {
  return {"ann", 4, 9};
}
template <>
inline unread_count sample() {
  return {3};
}
template <>
inline create_account sample() {
  return {"Ann", "hash"};
}
template <>
inline admit sample() {
  return {true};
}
template <>
inline get_account sample() {
  return {};
}
template <>
inline account sample() {
  return {{"ann", "Ann", "about", 5, "hash", true}};
}
template <>
inline get_profile sample() {
  return {};
}
template <>
inline patch_profile sample() {
  return {"Ann", ""};
}
template <>
inline set_password sample() {
  return {"hash", "login"};
}
template <>
inline set_disabled sample() {
  return {true};
}
template <>
inline open_login sample() {
  return {77};
}
template <>
inline refresh_login sample() {
  return {"login", "secret", 78};
}
template <>
inline login_opened sample() {
  return {"login", "secret"};
}
template <>
inline close_login sample() {
  return {"login", "secret"};
}
template <>
inline get_conversations sample() {
  return {20, "5:g:1"};
}
template <>
inline mark_read sample() {
  return {"g:1", 5, "s1"};
}
template <>
inline read_upto sample() {
  return {"g:1", 6};
}
template <>
inline mute sample() {
  return {"g:1", 79};
}
template <>
inline set_block sample() {
  return {"ben", true};
}
template <>
inline get_blocks sample() {
  return {};
}
template <>
inline may_add sample() {
  return {"ann"};
}
template <>
inline get_devices sample() {
  return {};
}
template <>
inline name_device sample() {
  return {"phone", "My phone"};
}
template <>
inline remove_device sample() {
  return {"phone"};
}
template <>
inline subscribe_push sample() {
  return {3, "https://push", "key", "secret", "phone", "l1"};
}
template <>
inline subscribed sample() {
  return {"s1", true};
}
template <>
inline get_subscriptions sample() {
  return {};
}
template <>
inline unsubscribe_push sample() {
  return {"s1"};
}
template <>
inline get_quiet_hours sample() {
  return {};
}
template <>
inline set_quiet_hours sample() {
  return {1320, 420, -90};
}
template <>
inline push_wake sample() {
  return {};
}
template <>
inline push_told sample() {
  return {"g:1", 81, "s1", push_told::fate::gone};
}
template <>
inline watch sample() {
  return {somebody(), {"ben", "cyd"}};
}
template <>
inline presence_seen sample() {
  return {"ann", 2, 80};
}
template <>
inline shares sample() {
  return {"ann", {hash_of("g:1")}};
}
template <>
inline recheck sample() {
  return {"ann", hash_of("g:1")};
}
template <>
inline get_groups sample() {
  return {};
}
template <>
inline member_groups sample() {
  return {{hash_of("g:1"), hash_of("g:2")}};
}
template <>
inline observe_all sample() {
  return {"ann", somebody(), {hash_of("g:1")}, {"ben", "cyd"}};
}
template <>
inline seen_all sample() {
  return {7, {{"ben", 2, 80, false, true}, {"cyd", 1, 81, false, true}}};
}
template <>
inline unobserve_all sample() {
  return {"ann", somebody(), {"ben", "cyd"}};
}
template <>
inline presence_news sample() {
  return {7, {{"ben", 2, 80}, {"cyd", 1, 81}}};
}
template <>
inline presence_hidden sample() {
  return {"ben", "ann"};
}
template <>
inline relayed sample() {
  return {5, caf::make_message(sample<to_user>(), sample<fetch>())};
}
template <>
inline get_back sample() {
  return {6};
}
template <>
inline given_back sample() {
  return {7};
}
template <>
inline returned sample() {
  return {8, caf::make_message(sample<to_user>(), sample<received>())};
}
template <>
inline find_accounts sample() {
  return {"an", 20, {3, 4}};
}
template <>
inline accounts_found sample() {
  return {{{"ann", "Ann", "about her", 1234, true, true}}};
}

} // namespace parley::test
