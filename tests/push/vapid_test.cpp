#include "push/base64.hpp"
#include "push/keys.hpp"
#include "push/vapid_tokens.hpp"
#include "support/temporary_directory.hpp"

#include "parley/push/vapid_keys.hpp"

#include <boost/json.hpp>
#include <doctest/doctest.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/rsa.h>

#include <fstream>
#include <vector>

using namespace parley;
using namespace parley::push;
namespace fs = std::filesystem;

namespace {

/// RFC 7518, 3.4: the signature is the two numbers, one behind the other.
bool verifies(EVP_PKEY* key, const std::string& text, const std::string& rs) {
  if (rs.size() != 64)
    return false;
  const auto* bytes = reinterpret_cast<const unsigned char*>(rs.data());
  std::unique_ptr<ECDSA_SIG, decltype(&ECDSA_SIG_free)> numbers{ECDSA_SIG_new(),
                                                                ECDSA_SIG_free};
  ECDSA_SIG_set0(numbers.get(), BN_bin2bn(bytes, 32, nullptr),
                 BN_bin2bn(bytes + 32, 32, nullptr));
  unsigned char* der = nullptr;
  auto size = i2d_ECDSA_SIG(numbers.get(), &der);
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> with{EVP_MD_CTX_new(),
                                                               EVP_MD_CTX_free};
  EVP_DigestVerifyInit(with.get(), nullptr, EVP_sha256(), nullptr, key);
  auto good = EVP_DigestVerify(
      with.get(), der, static_cast<size_t>(size),
      reinterpret_cast<const unsigned char*>(text.data()), text.size());
  OPENSSL_free(der);
  return good == 1;
}

/// "vapid t=HEADER.CLAIMS.SIGNATURE, k=KEY", taken apart.
struct opened {
  std::string signed_text;
  std::string signature;
  boost::json::object header;
  boost::json::object claims;
  std::string key;
};

opened open(const std::string& authorization) {
  auto comma = authorization.find(", k=");
  REQUIRE(authorization.starts_with("vapid t="));
  REQUIRE(comma != std::string::npos);
  auto token = authorization.substr(8, comma - 8);
  auto first = token.find('.');
  auto second = token.rfind('.');
  REQUIRE(first < second);
  auto part = [&](size_t from, size_t to) {
    return from_base64url(token.substr(from, to - from)).value();
  };
  return {token.substr(0, second), part(second + 1, token.size()),
          boost::json::parse(part(0, first)).as_object(),
          boost::json::parse(part(first + 1, second)).as_object(),
          from_base64url(authorization.substr(comma + 4)).value()};
}

} // namespace

TEST_CASE("the key is made on the first start, for its owner only, and kept") {
  test::temporary_directory here;
  auto made = vapid_keys::open(here.file("vapid.key"));
  REQUIRE(made.has_value());
  CHECK(fs::status(here.file("vapid.key")).permissions()
        == (fs::perms::owner_read | fs::perms::owner_write));
  CHECK(p256_of_point(from_base64url(made->public_key()).value()));
  CHECK(made->fingerprint().size() == 16);
  auto again = vapid_keys::open(here.file("vapid.key"));
  REQUIRE(again.has_value());
  CHECK(again->public_key() == made->public_key());
  CHECK(again->fingerprint() == made->fingerprint());
  auto other = vapid_keys::open(here.file("other.key"));
  CHECK(other.value().public_key() != made->public_key());
}

TEST_CASE("a key's file that is none is refused with its name") {
  test::temporary_directory here;
  auto refused = [&](const std::string& text, const std::string& why) {
    auto path = here.file("vapid.key");
    std::ofstream{path, std::ios::trunc} << text;
    fs::permissions(path, fs::perms::owner_read | fs::perms::owner_write);
    auto opened = vapid_keys::open(path);
    REQUIRE_FALSE(opened.has_value());
    CHECK(opened.error().message == path + ": " + why);
  };
  refused(std::string(100, 'x'), "holds no private key in PEM");
  key_ptr rsa{EVP_RSA_gen(2048)};
  refused(pem_of(rsa.get()), "ES256 needs an EC key on P-256");
  key_ptr p384{EVP_EC_gen("P-384")};
  refused(pem_of(p384.get()), "ES256 needs an EC key on P-256");
}

TEST_CASE("a token says who sends, to whom and until when, and is signed") {
  test::temporary_directory here;
  auto keys = vapid_keys::open(here.file("vapid.key"));
  REQUIRE(keys.has_value());
  manual_wall_clock clock;
  vapid_tokens tokens{*keys, "mailto:chat@example.com", std::chrono::hours{12},
                      clock};
  auto token = open(tokens.authorization("https://push.example.com"));
  CHECK(token.header.at("alg") == "ES256");
  CHECK(token.claims.at("aud") == "https://push.example.com");
  CHECK(token.claims.at("sub") == "mailto:chat@example.com");
  CHECK(token.claims.at("exp").as_int64() == clock.now() / 1000 + 12 * 3600);
  CHECK(to_base64url(token.key) == keys->public_key());
  auto key = p256_of_point(token.key);
  REQUIRE(key);
  CHECK(verifies(key.get(), token.signed_text, token.signature));
  CHECK_FALSE(verifies(key.get(), token.signed_text + "x", token.signature));
}

TEST_CASE("a service gets one token until half of its life is over") {
  test::temporary_directory here;
  manual_wall_clock clock;
  vapid_tokens tokens{vapid_keys::open(here.file("vapid.key")).value(),
                      "mailto:chat@example.com", std::chrono::hours{12}, clock};
  auto first = tokens.authorization("https://one.example.com");
  CHECK(tokens.authorization("https://one.example.com") == first);
  CHECK(tokens.authorization("https://two.example.com") != first);
  clock.advance(std::chrono::hours{6} - std::chrono::milliseconds{1});
  CHECK(tokens.authorization("https://one.example.com") == first);
  clock.advance(std::chrono::milliseconds{1});
  auto second = tokens.authorization("https://one.example.com");
  CHECK(second != first);
  clock.advance(-std::chrono::hours{48});
  CHECK(tokens.authorization("https://one.example.com") != second);
}
