#include "gateway/staged_front.hpp"

#include <string>
#include <utility>

namespace parley {

namespace {

caf::behavior staged_session(caf::event_based_actor* self) {
  auto& on = test::stage::instance();
  self->set_exit_handler([self, &on](const caf::exit_msg&) {
    on.ended();
    self->quit();
  });
  return {
      [&on](const inbound& x) { on.heard(x.requests->size()); },
      [&on](const drain&) { on.drained(); },
  };
}

} // namespace

/// Instead of the one of the actors' library, which is not linked then.
caf::actor spawn_session(caf::actor_system& sys, context_ptr,
                         outbox_ptr connection) {
  auto session = sys.spawn(staged_session);
  test::stage::instance().entered(std::move(connection));
  return session;
}

namespace test {

stage& stage::instance() {
  static stage only;
  return only;
}

void stage::clear() {
  change([this] {
    connections_.clear();
    requests_ = ends_ = drains_ = 0;
  });
}

void stage::wait(const std::function<bool()>& done) {
  std::unique_lock guard{lock_};
  if (!changed_.wait_for(guard, patience, done))
    throw timed_out("what was awaited on the stage did not come");
}

void stage::change(const std::function<void()>& what) {
  {
    std::lock_guard guard{lock_};
    what();
  }
  changed_.notify_all();
}

outbox_ptr stage::connection(size_t number) {
  wait([&] { return connections_.size() > number; });
  std::lock_guard guard{lock_};
  return connections_[number];
}

void stage::wait_for_requests(size_t count) {
  wait([&] { return requests_ >= count; });
}

void stage::wait_for_ends(size_t count) {
  wait([&] { return ends_ >= count; });
}

void stage::wait_for_drains(size_t count) {
  wait([&] { return drains_ >= count; });
}

size_t stage::requests() {
  std::lock_guard guard{lock_};
  return requests_;
}

size_t stage::ends() {
  std::lock_guard guard{lock_};
  return ends_;
}

size_t stage::drains() {
  std::lock_guard guard{lock_};
  return drains_;
}

void stage::entered(outbox_ptr outbox) {
  change([&] { connections_.push_back(std::move(outbox)); });
}

void stage::heard(size_t requests) {
  change([&] { requests_ += requests; });
}

void stage::ended() {
  change([this] { ++ends_; });
}

void stage::drained() {
  change([this] { ++drains_; });
}

staged_front::staged_front(config::settings settings)
    : node_(std::make_shared<node_context>()) {
  stage::instance().clear();
  settings.node.data_dir = here_.path().string();
  settings.http.listen = "127.0.0.1:0";
  settings.http.threads = 2;
  settings.auth.argon2_memory_kib = 8;
  settings.auth.argon2_iterations = 1;
  node_->settings = std::move(settings);
  node_->clock = &clock_;
  node_->random = &system_random();
  tokens_ =
      std::move(gateway::token_service::open(node_->settings, clock_).value());
  front_ = std::move(gateway::start_front(system_, node_, *tokens_).value());
  front_->set_ready(true);
  auto address = front_->address();
  auto colon = address.rfind(':');
  where_.host = address.substr(0, colon);
  where_.port = static_cast<uint16_t>(std::stoi(address.substr(colon + 1)));
}

staged_front::~staged_front() {
  front_->stop();
  stage::instance().clear();
}

} // namespace test

} // namespace parley
