#pragma once

#include "support/json.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace parley::test {

class node;
class fake_connection;

/// One connection of a client to a node in the same thread. Nothing happens
/// by itself: what is sent is dealt with when the node runs.
class client {
public:
  /// What the node gives it. The node ends the session of a client that is
  /// gone.
  struct line {
    node* at = nullptr;
    std::shared_ptr<fake_connection> connection;
    std::function<void(const std::string& frame)> send;
  };

  client(line to, std::string user, std::string device);
  ~client();
  client(const client&) = delete;
  client& operator=(const client&) = delete;

  const std::string& user() const { return user_; }
  const std::string& device() const { return device_; }

  /// Sends one frame.
  void say(const json::object& object);
  void say_all(const std::vector<json::object>& objects);

  /// Sends a request under a new `id`. @returns the id.
  int64_t start(json::object request);

  /// The same, runs the node until it is idle, and takes the reply.
  json::object request(json::object request);

  /// Sends a message under a new `cid` and demands its `ack`. @returns its
  /// `seq`.
  int64_t post(const std::string& conv, const std::string& body);

  /// All that has come since the last look.
  std::vector<json::object> heard();

  /// The durable events among that.
  std::vector<json::object> events();

  /// Acknowledges all events that were looked at.
  void acknowledge();

  int64_t newest_useq() const { return newest_useq_; }
  const fake_connection& connection() const { return *line_.connection; }
  fake_connection& connection() { return *line_.connection; }

  bool is_open() const;
  uint16_t close_code() const;

  /// The socket is gone.
  void hang_up();

private:
  line line_;
  std::string user_;
  std::string device_;
  std::vector<json::object> unread_;
  int64_t last_id_ = 0;
  int64_t newest_useq_ = 0;
  bool ended_ = false;

  void take();
};

using client_ptr = std::shared_ptr<client>;

json::object send_frame(const std::string& conv, const std::string& cid,
                        const std::string& body);

} // namespace parley::test
