#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <queue>
#include <string_view>
#include <vector>

/// The generator's own record of what it sent, against which every ack and
/// every delivery is held: a server that loses, doubles or reorders a message
/// must fail the run, whatever its speed.
namespace parley::bench {

enum class fault : uint8_t {
  none,
  phantom,      ///< An ack or a delivery of what was never sent.
  doubled,      ///< The same message twice to one session, or two acks.
  skipped,      ///< A later message came first: loss or wrong order.
  inconsistent, ///< Ack and deliveries disagree on the `seq`.
  leaked,       ///< Delivered to someone who is not in the conversation.
};

std::string_view to_string(fault what);

using instant = std::chrono::steady_clock::time_point;

/// What one sender sent to one conversation, numbered from 0. Numbers must
/// reach each recipient one by one; one session's sends keep their order.
class send_record {
public:
  /// @param recipients of each message; named by their place, 0 and up.
  /// @param capacity messages that may be open, neither delivered to all nor,
  ///        with `expects_acks`, acknowledged.
  send_record(uint32_t recipients, uint32_t capacity, bool expects_acks);

  /// Begins a message.
  /// @returns its number, or nothing while `capacity` messages are open.
  std::optional<uint64_t> send(instant at);

  fault acked(uint64_t number, uint64_t seq);

  struct delivery {
    fault what = fault::none;
    instant sent{};        ///< As given to `send`, where there is no fault.
    bool complete = false; ///< This was the last of its recipients.
  };

  /// @param seq 0 where the system under test gives none.
  delivery delivered(uint32_t recipient, uint64_t number, uint64_t seq);

  uint64_t sent() const { return next_; }

  /// Messages that have not reached all recipients.
  uint64_t undelivered() const { return next_ - complete_; }

  /// Messages that are not delivered to all or not acknowledged.
  uint64_t open() const { return next_ - oldest_; }

private:
  struct slot {
    instant sent;
    uint64_t seq = 0; ///< From the ack or a delivery, whichever came first.
    uint32_t missing = 0;
    bool acked = false;
  };

  slot& at(uint64_t number) { return slots_[number % slots_.size()]; }
  bool is_open(uint64_t number) const {
    return number >= oldest_ && number < next_;
  }
  static bool agree(slot& s, uint64_t seq);
  void retire();

  std::vector<slot> slots_;
  std::vector<uint64_t> expected_; ///< For each recipient, the next number.
  bool expects_acks_;
  uint64_t next_ = 0;
  uint64_t complete_ = 0;
  uint64_t oldest_ = 0;
};

/// Holds one session to I2 and I4 within one conversation: its events and the
/// acks of its own sends together are every `seq` from 1, events in order, and
/// no event overtakes the ack of an own message that lies before it.
class sequence_check {
public:
  /// @returns false if `seq` is not the next one; goes on from there.
  bool event(uint64_t seq);

  /// Tells that the session's own message got `seq`.
  void own(uint64_t seq);

  /// The last `seq` up to which nothing is missing.
  uint64_t last() const { return last_; }

  /// Own messages beyond a gap.
  size_t beyond() const { return own_.size(); }

private:
  void absorb();

  std::priority_queue<uint64_t, std::vector<uint64_t>, std::greater<>> own_;
  uint64_t last_ = 0;
};

} // namespace parley::bench
