#pragma once

#include "support/account.hpp"
#include "support/history_checker.hpp"
#include "support/session.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace parley::test {

/// One device, as a good client runs it: it resumes after what it has seen,
/// and sends again, with the same cid, what was not answered. It records
/// everything for the history checker. For one thread.
class durable_client {
public:
  /// @param since where the device's first session begins; at the inbox's head
  /// if it is left out.
  durable_client(const account& user, std::string device,
                 std::optional<int64_t> since = std::nullopt);

  /// Opens a session and sends again what was not answered.
  /// @returns false if the node was gone before it answered.
  bool connect(const endpoint& where);
  void disconnect() { session_.reset(); }
  bool connected() const { return session_.has_value(); }

  /// Sends a message now, or with the next `connect`.
  void post(const std::string& conv, const std::string& body);

  /// Waits for news and handles them. @returns false once the connection is
  /// gone. @throws std::runtime_error for an answer that no send may get.
  bool read(milliseconds limit);

  const std::string& user() const { return user_; }
  const std::string& device() const { return device_; }
  size_t unanswered() const { return unanswered_.size(); }
  size_t acknowledged() const { return records_.acks.size(); }
  size_t repeats() const { return repeats_; } ///< Acks that said `dup`.
  /// Events that came before the ack of an own message of lower `seq` that was
  /// sent once.
  size_t overtaken() const { return overtaken_; }
  bool has(const std::string& conv, int64_t seq) const {
    return seen_.contains({conv, seq});
  }
  const client_records& records() const { return records_; }

private:
  struct pending {
    std::string conv;
    std::string cid;
    std::string body;
    size_t attempts = 0;
  };

  void transmit(pending& message);
  void transmit_all();
  void handle(const json::object& object);
  void handle_ack(const json::object& ack);
  void lose_connection() { session_.reset(); }

  std::string user_;
  std::string token_;
  std::string device_;
  std::optional<session> session_;
  uint64_t connections_ = 0;
  std::optional<int64_t> last_useq_; ///< Where the next session begins.
  uint64_t posted_ = 0;
  size_t repeats_ = 0;
  size_t overtaken_ = 0;
  std::map<std::string, int64_t> newest_; ///< Events of this session.
  bool retries_ = false;                  ///< Something is to be sent again.
  std::vector<pending> unanswered_; ///< In the order of the first attempt.
  std::set<std::pair<std::string, int64_t>> seen_;
  client_records records_;
};

} // namespace parley::test
