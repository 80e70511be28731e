#pragma once

#include "actors/entities.hpp"

#include "parley/actors/errors.hpp"
#include "parley/actors/messages.hpp"
#include "parley/history/reader.hpp"
#include "parley/model/roster.hpp"

#include <boost/container/deque.hpp>
#include <caf/all.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace parley {

using shared_deliveries = std::shared_ptr<const std::vector<delivery>>;
using names = std::shared_ptr<const std::vector<std::string>>;

/// An entry that was given its `seq`, and whom it is addressed to.
struct fresh_entry {
  delivery what;
  names recipients;
};

/// What one batch that the journal has not committed yet is about.
struct open_commit {
  std::vector<fresh_entry> entries;

  struct asker {
    caf::actor who;
    appended::one what;
  };
  std::vector<asker> askers; ///< Who gets an `appended` for an entry.

  /// Entries that changed the roster when they were made, not committed yet.
  std::vector<entry> roster_changes;

  std::optional<caf::response_promise> promise; ///< Who gets this `fields`.
  std::string fields;
};

/// An act on its way, with what tells it from others.
struct queued_act {
  append what;
  hash128 key;     ///< Of sender and `cid`.
  hash128 content; ///< Of everything else.
};

/// What a conversation has told a member and heard back.
struct progress {
  uint64_t addressed = 0; ///< Last `seq` sent on to the member's inbox.
  uint64_t taken = 0;     ///< Durable in that inbox up to here.
  uint64_t offered = 0;   ///< Catching up: sent from the store up to here.
  uint32_t idle = 0;      ///< Looks back since it took something.
  bool away = false;      ///< Overdue: nobody else waits for it.
  const caf::actor* home = nullptr; ///< The member's partition.
};

/// A stretch of entries to be delivered (again), as read from the store.
struct replay_chunk {
  std::vector<fresh_entry> entries;
  uint64_t upto = 0;
};

/// The target of an edit, a deletion or a reaction.
struct target_entry {
  entry what;
  overlay over;
  std::vector<entry> edits; ///< Only for a deletion.
  timestamp reacted_ts = 0; ///< Of the sender's own reaction, if it is on.
};

/// What a conversation reads when it is activated.
struct conversation_load {
  history::conversation_record record;
  history::cursors_record cursors;
  std::optional<history::outbox_record> outbox;
  uint64_t last = 0;
  timestamp last_ts = 0;
  bool stored = false;
  uint64_t skipped = 0; ///< See history::skipped_record.
};

/// One conversation: decides what becomes an entry, gives it its `seq`, hands
/// it to the journal, and delivers what is committed to the members' inboxes
/// until each has taken it.
struct conversation_state {
  explicit conversation_state(caf::stateful_actor<conversation_state>* actor)
      : self(actor) {}

  // -- life, conversation.cpp
  void start(activation what);
  void on_loaded(conversation_load all);
  void on_committed(uint32_t count);
  void on_settle();
  void on_rest(const rest& x);
  void on_deposed();
  void skip_lost();
  void submit(history::batch rows, open_commit what);
  void on_hand_over();

  // -- acts, conversation_append.cpp
  void on_append(append& x);
  void run_queue();
  bool run(queued_act& act);

  // -- delivery, conversation_delivery.cpp
  void deliver_fresh(std::vector<fresh_entry> entries);
  void on_taken(const taken& x);
  void on_missing(const missing& x);
  void start_replay(uint64_t from);
  void next_chunk();
  void on_chunk(const replay_chunk& x);

  // -- members that lag, conversation_catch_up.cpp
  void start_looking_back();
  void on_look_back();

  // -- groups, conversation_groups.cpp
  caf::result<answer> on_create(const create_group& x);
  caf::result<answer> on_rename(const rename_group& x);
  caf::result<answer> on_delete(const delete_group& x);
  caf::result<answer> on_add(const add_members& x);
  caf::result<answer> on_set_role(const set_role& x);
  caf::result<answer> on_remove(const remove_member& x);
  caf::result<answer> on_set_closed(const set_closed& x);

  // -- reads and cursors, conversation_reads.cpp
  caf::result<answer> on_history(const get_history& x);
  caf::result<answer> on_show(const get_conversation& x);
  void on_cursor(const move_cursor& x);
  void on_typing(const typing& x);
  void flush_cursors();

  caf::stateful_actor<conversation_state>* self;
  context_ptr node;
  caf::actor partition;
  std::string name;
  place where;
  uint64_t epoch = 0;     ///< Of its partition.
  data_loss loss;         ///< Likewise.
  bool must_skip = false; ///< Numbers that may be lost, before the next.

  history::conversation_record record;
  history::cursors_record cursors;
  bool stored = false; ///< The record has been written.
  bool cursors_dirty = false;
  bool cursor_timer = false;

  uint64_t last = 0;      ///< The last `seq` given out.
  uint64_t committed = 0; ///< The last that is durable.
  timestamp last_ts = 0;

  boost::container::deque<queued_act>
      queue; ///< Acts to be dealt with, in order.
  bool running = false;
  boost::container::deque<open_commit> open;
  history::batch gathered; ///< What the acts of this turn made, and
  open_commit gathering;   ///< what it is about.
  names everyone;          ///< The members' names; made anew when they change.

  struct known {
    uint64_t seq = 0;
    timestamp ts = 0;
    hash128 content;
  };
  std::unordered_map<hash128, known> recent;     ///< Dedupe entries in memory,
  boost::container::deque<hash128> recent_order; ///< oldest first.
  bool all_recent = false;                       ///< There are no others.
  std::optional<hash128> looked_up;              ///< Known not to be stored.

  std::unordered_map<std::string, progress> members;
  size_t behind = 0; ///< Members that have not taken all they were sent,
  size_t away = 0;   ///< and those among them that are overdue, not counted.
  bool outbox_open = false;
  uint64_t outbox_mark = 0; ///< What the outbox row says.
  bool replaying = false;
  uint64_t replay_from = 0;
  uint64_t chunk_end = 0;
  bool reading_chunk = false;
  std::map<std::string, uint64_t> to_catch_up; ///< Members, and after what.
  bool catching_up = false; ///< A stretch for one of them is being read.
  bool look_timer = false;
  open_questions questions;

private:
  // conversation_append.cpp
  std::optional<bool> find_repeat(const queued_act& act);
  void answer_repeat(const append& x, const known& was, const hash128& content);
  void look_up(const hash128& key);
  bool ready_to_post(const append& x);
  void post(queued_act& act);
  void add(const queued_act& act, entry what, history::batch rows);
  void refuse(const append& x, const error& why);
  void refuse_first(const error& why);
  void answer_dup(const append& x, uint64_t seq, timestamp ts);
  void know(const hash128& key, known what);

  // conversation_acts.cpp
  void read_target(const append& x);
  void act_on(const queued_act& act, const target_entry& target);
  void act_edit(const queued_act& act, const target_entry& target);
  void act_delete(const queued_act& act, const target_entry& target);
  void act_react(const queued_act& act, const target_entry& target);

  // conversation_delivery.cpp
  void send_to(const std::string& user, shared_deliveries entries);
  uint64_t first_prev(const std::string& user, const delivery& x) const;
  std::vector<std::string> committed_members() const;
  shared_deliveries addressed_to(const std::string& user,
                                 const replay_chunk& x) const;

  // conversation_catch_up.cpp
  void catch_up(const std::string& user, uint64_t after);
  void next_catch_up();
  void offer(const std::string& user, const replay_chunk& x);

  // conversation_groups.cpp
  caf::result<answer> change(std::vector<entry> entries,
                             caf::response_promise promise,
                             std::string fields = {});
  void check_users(const std::string& by, const std::vector<std::string>& users,
                   caf::response_promise promise, std::function<void()> then);
  void answer_creation(const create_group& x, caf::response_promise promise);
  void answer_with_creation(const create_group& x,
                            caf::response_promise promise);

  bool is_made() const;

  // shared
  bool settled() const noexcept {
    return open.empty() && gathering.entries.empty();
  }
  void answer_askers(const std::vector<open_commit::asker>& askers);
  void write_entry(history::batch& rows, const entry& x);
  void write_record(history::batch& rows);
  void open_outbox(history::batch& rows);
  fresh_entry addressed(const item& made);
  timestamp next_ts();
  entry next_entry(const append& x);
  void note_addressed(progress& p, uint64_t seq);

  bool is_group = false;
};

} // namespace parley
