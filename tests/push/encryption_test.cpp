#include "push/base64.hpp"
#include "push/web_push_encryption.hpp"

#include <doctest/doctest.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/param_build.h>

#include <set>

using namespace parley;
using namespace parley::push;

namespace {

std::string raw(std::string_view base64url) {
  auto bytes = from_base64url(base64url);
  REQUIRE(bytes.has_value());
  return *bytes;
}

/// A private key from its number and its point.
key_ptr p256_of(const std::string& number, const std::string& point) {
  std::unique_ptr<BIGNUM, decltype(&BN_free)> d{
      BN_bin2bn(reinterpret_cast<const unsigned char*>(number.data()),
                static_cast<int>(number.size()), nullptr),
      BN_free};
  std::unique_ptr<OSSL_PARAM_BLD, decltype(&OSSL_PARAM_BLD_free)> build{
      OSSL_PARAM_BLD_new(), OSSL_PARAM_BLD_free};
  OSSL_PARAM_BLD_push_utf8_string(build.get(), OSSL_PKEY_PARAM_GROUP_NAME,
                                  "P-256", 0);
  OSSL_PARAM_BLD_push_octet_string(build.get(), OSSL_PKEY_PARAM_PUB_KEY,
                                   point.data(), point.size());
  OSSL_PARAM_BLD_push_BN(build.get(), OSSL_PKEY_PARAM_PRIV_KEY, d.get());
  std::unique_ptr<OSSL_PARAM, decltype(&OSSL_PARAM_free)> params{
      OSSL_PARAM_BLD_to_param(build.get()), OSSL_PARAM_free};
  std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)> from{
      EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr), EVP_PKEY_CTX_free};
  EVP_PKEY* key = nullptr;
  REQUIRE(EVP_PKEY_fromdata_init(from.get()) == 1);
  REQUIRE(EVP_PKEY_fromdata(from.get(), &key, EVP_PKEY_KEYPAIR, params.get())
          == 1);
  return key_ptr{key};
}

} // namespace

TEST_CASE("RFC 8188, 3.1: the walrus") {
  CHECK(to_base64url(seal("I am the walrus", 0, raw("yqdlZ-tYemfogSmv7Ws5PQ"),
                          raw("I1BsxtFttlv3u_Oo94xnmw"), ""))
        == "I1BsxtFttlv3u_Oo94xnmwAAEAAA-NAVub2qFgBEuQKRapoZu-IxkIva3MEB1PD-"
           "ly8Thjg");
}

TEST_CASE("RFC 8291, 5: the watermelon") {
  auto sender = p256_of(
      raw("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"),
      raw("BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6Tlz"
          "AC8wEqKK6PBru3jl7A8"));
  auto receiver = p256_of_point(
      raw("BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7V"
          "d8pZGH6SRpkNtoIAiw4"));
  REQUIRE(receiver);
  auto sealed = encrypt_for(receiver.get(), raw("BTBZMqHH6r4Tts7J_aSIgg"),
                            sender.get(), raw("DGv6ra1nlYgDCS1FRnbzlw"),
                            "When I grow up, I want to be a watermelon", 0);
  REQUIRE(sealed.has_value());
  CHECK(to_base64url(*sealed)
        == "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27ml"
           "mlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPT"
           "pK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN");
}

TEST_CASE("a message has up to 4096 bytes, and its length tells a class only") {
  auto receiver = make_p256();
  auto sender = make_p256();
  auto size = [&](size_t text_bytes) {
    auto sealed =
        encrypt_for(receiver.get(), std::string(auth_bytes, 'a'), sender.get(),
                    std::string(salt_bytes, 's'), std::string(text_bytes, 't'),
                    padding_for(text_bytes));
    return sealed ? sealed->size() : 0;
  };
  std::set<size_t> sizes;
  for (size_t bytes = 0; bytes <= push_text_bytes_max; bytes += 121)
    sizes.insert(size(bytes));
  CHECK(sizes.size() == 5);
  CHECK(push_text_bytes_max == 3993);
  CHECK(size(push_text_bytes_max) == 4096);
  CHECK(size(push_text_bytes_max + 1) == 0);
}
