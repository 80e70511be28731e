#include "parley/cluster/link_messages.hpp"
#include "parley/cluster/replication_wire.hpp"

#include <algorithm>

namespace parley::cluster {

namespace {

/// The least that a message takes: its tag and four numbers.
constexpr size_t message_bytes_min = 5;

size_t size_of(const std::vector<model::replication::message>& messages) {
  size_t size = 0;
  for (const auto& x : messages)
    size += wire_size(x);
  return size;
}

bool read(std::string_view from, uint32_t count, batch& to) {
  if (count > from.size() / message_bytes_min)
    return false;
  to.messages.reserve(count);
  for (uint32_t i = 0; i < count; ++i) {
    auto x = decode(from);
    if (!x)
      return false;
    to.messages.push_back(std::move(*x));
  }
  return from.empty();
}

} // namespace

caf::error inspect(caf::serializer& sink, batch& x) {
  auto count = static_cast<uint32_t>(x.messages.size());
  auto size = static_cast<uint32_t>(size_of(x.messages));
  if (auto failed = sink(x.link, x.sent, count, size))
    return failed;
  caf::error result;
  for (const auto& each : x.messages)
    encode(each, [&](std::string_view piece) {
      if (!result)
        result = sink.apply_raw(piece.size(), const_cast<char*>(piece.data()));
    });
  return result;
}

caf::error inspect(caf::deserializer& source, batch& x) {
  uint32_t count = 0;
  uint32_t size = 0;
  if (auto failed = source(x.link, x.sent, count, size))
    return failed;
  x.messages.clear();
  // Nodes write to each other in CAF's binary format only.
  auto* binary = dynamic_cast<caf::binary_deserializer*>(&source);
  x.damaged = !binary || size > binary->remaining();
  if (x.damaged)
    return caf::none;
  const auto* bytes = reinterpret_cast<const char*>(binary->remainder().data());
  x.damaged = !read({bytes, size}, count, x);
  if (x.damaged)
    x.messages.clear();
  binary->skip(size);
  return caf::none;
}

} // namespace parley::cluster
