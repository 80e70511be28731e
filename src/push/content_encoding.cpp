#include "push/content_encoding.hpp"

#include "push/keys.hpp"

#include <openssl/evp.h>

#include <memory>

namespace parley::push {

namespace {

using namespace std::string_view_literals;

constexpr auto key_info = "Content-Encoding: aes128gcm\0"sv;
constexpr auto nonce_info = "Content-Encoding: nonce\0"sv;
constexpr size_t cipher_key_bytes = 16;
constexpr size_t nonce_bytes = 12;
constexpr size_t tag_bytes = 16;
constexpr size_t key_name_bytes_max = 255;
constexpr char last_record = 2;

struct cipher_free {
  void operator()(EVP_CIPHER_CTX* x) const noexcept { EVP_CIPHER_CTX_free(x); }
};

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

/// AES-128-GCM without associated data, its tag behind the text.
std::string encrypt(std::string_view key, std::string_view nonce,
                    std::string_view text) {
  std::unique_ptr<EVP_CIPHER_CTX, cipher_free> with{EVP_CIPHER_CTX_new()};
  std::string sealed(text.size() + tag_bytes, '\0');
  auto* out = reinterpret_cast<unsigned char*>(sealed.data());
  auto* tag = out + text.size();
  int size = 0;
  bool done = EVP_EncryptInit_ex2(with.get(), EVP_aes_128_gcm(), bytes_of(key),
                                  bytes_of(nonce), nullptr)
                  == 1
              && EVP_EncryptUpdate(with.get(), out, &size, bytes_of(text),
                                   static_cast<int>(text.size()))
                     == 1
              && EVP_EncryptFinal_ex(with.get(), tag, &size) == 1
              && EVP_CIPHER_CTX_ctrl(with.get(), EVP_CTRL_AEAD_GET_TAG,
                                     static_cast<int>(tag_bytes), tag)
                     == 1;
  return done ? sealed : std::string{};
}

std::string header_of(std::string_view salt, std::string_view key_name) {
  std::string header{salt};
  for (int shift : {24, 16, 8, 0})
    header.push_back(static_cast<char>(record_bytes >> shift & 0xff));
  header.push_back(static_cast<char>(key_name.size()));
  header.append(key_name);
  return header;
}

} // namespace

std::string seal(std::string_view text, size_t padding, std::string_view secret,
                 std::string_view salt, std::string_view key_name) {
  std::string record{text};
  record.push_back(last_record);
  record.append(padding, '\0');
  if (record.size() + tag_bytes > record_bytes || salt.size() != salt_bytes
      || key_name.size() > key_name_bytes_max)
    return {};
  auto key = hkdf(salt, secret, key_info, cipher_key_bytes);
  auto nonce = hkdf(salt, secret, nonce_info, nonce_bytes);
  if (key.empty() || nonce.empty())
    return {};
  auto sealed = encrypt(key, nonce, record);
  return sealed.empty() ? sealed : header_of(salt, key_name) + sealed;
}

} // namespace parley::push
