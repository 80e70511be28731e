#include "presence_load.hpp"

#include <fmt/core.h>

#include <stdexcept>

namespace parley::bench {

namespace {

using std::chrono::duration;
using std::chrono::steady_clock;

constexpr uint32_t watching_max = 50; ///< Watch lists under way.

double us(std::chrono::nanoseconds time) {
  return duration<double, std::micro>{time}.count();
}

} // namespace

presence_load::presence_load(target& system, uint32_t rooms, uint32_t room_size,
                             loop& runner, fault_log& faults)
    : fleet{runner, faults},
      system_{system},
      rooms_{rooms},
      room_size_{room_size} {}

void presence_load::set_up() {
  system_.make_users(sessions());
  open(sessions(), system_.endpoint(),
       [&](uint32_t session) { return system_.session_of(session, ""); });
  std::vector<std::vector<uint32_t>> members(rooms_);
  for (uint32_t session = 0; session < sessions(); ++session)
    members[session % rooms_].push_back(session);
  system_.make_groups(members);
  await(grouped_, sessions(), "told of their group");
  auto before = cpu_time_of(*system_.pid());
  for (uint32_t session = 0; session < sessions(); ++session) {
    watch(session, members[session % rooms_]);
    // Not more at once than a busy machine answers within the server's limit.
    if ((session + 1) % watching_max == 0 || session + 1 == sessions())
      await(answered_, uint64_t{session + 1} * (room_size_ - 1),
            "on watch lists answered");
  }
  watch_us_ =
      us(cpu_time_of(*system_.pid()) - before) / static_cast<double>(pairs());
}

void presence_load::watch(uint32_t session, const std::vector<uint32_t>& room) {
  std::string users;
  for (auto other : room)
    if (other != session)
      users += fmt::format("{}\"{}\"", users.empty() ? "" : ",",
                           system_.user(other));
  send(session, fmt::format(R"({{"t":"watch","id":7,"users":[{}]}})", users));
}

void presence_load::await(const uint64_t& count, uint64_t wanted,
                          std::string_view what) {
  auto reached = [&] {
    return count >= wanted || faults_.count() > 0;
  };
  if (!runner_.run_until(reached, silence_max) || faults_.count() > 0)
    throw std::runtime_error{fmt::format("{} of {} {}", count, wanted, what)};
}

presence_load::figures presence_load::run(std::chrono::nanoseconds time) {
  told_ = 0;
  changed_ = 0;
  away_ = !away_;
  step_ = time / sessions();
  auto moved_before = moved().in_bytes;
  auto before = cpu_time_of(*system_.pid());
  began_ = steady_clock::now();
  clock_.emplace(runner_.io());
  schedule();
  await(told_, pairs(), "changes of status told");
  duration<double> passed = steady_clock::now() - began_;
  auto count = static_cast<double>(told_);
  return {us(cpu_time_of(*system_.pid()) - before) / count,
          static_cast<double>(moved().in_bytes - moved_before) / count,
          count / passed.count()};
}

void presence_load::schedule() {
  for (; changed_ < sessions()
         && began_ + changed_ * step_ <= steady_clock::now();
       ++changed_)
    send(changed_, fmt::format(R"({{"t":"status","status":"{}"}})",
                               away_ ? "away" : "online"));
  if (changed_ == sessions())
    return;
  clock_->expires_at(began_ + changed_ * step_);
  clock_->async_wait([this](error_code ec) {
    if (!ec)
      schedule();
  });
}

void presence_load::on_frame(client& who, const frame& what) {
  if (what.kind == frame_kind::group)
    ++grouped_;
  else if (what.kind == frame_kind::presence)
    (what.id != 0 ? answered_ : told_) += what.items;
  fleet::on_frame(who, what);
}

} // namespace parley::bench
