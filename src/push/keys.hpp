#pragma once

#include "parley/base/error.hpp"

#include <openssl/evp.h>

#include <memory>
#include <string>
#include <string_view>

/// Keys and derivations, by OpenSSL. The functions that give bytes give none
/// if OpenSSL refuses.
namespace parley::push {

struct key_free {
  void operator()(EVP_PKEY* x) const noexcept { EVP_PKEY_free(x); }
};
using key_ptr = std::unique_ptr<EVP_PKEY, key_free>;

inline constexpr size_t point_bytes = 65; ///< 0x04, x and y.

/// A fresh key on P-256.
key_ptr make_p256();
/// Null unless the bytes are an uncompressed point of the curve.
key_ptr p256_of_point(std::string_view point);
std::string point_of(const EVP_PKEY* key);

/// A private key in PEM (PKCS #8, or the older forms); null if it is none.
key_ptr key_of_pem(std::string_view pem);
std::string pem_of(EVP_PKEY* key);

/// Whether the key fits the algorithm of a token: "ES256" or "RS256".
result<void> check_private_key(std::string_view pem,
                               std::string_view algorithm);

/// The shared secret of RFC 5903.
std::string agree(EVP_PKEY* own, EVP_PKEY* peer);
/// RFC 5869 with SHA-256: extract and expand.
std::string hkdf(std::string_view salt, std::string_view secret,
                 std::string_view info, size_t bytes);
std::string hmac_sha256(std::string_view key, std::string_view text);
std::string sha256(std::string_view text);

} // namespace parley::push
