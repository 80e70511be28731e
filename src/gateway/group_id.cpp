#include "gateway/group_id.hpp"

#include "parley/base/hash.hpp"

#include <algorithm>
#include <cstring>

namespace parley::gateway {

namespace {

/// Hands out the bytes of a hash instead of random ones.
class bytes_of_hash final : public random_source {
public:
  explicit bytes_of_hash(std::string_view bytes) : bytes_(bytes) {}

  void fill(void* to, size_t size) noexcept override {
    std::memcpy(to, bytes_.data(), std::min(size, bytes_.size()));
  }

private:
  std::string_view bytes_;
};

constexpr size_t time_bytes = 6;

} // namespace

std::string new_group_id(std::string_view user, std::string_view cid,
                         timestamp now, random_source& random) {
  if (cid.empty())
    return "g:" + make_ulid(now, random);
  auto hash = hash_of(user, cid);
  timestamp time = 0;
  for (size_t i = 0; i < time_bytes; ++i)
    time = time << 8 | hash.bytes[i];
  bytes_of_hash rest{hash.view().substr(time_bytes)};
  return "g:" + make_ulid(time, rest);
}

} // namespace parley::gateway
