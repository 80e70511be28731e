#include "parley/server/sizing.hpp"

#include <algorithm>
#include <sched.h>
#include <sys/resource.h>
#include <thread>

namespace parley::server {

uint32_t usable_cores() noexcept {
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  // Fails on machines of more than 1024 processors.
  if (::sched_getaffinity(0, sizeof allowed, &allowed) == 0)
    return static_cast<uint32_t>(std::max(CPU_COUNT(&allowed), 1));
  return std::max(std::thread::hardware_concurrency(), 1u);
}

config::settings sized(config::settings from, uint32_t cores) {
  auto set = [](uint32_t& threads, uint32_t value) {
    if (threads == 0)
      threads = std::clamp(value, 1u, 256u);
  };
  set(from.actors.threads, cores);
  set(from.http.threads, cores);
  // Reads wait for the disk and not for a core.
  set(from.storage.readers, std::clamp(2 * cores, 2u, 32u));
  // Logins may not take all cores from the chat.
  set(from.auth.argon2_threads, cores / 2);
  return from;
}

void work_in_batches() noexcept {
  sched_param none{};
  ::sched_setscheduler(0, SCHED_BATCH, &none);
}

uint64_t raise_descriptor_limit() noexcept {
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0)
    return 0;
  files.rlim_cur = files.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &files);
  ::getrlimit(RLIMIT_NOFILE, &files);
  return files.rlim_cur;
}

} // namespace parley::server
