#pragma once

#include "actors/client.hpp"
#include "actors/node.hpp"
#include "support/history_checker.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace parley::test {

/// A device that behaves as the contract asks its client to, over crashes and
/// reconnects, and writes down what it sees: sends again what was not answered,
/// goes on after what it has seen, acknowledges what came.
class device {
public:
  device(std::string user, std::string name, client_records& to);

  const std::string& user() const { return user_; }
  const std::string& name() const { return name_; }

  /// Connects, from the newest `useq` that it has seen or from an older one,
  /// and sends again what is not answered yet.
  void connect(node& to, std::optional<int64_t> since);
  void connect(node& to) { connect(to, newest_); }
  void hang_up();
  bool is_connected() const { return line_ && line_->is_open(); }

  void post(const std::string& conv, const std::string& body);
  void act(json::object request);
  void say(const json::object& frame) { line_->say(frame); }

  /// Looks at what came; answers with `recv` unless it is lazy.
  void look();
  void set_lazy(bool lazy) { lazy_ = lazy; }

  /// A node may send it away when nobody leads its user's partition.
  void may_be_sent_away() { may_be_sent_away_ = true; }

  /// Nothing that it sent waits for an answer.
  bool is_settled() const { return unanswered_.empty(); }
  bool has_acted() const { return acted_; }
  int64_t newest() const { return newest_; }
  const std::vector<int64_t>& seen() const { return seen_; }

  /// What came that no client should be told.
  const std::vector<std::string>& surprises() const { return surprises_; }

private:
  struct pending {
    json::object frame;
    int64_t id = 0; ///< Under which it went over the present connection.
    bool is_message = false;
  };

  void transmit(pending& x);
  void on_ack(const json::object& ack);
  void on_error(const json::object& why);
  void on_event(const json::object& event);
  void check_order(const std::string& conv, int64_t id, int64_t seq);
  std::deque<pending>::iterator find_pending(int64_t id);

  std::string user_;
  std::string name_;
  client_records& records_;
  client_ptr line_;
  node* at_ = nullptr;
  uint64_t connection_ = 0;
  uint64_t posts_ = 0;
  int64_t last_id_ = 0;
  int64_t newest_ = 0;
  int64_t came_ = 0; ///< The last `useq` over the present connection, and
  int64_t told_ = 0; ///< the last `recv`.
  bool lazy_ = false;
  bool may_be_sent_away_ = false;
  bool acted_ = false; ///< It sent acts whose events its acks stand for.
  std::deque<pending> unanswered_;
  std::vector<int64_t> seen_;                       ///< Every `useq` that came.
  std::set<std::pair<std::string, int64_t>> acked_; ///< (conv, seq).
  std::map<std::string, std::map<int64_t, int64_t>> placed_; ///< By id.
  std::vector<std::string> surprises_;
};

/// All of a conversation, page by page, as a member of it reads it; nothing if
/// it does not exist for them.
std::optional<reading> read_history(client& as, const std::string& conv);

} // namespace parley::test
