#include "fleet.hpp"

#include <fmt/core.h>

#include <stdexcept>

namespace parley::bench {

void fault_log::add(std::string_view what) {
  if (count_++ < kept_max)
    first_.emplace_back(what);
}

fleet::~fleet() {
  for (auto& each : clients_)
    each->abandon();
}

void fleet::open(uint32_t count, const tcp::endpoint& server,
                 const std::function<identity(uint32_t)>& who) {
  server_ = server;
  who_ = &who;
  wanted_ = count;
  clients_.reserve(count);
  for (uint32_t i = 0; i < opening_max; ++i)
    open_next();
  while (ready_ < count) {
    auto before = ready_;
    auto moved = [&] {
      return ready_ != before || faults_.count() > 0;
    };
    if (!runner_.run_until(moved, silence_max))
      faults_.add("sessions do not get ready");
    if (faults_.count() > 0)
      throw std::runtime_error{
          fmt::format("{} of {} sessions opened", ready_, count)};
  }
  who_ = nullptr;
}

traffic fleet::moved() const {
  traffic result;
  for (const auto& each : clients_) {
    result.in_bytes += each->moved().in_bytes;
    result.out_bytes += each->moved().out_bytes;
  }
  return result;
}

void fleet::open_next() {
  if (size() == wanted_)
    return;
  clients_.push_back(std::make_shared<client>(runner_.io(), size(),
                                              (*who_)(size()), reader_, *this));
  clients_.back()->open(server_);
}

void fleet::on_ready(client&) {
  ++ready_;
  open_next();
}

void fleet::on_frame(client& who, const frame& what) {
  if (what.kind == frame_kind::error)
    faults_.add(fmt::format("session {}: error {}: {}", who.index(), what.code,
                            what.message));
}

void fleet::on_failure(client& who, const std::string& why) {
  faults_.add(fmt::format("session {}: {}", who.index(), why));
}

} // namespace parley::bench
