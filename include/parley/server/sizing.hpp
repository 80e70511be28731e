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

} // namespace parley::server
