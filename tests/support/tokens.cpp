#include "support/tokens.hpp"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <array>
#include <chrono>
#include <stdexcept>

namespace parley::test {

namespace {

void must(bool worked, const char* what) {
  if (!worked)
    throw std::runtime_error(std::string("OpenSSL: ") + what);
}

const unsigned char* bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

std::string base64url(std::string_view data) {
  std::string result(4 * ((data.size() + 2) / 3) + 1, '\0');
  const auto length =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(result.data()),
                      bytes(data), static_cast<int>(data.size()));
  result.resize(static_cast<size_t>(length));
  result.erase(result.find_last_not_of('=') + 1);
  for (auto& c : result)
    c = c == '+' ? '-' : c == '/' ? '_' : c;
  return result;
}

std::string from_base64url(std::string text) {
  for (auto& c : text)
    c = c == '-' ? '+' : c == '_' ? '/' : c;
  const auto padding = (4 - text.size() % 4) % 4;
  text.append(padding, '=');
  std::string result(text.size(), '\0');
  const auto length =
      EVP_DecodeBlock(reinterpret_cast<unsigned char*>(result.data()),
                      bytes(text), static_cast<int>(text.size()));
  must(length >= 0, "base64");
  result.resize(static_cast<size_t>(length) - padding);
  return result;
}

std::string signing_input(std::string_view algorithm,
                          const json::object& claims) {
  const json::object header{{"alg", algorithm}, {"typ", "JWT"}};
  return base64url(json::serialize(header)) + "."
         + base64url(json::serialize(claims));
}

struct parts {
  std::string header;
  std::string payload;
  std::string signature;
};

parts split(std::string_view token) {
  const auto first = token.find('.');
  const auto second = token.rfind('.');
  must(first != second, "not a token");
  return {std::string(token.substr(0, first)),
          std::string(token.substr(first + 1, second - first - 1)),
          std::string(token.substr(second + 1))};
}

EVP_PKEY* generate(std::string_view algorithm) {
  if (algorithm == "RS256")
    return EVP_RSA_gen(2048);
  if (algorithm == "ES256")
    return EVP_EC_gen("P-256");
  return EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
}

/// ECDSA as JWS wants it: two numbers of 32 bytes instead of DER.
std::string to_fixed_width(const std::string& der) {
  const auto* start = bytes(der);
  std::unique_ptr<ECDSA_SIG, decltype(&ECDSA_SIG_free)> signature(
      d2i_ECDSA_SIG(nullptr, &start, static_cast<long>(der.size())),
      ECDSA_SIG_free);
  must(signature != nullptr, "ECDSA");
  std::array<unsigned char, 64> result{};
  BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), result.data(), 32);
  BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), result.data() + 32, 32);
  return std::string(result.begin(), result.end());
}

} // namespace

struct signing_key::state {
  std::string algorithm;
  std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> pair;
};

signing_key::signing_key(std::string_view algorithm)
    : state_(new state{std::string(algorithm),
                       {generate(algorithm), EVP_PKEY_free}}) {
  must(state_->pair != nullptr, "key generation");
}

signing_key::signing_key(signing_key&&) noexcept = default;
signing_key::~signing_key() = default;

std::string signing_key::public_pem() const {
  std::unique_ptr<BIO, decltype(&BIO_free)> memory(BIO_new(BIO_s_mem()),
                                                   BIO_free);
  must(PEM_write_bio_PUBKEY(memory.get(), state_->pair.get()) == 1, "PEM");
  char* text = nullptr;
  const auto length = BIO_get_mem_data(memory.get(), &text);
  return std::string(text, static_cast<size_t>(length));
}

std::string signing_key::sign(const json::object& claims) const {
  const auto input = signing_input(state_->algorithm, claims);
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(
      EVP_MD_CTX_new(), EVP_MD_CTX_free);
  const auto* digest = state_->algorithm == "EdDSA" ? nullptr : EVP_sha256();
  must(EVP_DigestSignInit(context.get(), nullptr, digest, nullptr,
                          state_->pair.get())
           == 1,
       "sign");
  std::string signature(1024, '\0');
  auto length = signature.size();
  must(EVP_DigestSign(context.get(),
                      reinterpret_cast<unsigned char*>(signature.data()),
                      &length, bytes(input), input.size())
           == 1,
       "sign");
  signature.resize(length);
  if (state_->algorithm == "ES256")
    signature = to_fixed_width(signature);
  return input + "." + base64url(signature);
}

std::string hs256_token(std::string_view secret, const json::object& claims) {
  const auto input = signing_input("HS256", claims);
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned length = 0;
  must(HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
            bytes(input), input.size(), digest.data(), &length)
           != nullptr,
       "HMAC");
  return input + "."
         + base64url({reinterpret_cast<const char*>(digest.data()), length});
}

std::string unsigned_token(const json::object& claims) {
  return signing_input("none", claims) + ".";
}

std::string with_subject(std::string_view token, std::string_view user) {
  const auto [header, payload, signature] = split(token);
  auto claims = claims_of(token);
  claims["sub"] = user;
  return header + "." + base64url(json::serialize(claims)) + "." + signature;
}

json::object claims_of(std::string_view token) {
  return json::parse(from_base64url(split(token).payload)).as_object();
}

json::object claims_for(std::string_view user) {
  const auto now = std::chrono::duration_cast<std::chrono::seconds>(
                       std::chrono::system_clock::now().time_since_epoch())
                       .count();
  return {{"sub", user}, {"iat", now}, {"exp", now + 3600}};
}

} // namespace parley::test
