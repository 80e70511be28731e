#pragma once

#include "client.hpp"
#include "loop.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace parley::bench {

/// What went wrong in a run: all of it is counted, the first is kept in words.
class fault_log {
public:
  static constexpr size_t kept_max = 10;

  void add(std::string_view what);
  uint64_t count() const { return count_; }
  const std::vector<std::string>& first() const { return first_; }

private:
  uint64_t count_ = 0;
  std::vector<std::string> first_;
};

/// Many sessions on one server. A failed session and an `error` frame are
/// faults; what else arrives is the derived class's.
class fleet : public client_events {
public:
  fleet(loop& runner, fault_log& faults) : runner_{runner}, faults_{faults} {}
  ~fleet() override;
  fleet(const fleet&) = delete;
  fleet& operator=(const fleet&) = delete;

  /// Opens sessions 0 to `count` - 1, some at a time, until all are ready.
  /// @throws std::runtime_error if one fails.
  void open(uint32_t count, const tcp::endpoint& server,
            const std::function<identity(uint32_t)>& who);

  /// Of all sessions since they were opened.
  traffic moved() const;

  uint32_t size() const { return static_cast<uint32_t>(clients_.size()); }

  void on_ready(client& who) override;
  void on_frame(client& who, const frame& what) override;
  void on_failure(client& who, const std::string& why) override;

protected:
  void send(uint32_t session, std::string text) {
    clients_[session]->send(std::move(text));
  }

  loop& runner_;
  fault_log& faults_;

private:
  void open_next();

  /// Upgrades on their way at once.
  static constexpr uint32_t opening_max = 64;

  frame_reader reader_;
  std::vector<std::shared_ptr<client>> clients_;
  tcp::endpoint server_;
  const std::function<identity(uint32_t)>* who_ = nullptr;
  uint32_t wanted_ = 0;
  uint32_t ready_ = 0;
};

} // namespace parley::bench
