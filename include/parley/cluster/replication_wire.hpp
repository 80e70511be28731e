#pragma once

#include "parley/model/replication/messages.hpp"

#include <cstddef>
#include <functional>
#include <string_view>
#include <vector>

/// How replication messages are written between nodes: numbers as varints,
/// entries relative to what precedes them. An entry costs about ten bytes
/// beside its payload. A message stands behind its size, and gets fields at its
/// end only.
namespace parley::cluster {

/// How many bytes `encode` makes of it.
size_t wire_size(const model::replication::message& x) noexcept;

/// Gives the encoded bytes piece by piece. Payloads come as they lie in memory,
/// so that whoever takes the pieces copies them once.
void encode(const model::replication::message& x,
            const std::function<void(std::string_view)>& take);

/// Reads one message and moves `from` behind it; false if the bytes are not
/// one. It is appended to `to`, unless it is of a kind that came later; so are
/// fields skipped that came later. Never takes more memory than a small
/// multiple of `from`. Checksums are not looked at: whoever uses an entry does
/// that.
bool decode(std::string_view& from,
            std::vector<model::replication::message>& to);

} // namespace parley::cluster
