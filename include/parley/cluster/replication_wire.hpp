#pragma once

#include "parley/model/replication/messages.hpp"

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

/// How replication messages are written between nodes: numbers as varints,
/// entries relative to what precedes them. An entry costs about ten bytes
/// beside its payload. Protocol version 1; a change of it needs another one.
namespace parley::cluster {

/// How many bytes `encode` makes of it.
size_t wire_size(const model::replication::message& x) noexcept;

/// Gives the encoded bytes piece by piece. Payloads come as they lie in memory,
/// so that whoever takes the pieces copies them once.
void encode(const model::replication::message& x,
            const std::function<void(std::string_view)>& take);

/// Reads one message and moves `from` behind it; nothing if the bytes are not
/// one. Never takes more memory than a small multiple of `from`. Checksums are
/// not looked at: whoever uses an entry does that.
std::optional<model::replication::message> decode(std::string_view& from);

} // namespace parley::cluster
