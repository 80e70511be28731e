#pragma once

#include "frame.hpp"
#include "frame_queue.hpp"
#include "net.hpp"

#include <boost/beast/core/flat_buffer.hpp>

#include <memory>
#include <string>

namespace parley::bench {

class client;

/// Who listens to the sessions. Calls come from the loop.
class client_events {
public:
  virtual ~client_events() = default;

  /// The session is authenticated, or has entered the relay.
  virtual void on_ready(client& who) = 0;

  virtual void on_frame(client& who, const frame& what) = 0;

  /// The session ended, or broke a rule of the contract; it is closed. The
  /// last call for this session.
  virtual void on_failure(client& who, const std::string& why) = 0;
};

/// What one session says of itself.
struct identity {
  std::string path;    ///< Of the upgrade request.
  std::string welcome; ///< The frame to send when the socket is open, or to
                       ///< answer `hello` with; empty: none.
  bool awaits_hello = false;
};

/// What went over a socket, as WebSocket payload.
struct traffic {
  uint64_t in_bytes = 0;
  uint64_t out_bytes = 0;
};

/// One session on a socket of its own: opens, answers `hello`, keeps the
/// window open with `recv`, and passes frames on.
class client : public std::enable_shared_from_this<client> {
public:
  /// A `recv` goes out after so many durable events; far below the window.
  static constexpr uint32_t recv_every = 64;

  client(net::io_context& io, uint32_t index, identity self,
         frame_reader& reader, client_events& events);

  uint32_t index() const { return index_; }

  const traffic& moved() const { return moved_; }

  void open(const tcp::endpoint& server);

  /// Queues one frame.
  void send(std::string text);

  /// Lets go of the socket without a word; no event comes after it.
  void abandon();

private:
  void handshake(error_code ec);
  void on_open(error_code ec);
  void read();
  void on_read(error_code ec);
  void take(const frame& what);
  void write();
  void fail(const std::string& why);

  ws_stream ws_;
  uint32_t index_;
  identity self_;
  frame_reader& reader_;
  client_events* events_; ///< Null once the session ended.
  beast::flat_buffer buffer_;
  frame_queue<std::string> queue_;
  std::string writing_;
  bool is_writing_ = false;
  uint32_t unreceived_ = 0; ///< Durable events since the last `recv`.
  uint64_t last_useq_ = 0;
  traffic moved_;
};

} // namespace parley::bench
