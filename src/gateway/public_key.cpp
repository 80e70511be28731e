#include "gateway/public_key.hpp"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <array>
#include <memory>

namespace parley::gateway {

namespace {

constexpr int rsa_bits_min = 2048;

bool on_p256(const EVP_PKEY* key) {
  std::array<char, 64> name{};
  size_t length = 0;
  return EVP_PKEY_get_group_name(key, name.data(), name.size(), &length) == 1
         && std::string_view{name.data(), length} == "prime256v1";
}

} // namespace

result<void> check_public_key(std::string_view pem,
                              std::string_view algorithm) {
  std::unique_ptr<BIO, decltype(&BIO_free)> from{
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free};
  std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key{
      PEM_read_bio_PUBKEY(from.get(), nullptr, nullptr, nullptr),
      EVP_PKEY_free};
  if (!key)
    return error{errc::internal, "holds no public key in PEM"};
  if (algorithm == "RS256") {
    if (EVP_PKEY_base_id(key.get()) != EVP_PKEY_RSA
        || EVP_PKEY_bits(key.get()) < rsa_bits_min)
      return error{errc::internal, "RS256 needs an RSA key of 2048 bits"};
  } else if (EVP_PKEY_base_id(key.get()) != EVP_PKEY_EC
             || !on_p256(key.get())) {
    return error{errc::internal, "ES256 needs an EC key on P-256"};
  }
  return {};
}

} // namespace parley::gateway
