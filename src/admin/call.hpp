#pragma once

#include "parley/actors/messages.hpp"
#include "parley/admin/commands.hpp"

#include <boost/json.hpp>

#include <memory>
#include <string>
#include <utility>

/// One command being carried out. Private to the commands.
namespace parley::admin {

struct call {
  services with;
  boost::json::object args; ///< Checked against the catalog.
  reply_handler done;

  const node_context& node() const noexcept { return *with.node; }

  /// Empty if the argument is missing.
  std::string text(std::string_view name) const {
    const auto* value = args.if_contains(name);
    return value == nullptr ? std::string{}
                            : std::string{std::string_view{value->as_string()}};
  }
  uint64_t number(std::string_view name, uint64_t missing) const {
    const auto* value = args.if_contains(name);
    return value == nullptr ? missing : value->to_number<uint64_t>();
  }
  bool flag(std::string_view name) const {
    const auto* value = args.if_contains(name);
    return value != nullptr && value->as_bool();
  }
  void refuse(errc code, std::string message) const {
    done(error{code, std::move(message), 0});
  }
};

/// The members of an actor's answer as an object. Errors: `internal`.
result<boost::json::object> parse_fields(const answer& from);

using call_ptr = std::shared_ptr<const call>;

void show_status(const call_ptr& on);
void list_users(const call_ptr& on);
void show_user(const call_ptr& on);
void create_user(const call_ptr& on);
void disable_user(const call_ptr& on);
void change_password(const call_ptr& on);
void list_sessions(const call_ptr& on);
void kick_sessions(const call_ptr& on);
void show_group(const call_ptr& on);
void show_cluster(const call_ptr& on);
void list_partitions(const call_ptr& on);
void show_plan(const call_ptr& on);
void drain_node(const call_ptr& on);
void remove_node(const call_ptr& on);
void force_elect(const call_ptr& on);
void change_log_level(const call_ptr& on);
void shut_down(const call_ptr& on);

} // namespace parley::admin
