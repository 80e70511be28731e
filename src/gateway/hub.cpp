#include "gateway/hub.hpp"

#include "parley/base/log.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <exception>
#include <pthread.h>

namespace parley::gateway {

namespace {

using std::chrono::steady_clock;

constexpr size_t frames_kept_max = 64;
constexpr size_t mails_kept_max = 4096;

/// Time in which the process did not run is nobody's silence: after a stall
/// the wheel turns on from where it stood.
constexpr wheel::tick ticks_at_once_max = 2;

} // namespace

hub::hub(milliseconds tick)
    : tick_(tick),
      mailbox_([this] { net::post(io_, [this] { deliver_mail(); }); }),
      io_(1),
      timer_(io_),
      last_tick_(steady_clock::now()) {}

hub::~hub() {
  stop();
}

void hub::start(const std::string& name) {
  start_tick();
  thread_ = std::thread{[this] {
    run();
  }};
  ::pthread_setname_np(thread_.native_handle(), name.substr(0, 15).c_str());
}

void hub::stop() {
  if (thread_.joinable()) {
    net::post(io_, [this] {
      stopping_ = true;
      timer_.cancel();
      for_each([](peer& who) { who.end(); });
    });
    thread_.join();
  }
  mailbox_.close();
}

void hub::run() noexcept {
  // The timer is work, so the loop runs until it is cancelled and every
  // operation of the clients has completed.
  for (;;) {
    try {
      io_.run();
      return;
    } catch (const std::exception& why) {
      // Costs the client whose handler threw, and nobody else.
      log::error("gateway.handler", "{}", why.what());
    }
  }
}

wheel::tick hub::ticks(milliseconds span) const noexcept {
  auto whole = (span + tick_ - milliseconds{1}) / tick_;
  // The present tick has begun already.
  return static_cast<wheel::tick>(std::max<int64_t>(whole, 0)) + 1;
}

void hub::for_each(const std::function<void(peer&)>& visit) {
  std::vector<peer*> all;
  wheel_.for_each(
      [&](wheel::entry& who) { all.push_back(static_cast<peer*>(&who)); });
  for (auto* who : all)
    visit(*who);
}

void hub::deliver_mail() {
  mail_.mails.clear(); // Something is left if a task threw.
  mail_.tasks.clear();
  mailbox_.take(mail_);
  for (auto& x : mail_.mails)
    x.to->receive(x);
  for (auto& x : mail_.mails)
    x.to->received_all();
  for (auto& task : mail_.tasks)
    task();
  mail_.mails.clear();
  mail_.tasks.clear();
  if (mail_.mails.capacity() > mails_kept_max)
    mail_ = {};
}

void hub::start_tick() {
  timer_.expires_at(last_tick_ + tick_);
  timer_.async_wait([this](error_code failed) {
    if (!failed && !stopping_)
      on_tick();
  });
}

void hub::on_tick() {
  auto passed = (steady_clock::now() - last_tick_) / tick_;
  last_tick_ += passed * tick_;
  auto turn = std::min(static_cast<wheel::tick>(std::max<int64_t>(passed, 0)),
                       ticks_at_once_max);
  start_tick();
  wheel_.advance(wheel_.now() + turn, [](wheel::entry& who) {
    static_cast<peer&>(who).on_deadline();
  });
}

std::unique_ptr<outgoing_frame> hub::take_frame() {
  if (frames_.empty())
    return std::make_unique<outgoing_frame>();
  auto frame = std::move(frames_.back());
  frames_.pop_back();
  return frame;
}

void hub::give_back(std::unique_ptr<outgoing_frame> frame) {
  frame->clear();
  if (frames_.size() < frames_kept_max)
    frames_.push_back(std::move(frame));
}

} // namespace parley::gateway
