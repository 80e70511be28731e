#pragma once

#include "parley/actors/context.hpp"
#include "parley/actors/messages.hpp"
#include "parley/actors/outbox.hpp"
#include "parley/model/token_bucket.hpp"
#include "parley/model/window.hpp"

#include <caf/all.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace parley {

/// What only a session that is doing something needs; made when it does.
struct session_work {
  /// A conversation that was sent to.
  struct place {
    const caf::actor* home = nullptr;
    size_t open = 0;    ///< Acts without an answer.
    uint64_t acked = 0; ///< The newest that was acknowledged.
  };
  struct open_append {
    int64_t id = 0;
    std::string cid;    ///< Of a send; the others' acks do not say it.
    uint32_t since = 0; ///< The look back before it.
    place* at = nullptr;
  };

  std::unordered_map<uint64_t, open_append> appends; ///< By tag.
  uint64_t next_tag = 0;
  std::unordered_map<std::string, place> places; ///< By conversation.
  bool awaits_ack = false; ///< An own event came before its `ack`.

  /// Own messages whose events came while the session was behind: the `ack`
  /// stands for them when they are fetched.
  std::set<std::pair<std::string, uint64_t>> own;

  /// Cursors of others to tell, newest only, by conversation and user.
  std::map<std::pair<std::string, std::string>, std::pair<uint64_t, uint64_t>>
      cursors;
  std::set<std::string> cursors_told; ///< Conversations, in this second.
  bool cursor_timer = false;

  std::unordered_map<std::string, timestamp> typed; ///< By conversation.
};

/// Looks back for overdue answers in the time that an answer may take.
inline constexpr uint32_t looks_max = 4;

/// One live session: authentication, request ids, the window. It knows what its
/// client has been sent (`last`), and fetches from the user's inbox whatever
/// does not follow on that.
struct session_state {
  enum class phase { fresh, attaching, live, ended };

  session_state(caf::stateful_actor<session_state>* actor) : self(actor) {}

  void start(context_ptr with, outbox_ptr to);

  // -- requests, session_requests.cpp
  void on_inbound(const inbound& x);
  void on_request(const protocol::request& x);
  void on_auth(int64_t id, const protocol::auth_request& x);
  void on_appended(const appended& x);
  void on_refused(const refused& x);
  void on_look_back(const look_back& x);

  // -- the home, session_home.cpp
  void on_attached(const attached& x);
  void on_home_moved(const home_moved& x);

  // -- events, session_events.cpp
  void on_live(const live_events& x);
  void on_fetched(const fetched& x);
  void on_received(uint64_t useq);
  void on_cursor(const cursor_moved& x);
  void on_cursor_second(const flush& x);
  void on_ephemeral(const ephemeral& x);
  void on_recheck(const recheck& x);
  void on_drain(const drain& x);

  void on_end(const end_session& x);
  void end(protocol::close_code code);
  void speak();
  void leave(); ///< The connection is gone.

  caf::stateful_actor<session_state>* self;
  context_ptr node;
  outbox_ptr connection;
  phase at = phase::fresh;

  std::string user;
  const caf::actor* home = nullptr; ///< The user's partition.
  std::string id;
  std::string device;
  std::string login; ///< Of the token.
  int64_t auth_id = 0;

  uint64_t epoch = 0;
  uint64_t last = 0;  ///< The client was sent everything up to this `useq`.
  uint64_t head = 0;  ///< The highest `useq` heard of.
  uint64_t first = 0; ///< Where its events began.
  bool fetching = false;
  bool caught_up = false;
  bool rejoining = false; ///< Live, and to be attached anew.
  bool is_away = false;
  bool watches = false;            ///< The presence of anybody.
  bool creates = false;            ///< The user is made at first sight.
  std::optional<uint64_t> resumes; ///< `since`, as the client said in `auth`.
  bool full = false;       ///< What the connection was told of the window.
  uint16_t held = 0;       ///< Frames that `handled` is still due for.
  uint16_t asking = 0;     ///< Requests to other actors without an answer yet.
  uint32_t over_rate = 0;  ///< Refused for their rate, in a row.
  uint32_t looks = 0;      ///< Looks back for answers that are overdue.
  uint32_t home_since = 0; ///< The look before the home was asked last.
  bool look_timer = false;

  model::window window;
  model::token_bucket rate{0, 1};
  std::vector<protocol::request> early; ///< Came while attaching.
  std::unique_ptr<session_work> work;
  std::vector<protocol::outgoing> out; ///< What this turn has to say.

private:
  session_work& busy();
  void say(protocol::outgoing what) { out.push_back(std::move(what)); }
  void say(std::string json) { say(protocol::outgoing{std::move(json), {}}); }
  void fail(std::optional<int64_t> request, const error& why);
  bool may_act(int64_t request);
  void submit(int64_t request, std::string conv, append x);
  void attach_home();
  void begin(const attached& x);
  void go_on(const attached& x);
  void start_looking_back();
  void refuse_overdue();
  void release();

  bool send_event(const live_event& x);
  bool is_own(const live_event& x) const;
  bool is_unacknowledged(const live_event& x) const;
  void stop_awaiting_ack();
  void catch_up();
  void tell_window(bool shut);
  void tell_cursor(const std::string& conv, const std::string& whose,
                   std::pair<uint64_t, uint64_t> cursor);
  void start_cursor_second();
  void tell_caught_up();
  void remember_own(const std::string& conv, uint64_t seq);

  friend struct request_visitor;
};

} // namespace parley
