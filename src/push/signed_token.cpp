#include "push/signed_token.hpp"

#include <jwt.h>

#include <cstdlib>
#include <memory>

namespace parley::push {

namespace {

struct token_free {
  void operator()(jwt_t* x) const noexcept { jwt_free(x); }
  void operator()(char* x) const noexcept { std::free(x); }
};

} // namespace

std::string sign_token(std::string_view algorithm, const std::string& key,
                       const std::string& key_id, const std::string& claims) {
  jwt_t* raw = nullptr;
  if (jwt_new(&raw) != 0)
    return {};
  std::unique_ptr<jwt_t, token_free> token{raw};
  auto kind = algorithm == "RS256" ? JWT_ALG_RS256 : JWT_ALG_ES256;
  if (jwt_add_grants_json(raw, claims.c_str()) != 0
      || (!key_id.empty() && jwt_add_header(raw, "kid", key_id.c_str()) != 0)
      || jwt_set_alg(raw, kind,
                     reinterpret_cast<const unsigned char*>(key.data()),
                     static_cast<int>(key.size()))
             != 0)
    return {};
  std::unique_ptr<char, token_free> text{jwt_encode_str(raw)};
  return text ? text.get() : std::string{};
}

} // namespace parley::push
