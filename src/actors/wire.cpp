#include "parley/actors/wire.hpp"

namespace parley {

namespace {

constexpr size_t size_bytes = sizeof(uint32_t);

} // namespace

caf::error begin_fields(caf::serializer& to, size_t& begin) {
  auto* out = dynamic_cast<caf::binary_serializer*>(&to);
  if (!out)
    return caf::sec::runtime_error;
  begin = out->write_pos();
  out->skip(size_bytes);
  return caf::none;
}

caf::error end_fields(caf::serializer& to, size_t begin) {
  auto& out = dynamic_cast<caf::binary_serializer&>(to);
  const auto end = out.write_pos();
  auto size = static_cast<uint32_t>(end - begin - size_bytes);
  out.seek(begin);
  auto why = out(size);
  out.seek(end);
  return why;
}

caf::error inspect(caf::serializer& to, message_part& x) {
  auto count = static_cast<uint32_t>(x.value.size());
  return fields(to, count, x.value);
}

caf::error inspect(caf::deserializer& from, message_part& x) {
  // What is wrong inside is no error here, where it would make the whole
  // message disappear: whoever gets it can say that it is not understood.
  uint32_t size = 0;
  if (auto why = from(size))
    return why;
  auto* bytes = dynamic_cast<caf::binary_deserializer*>(&from);
  if (!bytes || size > bytes->remaining())
    return caf::sec::end_of_stream;
  caf::binary_deserializer these{from.context(),
                                 bytes->remainder().first(size)};
  bytes->skip(size);
  uint32_t count = 0;
  if (these(count, x.value) || count != x.value.size())
    x.value = caf::message{};
  return caf::none;
}

} // namespace parley
