#pragma once

#include "parley/protocol/events.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace parley::gateway {

struct mail;

/// One on an I/O thread who gets mail from other threads.
class recipient {
public:
  virtual ~recipient() = default;
  virtual void receive(mail& x) = 0;
  /// All that waited for this recipient was received: act on it, at once for
  /// all of it.
  virtual void received_all() = 0;
};

/// What an actor has to say to a connection; see actors/outbox.hpp.
struct mail {
  enum class kind : uint8_t {
    objects, ///< To send to the client.
    resume,  ///< Read on.
    authenticated,
    expires,     ///< `value`: a timestamp.
    window_full, ///< `value`: 0 or 1.
    close,       ///< `value`: a protocol::close_code.
    drop,        ///< Too much waits: end the connection.
  };

  std::shared_ptr<recipient> to;
  kind what = kind::objects;
  int64_t value = 0;
  std::vector<protocol::outgoing> objects;
};

/// What other threads have for one I/O thread. Many puts wake it once. Its
/// bound is that of those who put: a connection counts its bytes before, an
/// HTTP exchange waits for one answer at a time.
class mailbox {
public:
  using task = std::function<void()>;

  struct contents {
    std::vector<mail> mails;
    std::vector<task> tasks;

    bool empty() const noexcept { return mails.empty() && tasks.empty(); }
  };

  /// @param wake called from the thread that puts the first thing into an empty
  ///   mailbox.
  explicit mailbox(std::function<void()> wake) : wake_(std::move(wake)) {}

  /// From any thread. Order is kept within each of the two kinds.
  void put(mail x);
  void put(task x);

  /// Exchanges what has come with `to`, which must be empty: its memory is used
  /// again.
  void take(contents& to);

  /// Drops what is there and all that comes later.
  void close();

private:
  std::mutex lock_;
  bool closed_ = false;
  contents waiting_;
  std::function<void()> wake_;
};

} // namespace parley::gateway
