#pragma once

#include "parley/base/error.hpp"
#include "parley/cluster/coordination.hpp"
#include "parley/cluster/paths.hpp"
#include "parley/model/replication/effects.hpp"
#include "parley/model/replication/isr_ledger.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace parley::cluster {

using model::replication::partition_record;
using model::replication::versioned_record;

std::string encode(const partition_record& x);

/// Errors: `internal` with a text that names the partition and what is wrong,
/// an unknown format above all.
result<partition_record> decode_record(uint16_t partition,
                                       std::string_view bytes);

/// What a replica is told of a write.
model::replication::cas_outcome to_cas_outcome(outcome x) noexcept;

using on_record_written =
    std::function<void(model::replication::cas_outcome, uint64_t version)>;
/// Nothing, if it could not be read: ask again.
using on_record_read = std::function<void(const result<versioned_record>&)>;

/// Carries out a replica's `compare_and_set`.
void write_record(coordination& by, const paths& at, uint16_t partition,
                  const model::replication::compare_and_set& what,
                  on_record_written done);

/// Carries out a replica's `read_record`: never older than the call. Errors:
/// `not_found`, `unavailable` to be asked again, `internal` as in
/// `decode_record`.
void read_record(coordination& by, const paths& at, uint16_t partition,
                 on_record_read done);

} // namespace parley::cluster
