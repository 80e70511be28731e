#pragma once

#include "actors/entities.hpp"

#include "parley/actors/spawn.hpp"
#include "parley/base/metrics.hpp"
#include "parley/model/session_table.hpp"

#include <caf/all.hpp>

#include <cstdint>
#include <deque>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>

namespace parley {

inline constexpr size_t actor_kinds = 3;

inline constexpr metrics::gauge actor_gauges[actor_kinds] = {
    metrics::gauge::actors_user, metrics::gauge::actors_conversation,
    metrics::gauge::actors_presence};

/// A message that names whom it is for, with what it came with.
struct parcel {
  actor_kind kind = actor_kind::user;
  std::string name;
  caf::strong_actor_ptr sender;
  caf::message_id id;
  caf::message content;
};

/// An actor that this partition has activated.
struct entity {
  caf::actor handle;
  uint64_t routed = 0; ///< Messages passed on to it.
  uint64_t active = 0; ///< The tick of the last one.
};

/// How a session is reached, and whether this node is its own.
struct session_line {
  caf::actor actor;
  bool is_local = true;
};

/// One partition on one node. If the node leads it, it activates the actors of
/// its users, conversations and presence trackers and passes them their
/// messages; if another does, it passes them on to there; if nobody does, it
/// holds them for a while.
struct partition_state {
  using place = leadership::place;
  using session_table = model::session_table<session_line>;

  explicit partition_state(caf::stateful_actor<partition_state>* actor)
      : self(actor) {}

  void start(context_ptr with, uint16_t which, begins as);

  // -- messages for a name, partition.cpp
  void on_parcel(parcel x);
  void on_relayed(uint64_t of, parcel x);

  // -- actors, partition.cpp
  void on_tick();
  void on_rested(const rested& x);
  void on_down(const caf::down_msg& x);
  void on_exit();

  // -- sessions, partition_sessions.cpp
  session_rows rows() const;
  void on_node_gone(const node_gone& x);

  // -- who leads, partition_leading.cpp
  void on_leadership(const leadership& x);

  caf::stateful_actor<partition_state>* self;
  context_ptr node;
  uint16_t number = 0;
  open_questions questions;

private:
  // partition.cpp
  void deal_with(parcel x, bool is_local);
  caf::actor activate(actor_kind kind, const std::string& name);
  void route(parcel x);
  template <class... Ts>
  void tell(actor_kind kind, const std::string& name, Ts&&... xs);
  void ask_for_rest();
  void write_last_active();

  // partition_reads.cpp
  bool take_read(parcel& x);

  // partition_sessions.cpp
  bool take_own(parcel& x, bool is_local);
  void attach_session(const std::string& user, const attach& x, bool is_local);
  void detach_session(const std::string& user, const std::string& id);
  void sessions_changed(const std::string& user,
                        protocol::presence_status before);
  size_t end(const std::string& user, const end_sessions& x);
  std::vector<session_ref> refs(const std::string& user) const;
  void note_session(const parcel& x);
  void take_sessions_back();
  void move_sessions();
  void end_waiting_sessions();

  // partition_leading.cpp
  void depose_actors();
  void pass_held_on();
  void relay(parcel x);
  void hold(uint64_t of, parcel x);
  void bounce(const parcel& x);
  void answer_with(const parcel& x, const error& why);
  void bounce_overdue();
  void wake_more();

  // -- who leads
  place at = place::none;
  uint64_t epoch = 0;
  caf::actor leader; ///< If another node does.

  /// A message that waits to be passed on.
  struct held_parcel {
    parcel what;
    uint64_t of = 0;    ///< Relayed: the epoch that it was meant for.
    uint64_t since = 0; ///< The tick.
  };
  std::deque<held_parcel> held;
  uint64_t leaderless_since = 0; ///< The tick at which nobody led any more.

  bool wakes = false;  ///< There may be outboxes that were not looked at.
  bool waking = false; ///< A reader looks for them.
  std::optional<parley::place> woken; ///< The last conversation.

  // -- actors, if this node leads
  std::unordered_map<std::string, entity> active[actor_kinds];
  std::set<std::string> failed_users;
  uint64_t ticks = 0;
  size_t ending = 0; ///< Actors to wait for, at the end.
  bool stopping = false;

  // -- sessions
  session_table sessions; ///< Of all nodes, if this one leads.
  /// This node's sessions that are not in that table, by their id: they attach
  /// to whoever leads.
  std::unordered_map<std::string, caf::actor> away;
};

template <class... Ts>
void partition_state::tell(actor_kind kind, const std::string& name,
                           Ts&&... xs) {
  route({kind, name, caf::actor_cast<caf::strong_actor_ptr>(self),
         caf::make_message_id(), caf::make_message(std::forward<Ts>(xs)...)});
}

} // namespace parley
