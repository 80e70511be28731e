#include "parley/base/metrics.hpp"
#include "parley/gateway/passwords.hpp"

#include <doctest/doctest.h>

#include <future>
#include <memory>
#include <string>
#include <vector>

using namespace parley;
using gateway::password_pool;

namespace {

config::auth_settings cheap() {
  config::auth_settings settings;
  settings.argon2_memory_kib = 8;
  settings.argon2_iterations = 1;
  settings.argon2_threads = 1;
  return settings;
}

result<std::string> hash(password_pool& by, const std::string& password) {
  std::promise<result<std::string>> done;
  by.hash(password, [&](auto outcome) { done.set_value(std::move(outcome)); });
  return done.get_future().get();
}

result<bool> verify(password_pool& by, const std::string& encoded,
                    const std::string& password) {
  std::promise<result<bool>> done;
  by.verify(encoded, password, [&](auto fits) { done.set_value(fits); });
  return done.get_future().get();
}

/// Keeps the one thread of a pool busy until it is told to go on.
class stalled_pool {
public:
  explicit stalled_pool(const config::auth_settings& settings)
      : pool(settings, system_random()) {
    pool.hash("password", [this](const auto&) {
      begun_.set_value();
      go_on_.get_future().wait();
    });
    begun_.get_future().wait();
  }
  ~stalled_pool() { go_on(); }

  void go_on() {
    if (std::exchange(stalled_, false))
      go_on_.set_value();
  }

private:
  bool stalled_ = true;
  std::promise<void> begun_;
  std::promise<void> go_on_;

public:
  password_pool pool;
};

} // namespace

TEST_CASE("a password fits its own hash and no other") {
  password_pool pool{cheap(), system_random()};
  auto encoded = hash(pool, "correct horse");
  REQUIRE(encoded.has_value());
  CHECK(encoded->starts_with("$argon2id$v=19$m=8,t=1,p=1$"));
  CHECK(verify(pool, *encoded, "correct horse").value());
  CHECK_FALSE(verify(pool, *encoded, "correct horsf").value());
  CHECK_FALSE(verify(pool, *encoded, "").value());
  CHECK(hash(pool, "correct horse").value() != *encoded);
}

TEST_CASE("a password may hold any bytes, a NUL too") {
  password_pool pool{cheap(), system_random()};
  std::string password{"be\0hind\xFF", 8};
  auto encoded = hash(pool, password);
  CHECK(verify(pool, encoded.value(), password).value());
  CHECK_FALSE(verify(pool, encoded.value(), "be").value());
}

TEST_CASE("a hash of other costs still fits after the costs were changed") {
  auto settings = cheap();
  password_pool before{settings, system_random()};
  auto encoded = hash(before, "password").value();
  settings.argon2_memory_kib = 64;
  password_pool after{settings, system_random()};
  CHECK(verify(after, encoded, "password").value());
}

TEST_CASE("nobody's password is wrong, and costs as much as anybody's") {
  password_pool pool{cheap(), system_random()};
  CHECK_FALSE(verify(pool, "", "password").value());
  CHECK_FALSE(verify(pool, "", "").value());
  CHECK_FALSE(verify(pool, "no hash", "password").has_value());
}

TEST_CASE("I8: a full queue answers `unavailable` at once, and then recovers") {
  auto settings = cheap();
  settings.argon2_queue = 2;
  stalled_pool stalled{settings};
  std::vector<std::promise<result<bool>>> outcomes(3);
  for (auto& x : outcomes)
    stalled.pool.verify("", "x", [&x](auto fits) { x.set_value(fits); });
  CHECK(metrics::value(metrics::gauge::password_queue) == 2);
  auto refused = outcomes[2].get_future().get();
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == errc::unavailable);
  CHECK(refused.error().retry_after_ms > 0);
  stalled.go_on();
  CHECK(outcomes[0].get_future().get().has_value());
  CHECK(outcomes[1].get_future().get().has_value());
  CHECK(metrics::value(metrics::gauge::password_queue) == 0);
  CHECK(verify(stalled.pool, "", "x").has_value());
}

TEST_CASE("every job is answered when the pool ends") {
  std::promise<result<std::string>> waiting;
  {
    stalled_pool stalled{cheap()};
    stalled.pool.hash("password", [&](auto outcome) {
      waiting.set_value(std::move(outcome));
    });
  }
  auto outcome = waiting.get_future().get();
  CHECK((outcome.has_value() || outcome.error().code == errc::unavailable));
}
