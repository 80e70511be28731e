#pragma once

#include "parley/config/settings.hpp"

#include <cstdint>

namespace parley::server {

/// The cores that this process may run on, at least 1. Respects its affinity,
/// which std::thread::hardware_concurrency of glibc 2.36 does not.
uint32_t usable_cores() noexcept;

/// Fills in every number of threads that the operator left to the cores.
config::settings sized(config::settings from, uint32_t cores);

/// Raises the process's limit of open files to the highest that it may have.
/// @returns that limit.
uint64_t raise_descriptor_limit() noexcept;

/// Has this thread, and all that it starts, keep the core when it wakes another
/// (SCHED_BATCH). What one thread hands to the next then gathers while it runs:
/// fewer switches, larger frames, and more in each sync.
void work_in_batches() noexcept;

} // namespace parley::server
