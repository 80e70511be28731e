#include "parley/cluster/link_messages.hpp"
#include "parley/cluster/replication_wire.hpp"

#include <algorithm>

namespace parley::cluster {

namespace {

/// The least that a message takes: its size, its tag and four numbers.
constexpr size_t message_bytes_min = 6;

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
  for (uint32_t i = 0; i < count; ++i)
    if (!decode(from, to.messages))
      return false;
  return from.empty();
}

/// The messages of a batch, as one of its fields.
struct message_bytes {
  batch& of;
};

caf::error inspect(caf::serializer& sink, message_bytes& x) {
  auto count = static_cast<uint32_t>(x.of.messages.size());
  auto size = static_cast<uint32_t>(size_of(x.of.messages));
  if (auto failed = sink(count, size))
    return failed;
  caf::error result;
  for (const auto& each : x.of.messages)
    encode(each, [&](std::string_view piece) {
      if (!result)
        result = sink.apply_raw(piece.size(), const_cast<char*>(piece.data()));
    });
  return result;
}

caf::error inspect(caf::deserializer& source, message_bytes& x) {
  uint32_t count = 0;
  uint32_t size = 0;
  if (auto failed = source(count, size))
    return failed;
  auto& to = x.of;
  to.messages.clear();
  // Nodes write to each other in CAF's binary format only.
  auto* binary = dynamic_cast<caf::binary_deserializer*>(&source);
  to.damaged = !binary || size > binary->remaining();
  if (to.damaged)
    return caf::none;
  const auto* bytes = reinterpret_cast<const char*>(binary->remainder().data());
  to.damaged = !read({bytes, size}, count, to);
  if (to.damaged)
    to.messages.clear();
  binary->skip(size);
  return caf::none;
}

} // namespace

caf::error inspect(caf::serializer& sink, batch& x) {
  return fields(sink, x.link, x.sent, message_bytes{x});
}

caf::error inspect(caf::deserializer& source, batch& x) {
  return fields(source, x.link, x.sent, message_bytes{x});
}

} // namespace parley::cluster
