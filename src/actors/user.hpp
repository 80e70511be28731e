#pragma once

#include "actors/entities.hpp"
#include "actors/user_push.hpp"

#include "parley/actors/errors.hpp"
#include "parley/actors/messages.hpp"
#include "parley/history/reader.hpp"

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

/// What a user reads when it is activated.
struct user_load {
  std::optional<history::account_record> account;
  history::inbox_record inbox;
  uint64_t skipped = 0; ///< See history::skipped_record.
  std::vector<history::list_record> list;
  std::vector<history::device_record> devices;
  std::vector<history::block_record> blocks;
  std::vector<history::login_record> logins;
  std::vector<history::inbox_entry> unlisted; ///< Past inbox.listed.
  push_load push;
};

/// One conversation in the user's list, in memory.
struct listed {
  history::list_record record; ///< `taken` counts what is not durable yet, too.
  std::shared_ptr<const std::string> name;
  hash128 key;
  const caf::actor* home = nullptr; ///< The conversation's partition.
  uint64_t durable = 0;             ///< Last `seq` whose inbox row is.
  bool dirty = false;               ///< The row is older than this.
  uint64_t noted = 0;               ///< Ever counted as unread, by this actor.
  bool gathered = false; ///< While a chunk is made: it counts this already.
  bool urgent = false;   ///< To be written with the next chunk.
};

/// An inbox entry that may still be asked for without the store.
struct recent_entry {
  uint64_t prev = 0; ///< The `useq` before it.
  history::inbox_entry what;
  std::shared_ptr<const std::string> conv;
  std::string session; ///< That sent it, or empty.
  uint64_t shown = 0;  ///< When fetched: as the user may see it, up to there.
};

/// What was fetched from the store: once a device has everything up to `useq`,
/// `conv` was delivered up to `seq`.
struct fetched_mark {
  uint64_t useq = 0;
  std::string conv;
  uint64_t seq = 0;
};

/// What one batch that the journal has not committed yet is about.
struct open_rows {
  uint64_t upto = 0; ///< Not 0: it holds the inbox up to this `useq`.
  std::vector<std::pair<listed*, uint64_t>> taken; ///< Up to which `seq`.
  uint64_t reserved = 0; ///< Not 0: a block up to here.
  std::function<void()> done;
  std::optional<caf::response_promise> promise; ///< That `done` delivers.
};

/// One user at home: the inbox and its `useq`, the list of conversations,
/// account, devices, blocks and logins. Gives events to the live sessions as
/// they come; a session that cannot follow fetches them later.
struct user_state {
  explicit user_state(caf::stateful_actor<user_state>* actor) : self(actor) {}

  // -- life, user.cpp
  void start(activation what, std::vector<session_ref> live, bool is_clean);
  void on_loaded(user_load all);
  void on_committed(uint32_t count);
  void on_settle();
  void on_rest(const rest& x);
  void on_flush();
  void on_sessions(std::vector<session_ref> all);
  void on_exit();
  void on_deposed();

  // -- inbox, user_inbox.cpp
  void on_deliver(const deliver& x);

  // -- resuming and acknowledging, user_resume.cpp
  void on_attach(const attach& x);
  void on_fetch(const fetch& x);
  void on_received(const received& x);

  // -- list, user_list.cpp
  caf::result<answer> on_list(const get_conversations& x);
  void on_read(const mark_read& x);
  void on_read_upto(const read_upto& x);
  void count_again();
  caf::result<answer> on_mute(const mute& x);

  // -- account and logins, user_account.cpp
  caf::result<answer> on_create(const create_account& x);
  caf::result<answer> on_admit(const admit& x);
  caf::result<account> on_account();
  caf::result<answer> on_profile();
  caf::result<answer> on_patch(const patch_profile& x);
  caf::result<answer> on_password(const set_password& x);
  caf::result<answer> on_disable(const set_disabled& x);
  caf::result<login_opened> on_open_login(const open_login& x);
  caf::result<login_opened> on_refresh(const refresh_login& x);
  caf::result<answer> on_close_login(const close_login& x);

  // -- blocks and who may what, user_rights.cpp
  caf::result<answer> on_block(const set_block& x);
  caf::result<answer> on_blocks();
  caf::result<answer> on_may_add(const may_add& x);
  bool on_shares(const shares& x);
  void resume_blocks();

  // -- devices, user_devices.cpp
  caf::result<answer> on_devices();
  caf::result<answer> on_name_device(const name_device& x);
  caf::result<answer> on_remove_device(const remove_device& x);

  // -- notifications, user_push.cpp
  void on_push_wake();
  void on_push_told(const push_told& x);
  void on_push_look();

  // -- where they go, and when, user_subscriptions.cpp
  caf::result<subscribed> on_subscribe(const subscribe_push& x);
  caf::result<answer> on_unsubscribe(const unsubscribe_push& x);
  caf::result<answer> on_subscriptions();
  caf::result<answer> on_quiet_hours();
  caf::result<answer> on_set_quiet_hours(const set_quiet_hours& x);

  // -- presence of others, user_watch.cpp
  caf::result<answer> on_watch(const watch& x);
  member_groups on_groups() const;

  caf::stateful_actor<user_state>* self;
  context_ptr node;
  caf::actor partition;
  std::string name;
  place where;
  uint64_t epoch = 0;     ///< Of its partition.
  data_loss loss;         ///< Likewise.
  bool must_skip = false; ///< `useq`s that may be lost, before the next.
  std::vector<session_ref> sessions;

  std::optional<history::account_record> account_row;
  std::unordered_map<std::string, listed> list; ///< By conversation.
  std::vector<history::device_record> devices;
  std::vector<history::block_record> blocks;
  std::vector<history::login_record> logins;

  // The inbox: `useq`s are given out up to `reserved`, which is durable.
  uint64_t last = 0;    ///< The last `useq` given out.
  uint64_t durable = 0; ///< The last whose row is.
  uint64_t reserved = 0;
  uint64_t reserving = 0;   ///< Asked for, not durable yet; 0: nothing.
  uint64_t listed_upto = 0; ///< The list rows hold everything up to here.
  uint64_t trimmed = 0;
  uint64_t entries = 0;        ///< Ever put into the inbox, and
  uint64_t entries_listed = 0; ///< how many of them up to `listed_upto`.
  bool head_moved = false;     ///< The inbox row is older than `last`.
  bool trimming = false;
  uint64_t next_trim = 0; ///< Number of entries at which to look again.
  bool clean = true;      ///< No actor of this user failed in this process.

  std::vector<recent_entry> pending; ///< Not handed to the journal yet.
  boost::container::deque<recent_entry> recent; ///< Newest last.
  boost::container::deque<deliver> waiting;     ///< For a block of `useq`.
  boost::container::deque<open_rows> open;
  bool chunk_open = false; ///< A chunk of the inbox is being committed.

  std::map<std::string, uint64_t> acked; ///< By device: not written yet.
  boost::container::deque<fetched_mark> marks;
  uint64_t delivered_upto = 0; ///< Conversations were told up to this `useq`.
  std::map<std::string, uint64_t> uncounted; ///< Read marks to be set yet.
  bool flush_timer = false;
  open_questions questions;
  user_push push;

private:
  // user_inbox.cpp
  bool take(const deliver& x);
  void take_one(listed& in, const delivery& d, std::vector<live_event>& events);
  void see_more(const listed& in);
  listed& list_entry(const std::string& conv);
  void note(listed& in, const history::inbox_entry& x);
  void say_taken(listed& in, uint64_t seq);
  void write_pending();
  void submit_pending();
  void reserve_more(history::batch& rows, open_rows& what);
  void take_waiting();
  void skip_lost();

  // user_resume.cpp
  void begin_session(const attach& x);
  bool is_lost(const std::string& device);
  history::device_record& know_device(const std::string& id, bool& known);
  void refuse_attach(const attach& x, protocol::close_code code);
  void fetch_entries(const fetch& x, std::vector<recent_entry> entries);
  void fetch_stored(const fetch& x);
  void answer_fetch(const fetch& x, fetched page);
  void tell_delivered(uint64_t upto);
  void show_events(const fetch& x, std::vector<recent_entry> wanted,
                   std::function<void(fetched)> done);
  void fetch_rows(const fetch& x, std::vector<history::inbox_entry> rows,
                  uint64_t end);

  // user_devices.cpp
  std::vector<history::device_record>::iterator
  find_device(const std::string& id);
  bool is_online(const std::string& device) const;

  // user_list.cpp
  void move_read(listed& in, uint64_t seq);
  void put_read(listed& in, uint64_t seq, uint64_t unread);

  // user_account.cpp
  void make_account(std::string display_name, std::string password_hash,
                    history::batch& rows);
  shared_bytes profile() const;
  bool may_log_in() const { return account_row && !account_row->disabled; }
  void put_login(history::batch& rows, const history::login_record& x);
  void erase_login(history::batch& rows, const std::string& login);
  history::login_record* find_login(const std::string& login,
                                    const std::string& secret);

  // user_rights.cpp
  void put_block(const set_block& x, caf::response_promise promise);
  void close_direct(const history::block_record& x,
                    std::optional<caf::response_promise> promise);

  // user_push.cpp
  bool has_push() const;
  void load_push(push_load all);
  void note_push(const recent_entry& x);
  void mark_push(history::batch& rows);
  void put_push_mark(history::batch& rows);
  void settle_push_mark(history::batch& rows);
  void acknowledge_push(uint64_t useq);
  void decide_pushes();
  void write_texts(const std::vector<model::unheard::due_event>& due,
                   std::vector<shown> what);
  bool may_notify(const std::string& conv, timestamp now);
  void put_pushes(const std::vector<model::unheard::due_event>& due,
                  std::vector<push_text> texts);
  uint64_t push_badge() const;
  std::vector<std::string> push_targets() const;
  void offer_push(const std::string& conv);
  bool keep_known_targets(history::batch& rows, const std::string& conv);
  void drop_push(history::batch& rows, const std::string& conv);
  void withdraw_push(const std::string& conv, const std::string& subscription);
  void start_push_timer();
  bool push_rests() const;

  // user_subscriptions.cpp
  void erase_subscriptions(
      history::batch& rows,
      const std::function<bool(const history::subscription_record&)>& which);

  // shared, user.cpp
  void submit(history::batch rows, open_rows what);
  template <class Reply>
  caf::result<Reply> commit_then(history::batch rows, Reply reply);
  void put_list(history::batch& rows, listed& x);
  void put_account(history::batch& rows);
  void put_inbox(history::batch& rows, bool final);
  void checkpoint(history::batch& rows, bool final);
  bool blocks_user(const std::string& user) const;
  void end_sessions_of(end_sessions which);
  void start_flush_timer();
  void trim();
};

template <class Reply>
caf::result<Reply> user_state::commit_then(history::batch rows, Reply reply) {
  auto promise = self->make_response_promise();
  open_rows what;
  what.promise = promise;
  what.done = [promise, reply = std::move(reply)]() mutable {
    promise.deliver(std::move(reply));
  };
  submit(std::move(rows), std::move(what));
  return caf::delegated<Reply>{};
}

} // namespace parley
