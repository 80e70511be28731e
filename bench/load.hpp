#pragma once

#include "fleet.hpp"
#include "histogram.hpp"
#include "record.hpp"
#include "target.hpp"

#include <deque>
#include <optional>
#include <string>
#include <vector>

namespace parley::bench {

/// Who talks to whom: rooms of equal size, a pair being a direct conversation.
struct load_shape {
  uint32_t rooms = 0;
  uint32_t room_size = 2;
  uint32_t senders_per_room = 2;
  uint32_t in_flight = 1;  ///< Of one sender, in the closed loop.
  uint32_t body_bytes = 0; ///< ASCII.
  double rate = 0;         ///< Messages a second of all; 0: closed loop.
  bool prose = false; ///< Each message another text of words, and a long `cid`:
                      ///< what is kept compresses as people's messages do.

  uint32_t sessions() const { return rooms * room_size; }
  uint32_t senders() const { return rooms * senders_per_room; }
};

/// What one measured stretch of time showed. Figures of the server are NaN
/// where its process is not known.
struct load_figures {
  double deliveries_per_s = 0;
  double p50_ms = 0;
  double p99_ms = 0;
  double p999_ms = 0;
  double server_us_per_delivery = 0;
  double server_cores = 0;     ///< Share of a core that the server used,
  double generator_cores = 0;  ///< and the generator.
  double to_clients_bytes = 0; ///< For each delivery, as WebSocket payload;
  double to_server_bytes = 0;  ///< acks and `recv`s included.
};

/// Messages between sessions of one target, each held against the record.
/// Closed loop: a sender's next message goes out when an earlier one has
/// reached all of its recipients. Open loop: messages go out by the clock, and
/// a latency counts from when the message was due.
class load final : public fleet {
public:
  load(target& system, const load_shape& shape, loop& runner,
       fault_log& faults);

  /// Makes users, sessions and groups.
  /// @throws std::runtime_error if the target does not do its part.
  void set_up();

  /// Loads the target, measures after the warm-up, then waits until all that
  /// was sent is delivered and acknowledged.
  load_figures run(std::chrono::nanoseconds warm_up,
                   std::chrono::nanoseconds measure);

  /// Sends so many messages as fast as the closed loop allows.
  void send_all(uint64_t messages);

  /// The conversations, a reader of each, and how many entries each must have.
  const std::vector<std::string>& conversations() const { return rooms_; }
  std::vector<uint32_t> readers() const;
  std::vector<uint64_t> expected_seqs() const;

  /// Bytes of the server's memory that came with each session.
  double bytes_per_session() const { return bytes_per_session_; }

  void on_frame(client& who, const frame& what) override;
  void on_failure(client& who, const std::string& why) override;

private:
  struct sender {
    send_record record;
    std::string prefix; ///< The frame's text before `id`, between `id` and the
    std::string middle; ///< number within `cid`,
    std::string suffix; ///< and after it.
    std::deque<instant> overdue; ///< Open loop: due, but the record is full.
  };

  uint32_t room_of(uint32_t session) const {
    return session / shape_.room_size;
  }
  uint32_t place_of(uint32_t session) const {
    return session % shape_.room_size;
  }
  sender* sender_of(uint32_t session);
  std::string direct_name(uint32_t room) const;
  void make_groups();
  void make_senders();
  void on_message(uint32_t session, const frame& what);
  void on_ack(uint32_t session, const frame& what);
  void note(fault what, uint32_t session, const frame& about);
  bool dispatch(uint32_t session, instant due);
  void refill(uint32_t session);
  void begin();
  void schedule();
  void drain();
  bool is_drained() const;
  bool agree_on_last_seq() const;

  target& system_;
  load_shape shape_;
  std::vector<std::string> rooms_;
  std::vector<sender> senders_;
  std::string prose_; ///< That bodies are cut from; empty: all are alike.
  std::vector<sequence_check> orders_; ///< By session; Parley only.
  uint64_t group_events_ = 0;
  double bytes_per_session_ = 0;

  bool sending_ = false;
  uint64_t budget_ = UINT64_MAX; ///< Messages that may still be sent.
  std::optional<net::steady_timer> clock_;
  instant began_{};
  uint64_t due_ = 0; ///< Open loop: messages that came due since `began_`.

  bool measuring_ = false;
  uint64_t deliveries_ = 0;
  histogram latency_;
};

} // namespace parley::bench
