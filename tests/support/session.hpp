#pragma once

#include "support/ws_client.hpp"

#include <optional>
#include <string>

namespace parley::test {

struct session_options {
  std::string device = "phone";
  std::optional<int64_t> since = {};
  bool acknowledges = true; ///< Sends `recv` as events come.
  bool catches_up = true;   ///< Waits for the end of the resume.
  ws_options transport = {};
};

/// An authenticated session.
class session : public ws_client {
public:
  /// @throws std::runtime_error if the node doesn't answer `ready`.
  session(const endpoint& where, const std::string& token,
          const session_options& options = {});

  const json::object& ready() const { return ready_; }

  /// Sends a request under a new `id` and takes the reply to it.
  json::object request(json::object object);

  /// Sends a request under a new `id`. @returns the id.
  int64_t start(json::object object);

  json::object reply_to(int64_t id, milliseconds limit = patience);

  /// Sends a message and demands its ack. @returns its `seq`.
  int64_t say(const std::string& conv, const std::string& body);

  /// A round trip: what the node had written before has come after it.
  void settle();

  /// Sends `recv` for the newest event that came.
  void acknowledge();

  /// The highest `useq` that came in an event.
  int64_t newest_useq() const { return newest_useq_; }

  /// The durable events of the transcript, in order.
  std::vector<json::object> events() const;

protected:
  void on_objects(const std::vector<json::object>& objects) override;

private:
  void authenticate(const std::string& token, const session_options& options);

  json::object ready_;
  int64_t last_id_ = 0;
  int64_t newest_useq_ = 0;
  bool acknowledges_ = false;
};

/// Whether the object is an event of the inbox.
bool is_durable_event(const json::object& object);

/// A client's id that no act of this program has used.
std::string fresh_cid();

} // namespace parley::test
