#pragma once

#include "actors/entities.hpp"

#include "parley/actors/spawn.hpp"
#include "parley/base/metrics.hpp"
#include "parley/model/session_table.hpp"

#include <caf/all.hpp>

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>

namespace parley {

inline constexpr size_t actor_kinds = 3;

/// What who asks in vain is told to wait.
inline constexpr uint32_t retry_after_ms = 1000;

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
  caf::strong_actor_ptr by{}; ///< Relayed: the partition that did.
};

inline bool is_attach(const parcel& x) {
  return x.kind == actor_kind::user && x.content.match_element<attach>(1);
}

inline bool is_about_session(const parcel& x) {
  return is_attach(x)
         || (x.kind == actor_kind::user && x.content.match_element<detach>(1));
}

/// What an act that has begun may ask of others before it ends. It changes
/// nothing, so that a leader which is to give way can answer it.
inline bool is_question(const parcel& x) {
  const auto& what = x.content;
  return x.id.is_request()
         && (what.match_element<get_profile>(1)
             || what.match_element<may_add>(1) || what.match_element<shares>(1)
             || what.match_element<show>(1)
             || what.match_element<count_unread>(1));
}

/// Whoever waits for an answer to a message, wherever that message is.
struct asker {
  caf::strong_actor_ptr whom;
  caf::message_id id; ///< Of a request,
  uint64_t tag = 0;   ///< or of an act.
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
/// messages; if another does, it passes them on to there; if nobody does, or
/// the leader is about to give way, it holds them for a while.
struct partition_state {
  using place = leadership::place;
  using session_table = model::session_table<session_line>;

  explicit partition_state(caf::stateful_actor<partition_state>* actor)
      : self(actor) {}

  void start(context_ptr with, uint16_t which, begins as);

  // -- messages for a name, partition.cpp
  void on_parcel(parcel x);
  void on_relayed(uint64_t of, parcel x);
  void on_returned(parcel x);

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

  // -- how leadership moves, partition_handing.cpp
  void on_yield(const yield_lead& x);
  void on_settled();
  void on_settled_enough(const settled_enough& x);
  caf::result<given_back> on_get_back(const get_back& x);

  // -- what it answers from its store, partition_reads.cpp
  caf::result<accounts_found> on_find(const find_accounts& x);

  caf::stateful_actor<partition_state>* self;
  context_ptr node;
  uint16_t number = 0;
  open_questions questions;

private:
  /// A node that takes back what it relayed in an epoch.
  struct wants_back {
    uint64_t epoch = 0;
    caf::strong_actor_ptr whom;
    caf::response_promise done;
  };

  // partition.cpp
  void deal_with(parcel x, bool is_local);
  caf::actor activate(actor_kind kind, const std::string& name);
  void route(parcel x);
  template <class... Ts>
  void tell(actor_kind kind, const std::string& name, Ts&&... xs);
  void ask_for_rest();
  const std::string& actor_name(const parcel& x) const;
  presence_start presence_now() const;

  // partition_reads.cpp
  bool take_read(parcel& x);

  // partition_sessions.cpp
  bool take_own(parcel& x, bool is_local);
  void attach_session(const std::string& user, const attach& x, bool is_local);
  void detach_session(const std::string& user, const std::string& id,
                      std::chrono::milliseconds grace = {});
  void note_in_use(const std::string& user, const std::string& device);
  void note_devices();
  void sessions_changed(const std::string& user,
                        protocol::presence_status before,
                        std::chrono::milliseconds grace = {});
  size_t end(const std::string& user, const end_sessions& x);
  std::vector<session_ref> refs(const std::string& user) const;
  session_rows rows_of(const std::string& user) const;
  void note_session(const parcel& x);
  void take_sessions_back();
  void move_sessions();
  void end_waiting_sessions();

  // partition_leading.cpp
  void depose_actors();
  void pass_held_on();
  void relay(parcel x);
  void hold(uint64_t of, parcel x);
  void turn_away(const parcel& x);
  void note_relayed(const parcel& x);
  void forget_relayed();
  void refuse_relayed(const caf::node_id& to);
  void bounce(const parcel& x);
  void refuse(const asker& x, const error& why);
  void answer_with(const parcel& x, caf::message what);
  void respond(const caf::strong_actor_ptr& whom, caf::message_id id,
               caf::message what);
  void bounce_overdue();
  void wake_more();

  // partition_handing.cpp
  void say_yielded();
  void end_yielding();
  void stop_yielding_overdue();
  void ask_back(const caf::actor& from);
  void end_waiting_for(uint64_t question);
  void give_back_all();
  void give_back_to(const wants_back& x);

  // -- who leads
  place at = place::none;
  uint64_t epoch = 0;
  caf::actor leader; ///< If another node does.
  data_loss loss;    ///< That the actors here make up for.

  /// A message that waits to be passed on.
  struct held_parcel {
    parcel what;
    uint64_t of = 0;    ///< Relayed: the epoch that it was meant for.
    uint64_t since = 0; ///< The tick.
  };
  std::deque<held_parcel> held;

  // -- while this node's leadership ends in order
  bool yields = false;               ///< Nothing begins here any more.
  uint64_t yields_since = 0;         ///< The tick.
  size_t unsettled = 0;              ///< Actors with something open.
  std::vector<wants_back> give_back; ///< Once this node leads no longer.

  // -- after another's has ended
  bool has_relayed = false; ///< Something, to the present leader.
  struct relayed_ask {
    asker of;
    caf::node_id to;
    uint64_t since = 0; ///< The tick.
  };
  /// The last that were relayed, answered or not: nobody will answer them if
  /// that node is gone.
  std::deque<relayed_ask> asks;
  uint64_t taking_back = 0; ///< The question that is open; 0: none.
  uint64_t asked_back = 0;  ///< Questions so far.
  caf::node_id taking_from;
  std::deque<held_parcel> back;  ///< What has come back, before what is held.
  uint64_t leaderless_since = 0; ///< The tick at which nobody led any more.
  /// The tick until which sessions may come from the leader before.
  uint64_t settles_at = 0;

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
  /// That were there, and whose users are to know so, a few at each tick.
  std::deque<session_table::device> seen_devices;
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
