#include "parley/gateway/passwords.hpp"

#include "parley/base/metrics.hpp"

#include <argon2.h>
#include <openssl/crypto.h>

#include <algorithm>
#include <array>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace parley::gateway {

namespace {

constexpr size_t salt_bytes = 16;
constexpr size_t hash_bytes = 32;
constexpr uint32_t retry_after_ms = 1000;

void wipe(std::string& secret) noexcept {
  OPENSSL_cleanse(secret.data(), secret.size());
}

error busy() {
  return {errc::unavailable, "too many logins at once", retry_after_ms};
}

result<std::string> make_hash(const config::auth_settings& by,
                              const std::string& password,
                              random_source& random) {
  std::array<unsigned char, salt_bytes> salt{};
  random.fill(salt.data(), salt.size());
  auto size = argon2_encodedlen(by.argon2_iterations, by.argon2_memory_kib,
                                by.argon2_parallelism, salt_bytes, hash_bytes,
                                Argon2_id);
  std::string encoded(size, '\0');
  auto failed = argon2id_hash_encoded(
      by.argon2_iterations, by.argon2_memory_kib, by.argon2_parallelism,
      password.data(), password.size(), salt.data(), salt.size(), hash_bytes,
      encoded.data(), encoded.size());
  if (failed == ARGON2_MEMORY_ALLOCATION_ERROR)
    return busy();
  if (failed != ARGON2_OK)
    return error{errc::internal, argon2_error_message(failed)};
  encoded.resize(encoded.find('\0'));
  return encoded;
}

result<bool> check_hash(const std::string& encoded,
                        const std::string& password) {
  auto outcome =
      argon2id_verify(encoded.c_str(), password.data(), password.size());
  if (outcome == ARGON2_OK || outcome == ARGON2_VERIFY_MISMATCH)
    return outcome == ARGON2_OK;
  if (outcome == ARGON2_MEMORY_ALLOCATION_ERROR)
    return busy();
  return error{errc::internal, argon2_error_message(outcome)};
}

size_t pool_size(uint32_t configured) {
  if (configured > 0)
    return configured;
  return std::max(1u, std::thread::hardware_concurrency() / 2);
}

} // namespace

struct password_pool::impl {
  /// `run(false)` answers that there is no room.
  using job = std::function<void(bool run)>;

  config::auth_settings by;
  random_source& random;
  std::string nobody; ///< A hash of the same cost that no password fits.

  std::mutex lock;
  std::condition_variable wake;
  std::deque<job> waiting;
  bool stopping = false;
  std::vector<std::thread> threads;

  impl(config::auth_settings from, random_source& with)
      : by(std::move(from)), random(with) {
    auto made = make_hash(by, make_secret(hash_bytes, random), random);
    if (made)
      nobody = std::move(*made);
    for (size_t i = 0; i < pool_size(by.argon2_threads); ++i)
      threads.emplace_back([this] { work(); });
  }

  ~impl() {
    {
      std::lock_guard guard{lock};
      stopping = true;
    }
    wake.notify_all();
    for (auto& thread : threads)
      thread.join();
    for (auto& what : waiting) {
      metrics::move(metrics::gauge::password_queue, -1);
      what(false);
    }
  }

  void submit(job what) {
    {
      std::unique_lock guard{lock};
      if (waiting.size() >= by.argon2_queue) {
        guard.unlock();
        what(false);
        return;
      }
      waiting.push_back(std::move(what));
      metrics::move(metrics::gauge::password_queue, 1);
    }
    wake.notify_one();
  }

  void work() {
    for (;;) {
      job what;
      {
        std::unique_lock guard{lock};
        wake.wait(guard, [this] { return stopping || !waiting.empty(); });
        if (stopping)
          return;
        what = std::move(waiting.front());
        waiting.pop_front();
        metrics::move(metrics::gauge::password_queue, -1);
      }
      what(true);
    }
  }
};

password_pool::password_pool(const config::auth_settings& from,
                             random_source& random)
    : impl_(std::make_unique<impl>(from, random)) {}

password_pool::~password_pool() = default;

void password_pool::hash(std::string password,
                         std::function<void(result<std::string>)> done) {
  impl_->submit([this, password = std::move(password),
                 done = std::move(done)](bool run) mutable {
    auto made = run ? make_hash(impl_->by, password, impl_->random) : busy();
    wipe(password);
    done(std::move(made));
  });
}

void password_pool::verify(std::string encoded, std::string password,
                           std::function<void(result<bool>)> done) {
  bool known = !encoded.empty();
  if (!known)
    encoded = impl_->nobody;
  impl_->submit([encoded = std::move(encoded), password = std::move(password),
                 done = std::move(done), known](bool run) mutable {
    auto fits = run ? check_hash(encoded, password) : busy();
    wipe(password);
    if (fits && !known)
      fits = false;
    done(std::move(fits));
  });
}

} // namespace parley::gateway
