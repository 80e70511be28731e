#pragma once

#include "support/deadline.hpp"
#include "support/http_client.hpp"
#include "support/json.hpp"
#include "support/server_process.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace parley::test {

struct ws_options {
  std::string target = "/v1/ws";
  std::string subprotocol = "parley.v1"; ///< Empty: none is offered.
  std::string origin = {};               ///< Empty: not a browser.
  header_list headers = {};
  bool compression = false;     ///< Offer permessage-deflate.
  int receive_buffer_bytes = 0; ///< Of the socket; 0: the system's default.
};

/// The node answered the upgrade with something else than 101.
struct upgrade_refused : std::runtime_error {
  explicit upgrade_refused(http_response answer);
  http_response response;
};

/// A WebSocket client. It reads only while one of its functions waits: a
/// client that is left alone is one that never reads.
class ws_client {
public:
  /// @throws upgrade_refused
  explicit ws_client(const endpoint& where, const ws_options& options = {});
  ws_client(ws_client&&) noexcept;
  ws_client& operator=(ws_client&&) noexcept;
  virtual ~ws_client();

  /// The node's answer to the upgrade.
  const http_response& handshake() const;

  void send(const json::object& object);
  void send_array(const json::array& objects);
  void send_text(std::string_view payload);
  void send_binary(std::string_view payload);
  /// One message, cut into these frames.
  void send_fragments(const std::vector<std::string_view>& parts);
  void send_ping(std::string_view payload);
  /// Bytes below the WebSocket layer: frames made by hand.
  /// @returns false if the node closed before it took them all.
  bool send_bytes(std::string_view bytes);

  /// The next object in the order of arrival, arrays flattened.
  /// @throws timed_out, std::runtime_error if the connection ends first.
  json::object next(milliseconds limit = patience);

  /// Like `next`, but nothing when the time is up or the connection ended.
  std::optional<json::object> poll(milliseconds limit);

  /// Takes the first object that includes `part`; those before it stay for
  /// `next`. @throws as `next`
  json::object wait_for(const json::object& part,
                        milliseconds limit = patience);

  /// Reads on until `done` holds; takes nothing. @throws as `next`
  void await(const std::function<bool()>& done, milliseconds limit = patience);

  /// A message as it came, for peers that do not speak JSON. Such messages
  /// stand here and not in `next`.
  struct message {
    bool binary;
    std::string payload;
  };
  message next_message(milliseconds limit = patience);

  /// Waits for a pong that answers `send_ping`. @returns its payload.
  std::string wait_pong(milliseconds limit = patience);

  /// Waits for the end. @returns the close code, 1006 without a close frame.
  /// @throws timed_out
  int wait_close(milliseconds limit = patience);

  bool open() const;
  void close(); ///< Says 1000 and waits for the end.

  /// Every object that came so far, in order, taken or not.
  const std::vector<json::object>& transcript() const;

  /// Those of the transcript that include `part`.
  std::vector<json::object> seen(const json::object& part) const;

protected:
  /// Is told of the objects of each message before they can be taken.
  virtual void on_objects(const std::vector<json::object>&) {}

private:
  struct state;
  void read_more();
  void absorb();
  bool pump(milliseconds limit, const std::function<bool()>& done);
  void must(bool in_time, const std::string& what) const;
  std::string describe() const;

  std::unique_ptr<state> state_;
};

} // namespace parley::test
