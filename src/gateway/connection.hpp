#pragma once

#include "gateway/connection_limits.hpp"
#include "gateway/connection_start.hpp"
#include "gateway/hub.hpp"
#include "gateway/net.hpp"
#include "gateway/services.hpp"
#include "gateway/websocket_stream.hpp"

#include "parley/actors/outbox.hpp"

#include <boost/beast/core/flat_buffer.hpp>
#include <caf/actor.hpp>

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace parley::gateway {

/// One WebSocket: frames in, frames out, deadlines; no chat logic. It lives on
/// one I/O thread; the functions of `outbox` put mail for it there. Its memory
/// while idle is a figure to keep small: no buffer stays beyond `small_`, and
/// it has no timer of its own.
///
/// Connection, session handle and session state are a ring with `outbox_ptr`,
/// which `end` breaks.
class connection final : public outbox,
                         public peer,
                         public recipient,
                         public std::enable_shared_from_this<connection> {
public:
  connection(services_ptr with, hub_ptr on, tcp_socket socket,
             connection_limits::place place, connection_mode mode);

  void start(const beast_request& request);

  // -- outbox, from any thread

  void push(std::vector<protocol::outgoing> objects) override;
  size_t waiting_bytes() const noexcept override;
  void handled() override;
  void authenticated() override;
  void expires(timestamp when) override;
  void window_full(bool full) override;
  void close(protocol::close_code code) override;

  // -- recipient and peer, on the I/O thread

  void receive(mail& x) override;
  void received_all() override;
  void on_deadline() override;
  void on_drain(const departure& where) override;
  void end() override;

private:
  enum class phase : uint8_t { accepting, open, closing, lingering, ended };

  void put(mail::kind what, int64_t value = 0);

  // -- connection.cpp: beginning, end, deadlines
  void set_options(const beast_request& request);
  void on_accepted(error_code failed);
  void begin_close(protocol::close_code code);
  void close_stream();
  void linger();
  void drop_rest();
  void heard() noexcept;
  wheel::tick next_deadline() const noexcept;
  void reschedule();
  wheel::tick in(std::chrono::milliseconds span) const noexcept {
    return hub_->now() + hub_->ticks(span);
  }

  // -- connection_read.cpp
  bool may_read() const noexcept;
  void read();
  void on_read(error_code failed, size_t bytes);
  void on_message(std::string_view text);
  void echo(std::string_view message);

  // -- connection_write.cpp
  void enqueue(std::vector<protocol::outgoing> objects);
  void write();
  void on_written(error_code failed);
  void on_write_failed();
  void ping();

  hub_ptr hub_; // First: the stream's destructor needs its io_context.
  services_ptr with_;
  websocket_stream ws_;
  connection_limits::place place_;
  caf::actor session_;

  phase at_ = phase::accepting;
  const connection_mode mode_;
  bool reading_ = false;
  bool pinged_ = false;        ///< Since the client was last heard.
  bool pinging_ = false;       ///< A ping waits to be written.
  bool stream_closed_ = false; ///< Beast's close handshake has begun.
  protocol::close_code code_ = protocol::close_code::normal;

  /// Frames that the session has not dealt with.
  std::atomic<uint32_t> unanswered_{0};
  std::atomic<bool> deaf_{false};  ///< What is pushed is dropped.
  std::atomic<size_t> waiting_{0}; ///< The `cost` of what is not yet written.

  // Ticks of the hub's wheel; 0: no such deadline.
  wheel::tick heard_ = 0;
  wheel::tick close_due_ = 0;
  wheel::tick auth_due_ = 0;
  wheel::tick token_due_ = 0;
  wheel::tick window_due_ = 0;

  std::vector<protocol::outgoing> pending_;
  std::unique_ptr<outgoing_frame> writing_; ///< Null: nothing is being written.

  /// What is read of a message: a small one fits here, so that it costs no
  /// allocation; a larger one moves to `large_`, which is empty between
  /// messages.
  std::array<char, 256> small_;
  boost::beast::flat_buffer large_;
};

} // namespace parley::gateway
