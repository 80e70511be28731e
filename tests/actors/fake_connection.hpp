#pragma once

#include "support/json.hpp"

#include "parley/actors/outbox.hpp"

#include <cstdint>
#include <vector>

namespace parley::test {

/// Stands in for a client's connection and keeps what its session does to it.
class fake_connection final : public outbox {
public:
  void push(std::vector<protocol::outgoing> objects) override;
  size_t waiting_bytes() const noexcept override { return waiting; }
  void handled() override { ++frames_handled; }
  void authenticated() override { is_authenticated = true; }
  void expires(timestamp when) override { token_expires = when; }
  void window_full(bool full) override { is_window_full = full; }
  void close(protocol::close_code code) override;

  /// The process or the socket is gone: nothing arrives any more.
  void cut() { is_cut = true; }

  std::vector<json::object> objects; ///< As they came, since the last look.
  size_t waiting = 0;                ///< What the session is told to wait.
  size_t frames_handled = 0;
  uint16_t close_code = 0; ///< 0: not closed.
  timestamp token_expires = 0;
  bool is_authenticated = false;
  bool is_window_full = false;
  bool is_cut = false;
};

} // namespace parley::test
