#include "parley/base/random.hpp"

#include "base/sodium.hpp"

#include <array>
#include <string_view>
#include <vector>

namespace parley {

namespace {

class os_random final : public random_source {
public:
  void fill(void* to, size_t bytes) noexcept override {
    use_sodium();
    randombytes_buf(to, bytes);
  }
};

} // namespace

random_source& system_random() noexcept {
  static os_random instance;
  return instance;
}

std::string make_ulid(timestamp now, random_source& random) {
  constexpr std::string_view digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  std::array<uint16_t, 5> noise{};
  random.fill(noise.data(), sizeof noise);
  // 48 bits of time and 16 random ones, then 64 random ones.
  auto high = static_cast<uint64_t>(now) << 16 | noise[0];
  auto low = static_cast<uint64_t>(noise[1]) << 48
             | static_cast<uint64_t>(noise[2]) << 32
             | static_cast<uint64_t>(noise[3]) << 16 | noise[4];
  std::string ulid(26, '0');
  for (auto i = ulid.size(); i-- > 0;) {
    ulid[i] = digits[low & 31];
    low = low >> 5 | high << 59;
    high >>= 5;
  }
  return ulid;
}

std::string make_secret(size_t bytes, random_source& random) {
  use_sodium();
  constexpr int variant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
  std::vector<unsigned char> raw(bytes);
  random.fill(raw.data(), raw.size());
  // The encoder writes a final NUL, which its length counts.
  std::string text(sodium_base64_encoded_len(raw.size(), variant), '\0');
  sodium_bin2base64(text.data(), text.size(), raw.data(), raw.size(), variant);
  sodium_memzero(raw.data(), raw.size());
  text.pop_back();
  return text;
}

} // namespace parley
