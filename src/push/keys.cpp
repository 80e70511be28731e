#include "push/keys.hpp"

#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/hmac.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/pem.h>
#include <openssl/sha.h>

#include <array>

namespace parley::push {

namespace {

constexpr int rsa_bits_min = 2048;
constexpr size_t shared_secret_bytes = 32;

struct context_free {
  void operator()(EVP_PKEY_CTX* x) const noexcept { EVP_PKEY_CTX_free(x); }
  void operator()(EVP_KDF* x) const noexcept { EVP_KDF_free(x); }
  void operator()(EVP_KDF_CTX* x) const noexcept { EVP_KDF_CTX_free(x); }
  void operator()(BIO* x) const noexcept { BIO_free(x); }
};
template <class T>
using owned = std::unique_ptr<T, context_free>;

unsigned char* writable(std::string& bytes) {
  return reinterpret_cast<unsigned char*>(bytes.data());
}

const unsigned char* readable(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

/// OpenSSL's parameters are not const, though only read.
OSSL_PARAM octets(const char* name, std::string_view bytes) {
  return OSSL_PARAM_construct_octet_string(
      name, const_cast<char*>(bytes.data()), bytes.size());
}

OSSL_PARAM words(const char* name, const char* text) {
  return OSSL_PARAM_construct_utf8_string(name, const_cast<char*>(text), 0);
}

bool lies_on_p256(const EVP_PKEY* key) {
  std::array<char, 64> name{};
  size_t length = 0;
  return EVP_PKEY_get_group_name(key, name.data(), name.size(), &length) == 1
         && std::string_view{name.data(), length} == "prime256v1";
}

/// Never asks at the terminal for the password of an encrypted key.
int no_password(char*, int, int, void*) {
  return -1;
}

} // namespace

key_ptr make_p256() {
  return key_ptr{EVP_EC_gen("P-256")};
}

key_ptr p256_of_point(std::string_view point) {
  if (point.size() != point_bytes || point.front() != '\x04')
    return nullptr;
  owned<EVP_PKEY_CTX> from{EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr)};
  OSSL_PARAM params[] = {words(OSSL_PKEY_PARAM_GROUP_NAME, "P-256"),
                         octets(OSSL_PKEY_PARAM_PUB_KEY, point),
                         OSSL_PARAM_construct_end()};
  EVP_PKEY* raw = nullptr;
  if (EVP_PKEY_fromdata_init(from.get()) != 1
      || EVP_PKEY_fromdata(from.get(), &raw, EVP_PKEY_PUBLIC_KEY, params) != 1)
    return nullptr;
  key_ptr key{raw};
  owned<EVP_PKEY_CTX> whole{
      EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr)};
  return EVP_PKEY_public_check(whole.get()) == 1 ? std::move(key) : nullptr;
}

std::string point_of(const EVP_PKEY* key) {
  std::string point(point_bytes, '\0');
  size_t size = 0;
  if (EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY,
                                      writable(point), point.size(), &size)
          != 1
      || size != point_bytes)
    return {};
  return point;
}

key_ptr key_of_pem(std::string_view pem) {
  owned<BIO> from{BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()))};
  return key_ptr{
      PEM_read_bio_PrivateKey(from.get(), nullptr, no_password, nullptr)};
}

std::string pem_of(EVP_PKEY* key) {
  owned<BIO> to{BIO_new(BIO_s_mem())};
  if (PEM_write_bio_PKCS8PrivateKey(to.get(), key, nullptr, nullptr, 0, nullptr,
                                    nullptr)
      != 1)
    return {};
  char* text = nullptr;
  auto size = BIO_get_mem_data(to.get(), &text);
  return {text, static_cast<size_t>(size)};
}

result<void> check_private_key(std::string_view pem,
                               std::string_view algorithm) {
  auto key = key_of_pem(pem);
  if (!key)
    return error{errc::internal, "holds no private key in PEM"};
  if (algorithm == "RS256") {
    if (EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_RSA
        || EVP_PKEY_get_bits(key.get()) < rsa_bits_min)
      return error{errc::internal, "RS256 needs an RSA key of 2048 bits"};
  } else if (EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_EC
             || !lies_on_p256(key.get())) {
    return error{errc::internal, "ES256 needs an EC key on P-256"};
  }
  return {};
}

std::string agree(EVP_PKEY* own, EVP_PKEY* peer) {
  owned<EVP_PKEY_CTX> with{EVP_PKEY_CTX_new_from_pkey(nullptr, own, nullptr)};
  std::string secret(shared_secret_bytes, '\0');
  size_t size = secret.size();
  if (EVP_PKEY_derive_init(with.get()) != 1
      || EVP_PKEY_derive_set_peer(with.get(), peer) != 1
      || EVP_PKEY_derive(with.get(), writable(secret), &size) != 1
      || size != shared_secret_bytes)
    return {};
  return secret;
}

std::string hkdf(std::string_view salt, std::string_view secret,
                 std::string_view info, size_t bytes) {
  owned<EVP_KDF> how{EVP_KDF_fetch(nullptr, "HKDF", nullptr)};
  owned<EVP_KDF_CTX> with{EVP_KDF_CTX_new(how.get())};
  OSSL_PARAM params[] = {
      words(OSSL_KDF_PARAM_DIGEST, "SHA256"),
      octets(OSSL_KDF_PARAM_KEY, secret), octets(OSSL_KDF_PARAM_SALT, salt),
      octets(OSSL_KDF_PARAM_INFO, info), OSSL_PARAM_construct_end()};
  std::string derived(bytes, '\0');
  if (!with
      || EVP_KDF_derive(with.get(), writable(derived), bytes, params) != 1)
    return {};
  return derived;
}

std::string hmac_sha256(std::string_view key, std::string_view text) {
  std::string mac(SHA256_DIGEST_LENGTH, '\0');
  if (!HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
            readable(text), text.size(), writable(mac), nullptr))
    return {};
  return mac;
}

std::string sha256(std::string_view text) {
  std::string digest(SHA256_DIGEST_LENGTH, '\0');
  SHA256(readable(text), text.size(), writable(digest));
  return digest;
}

} // namespace parley::push
