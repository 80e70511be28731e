#pragma once

namespace rocksdb {
class Env;
}

namespace parley::history {

#ifdef PARLEY_FAULTS

/// The disk of a test build with `PARLEY_DISK=SEED` in its environment, else
/// null. It loses its power with SIGUSR1: of each file, what was not synced is
/// gone (of it, a beginning may be left, by the seed; 0: nothing ever is), as
/// are files whose folder was not synced, and the process is killed. From
/// SIGUSR2 on, whatever is written fails.
rocksdb::Env* fragile_disk();

#else

inline rocksdb::Env* fragile_disk() {
  return nullptr;
}

#endif

} // namespace parley::history
