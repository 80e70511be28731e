#include "parley/gateway/tokens.hpp"

#include "gateway/public_key.hpp"

#include "parley/base/names.hpp"
#include "parley/base/random.hpp"
#include "parley/base/secret_file.hpp"

#include <jwt.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <utility>

namespace parley::gateway {

namespace {

constexpr std::string_view issuer = "parley";
constexpr size_t token_bytes_max = 8192;
constexpr size_t key_file_bytes_max = 65'536;

/// A login service's clock may go ahead of ours: for `nbf` only.
constexpr int64_t skew_s = 60;

/// The end of the year 9999: what is beyond is no date.
constexpr int64_t seconds_max = 253'402'300'799;

struct jwt_deleter {
  void operator()(jwt_t* x) const noexcept { jwt_free(x); }
};
using jwt_ptr = std::unique_ptr<jwt_t, jwt_deleter>;

struct free_deleter {
  void operator()(char* x) const noexcept { std::free(x); }
};

jwt_alg_t algorithm_of(const std::string& name) {
  constexpr std::pair<std::string_view, jwt_alg_t> known[] = {
      {"HS256", JWT_ALG_HS256},
      {"HS384", JWT_ALG_HS384},
      {"HS512", JWT_ALG_HS512},
      {"RS256", JWT_ALG_RS256},
      {"ES256", JWT_ALG_ES256}};
  for (const auto& [text, algorithm] : known)
    if (text == name)
      return algorithm;
  return JWT_ALG_INVAL;
}

/// A key with the one algorithm that it may be used with.
struct verifier {
  jwt_alg_t algorithm = JWT_ALG_INVAL;
  std::string key;

  bool usable() const noexcept { return algorithm != JWT_ALG_INVAL; }

  /// Null unless the signature is that of this key *and* of its algorithm: what
  /// the token's header says is only ever compared.
  jwt_ptr decode(const std::string& token) const {
    jwt_t* raw = nullptr;
    auto failed = jwt_decode(&raw, token.c_str(),
                             reinterpret_cast<const unsigned char*>(key.data()),
                             static_cast<int>(key.size()));
    jwt_ptr sound{failed == 0 ? raw : nullptr};
    if (sound && jwt_get_alg(sound.get()) != algorithm)
      sound.reset();
    return sound;
  }
};

std::string text_claim(jwt_t* of, const char* name) {
  const auto* text = jwt_get_grant(of, name);
  return text ? text : "";
}

/// 0 if the claim is missing, no integer, or no time.
int64_t time_claim(jwt_t* of, const char* name) {
  errno = 0;
  int64_t value = jwt_get_grant_int(of, name);
  return errno == 0 && value > 0 && value <= seconds_max ? value : 0;
}

bool has_claim(jwt_t* of, const char* name) {
  return std::unique_ptr<char, free_deleter>{jwt_get_grants_json(of, name)}
         != nullptr;
}

/// RFC 7515, 4.1.11: extensions that must be understood, and none is.
bool demands_extensions(jwt_t* of) {
  return std::unique_ptr<char, free_deleter>{jwt_get_headers_json(of, "crit")}
         != nullptr;
}

/// The form of RFC 7515's compact serialization, checked before anything is
/// copied or decoded.
bool plausible(std::string_view token) {
  auto allowed = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z')
           || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
  };
  return token.size() <= token_bytes_max
         && std::count(token.begin(), token.end(), '.') == 2
         && std::all_of(token.begin(), token.end(), allowed);
}

error refused() {
  return {errc::unauthenticated,
          "the token is forged, expired or of nobody known here"};
}

result<verifier> external_verifier(const config::external_auth_settings& from) {
  verifier made;
  made.algorithm = algorithm_of(from.algorithm);
  if (!made.usable())
    return made;
  if (from.algorithm.starts_with("HS")) {
    made.key = from.secret;
    return made;
  }
  auto pem = read_small_file(from.public_key_file, key_file_bytes_max);
  if (!pem)
    return pem.error();
  if (auto sound = check_public_key(*pem, from.algorithm); !sound)
    return error{sound.error().code,
                 from.public_key_file + ": " + sound.error().message};
  made.key = std::move(*pem);
  return made;
}

} // namespace

struct token_service::impl {
  const wall_clock* clock;
  int64_t life_s = 0;
  verifier own;
  verifier external;

  int64_t now_s() const noexcept { return clock->now() / 1000; }

  result<identity> check_own(jwt_t* token) const {
    identity who{text_claim(token, "sub"), text_claim(token, "sid"),
                 time_claim(token, "exp") * 1000, false};
    if (text_claim(token, "iss") != issuer || !valid_user(who.user)
        || who.login.empty() || who.expires <= clock->now())
      return refused();
    return who;
  }

  result<identity> check_external(jwt_t* token) const {
    identity who{
        text_claim(token, "sub"), {}, time_claim(token, "exp") * 1000, true};
    bool early = has_claim(token, "nbf")
                 && (time_claim(token, "nbf") == 0
                     || time_claim(token, "nbf") > now_s() + skew_s);
    if (!valid_user(who.user) || who.expires <= clock->now() || early
        || demands_extensions(token))
      return refused();
    return who;
  }
};

token_service::token_service() : impl_(std::make_unique<impl>()) {}
token_service::~token_service() = default;

hash128 token_service::secret_digest() const {
  return hash_of(impl_->own.key);
}

result<std::unique_ptr<token_service>>
token_service::open(const config::settings& from, const wall_clock& clock) {
  auto path = from.auth.token_secret_file.empty()
                  ? std::filesystem::path{from.node.data_dir} / "token.key"
                  : std::filesystem::path{from.auth.token_secret_file};
  auto secret = open_secret(path.string(), system_random());
  if (!secret)
    return secret.error();
  auto external = external_verifier(from.auth.external);
  if (!external)
    return external.error();
  std::unique_ptr<token_service> made{new token_service};
  made->impl_->clock = &clock;
  made->impl_->life_s = from.auth.access_ttl.count();
  made->impl_->own = {JWT_ALG_HS256, std::move(*secret)};
  made->impl_->external = std::move(*external);
  return made;
}

std::string token_service::issue(std::string_view user,
                                 std::string_view login) const {
  jwt_t* raw = nullptr;
  if (jwt_new(&raw) != 0)
    return {};
  jwt_ptr token{raw};
  auto now = impl_->now_s();
  const auto& key = impl_->own.key;
  bool whole =
      jwt_add_grant(raw, "iss", std::string{issuer}.c_str()) == 0
      && jwt_add_grant(raw, "sub", std::string{user}.c_str()) == 0
      && jwt_add_grant(raw, "sid", std::string{login}.c_str()) == 0
      && jwt_add_grant_int(raw, "iat", now) == 0
      && jwt_add_grant_int(raw, "exp", now + impl_->life_s) == 0
      && jwt_set_alg(raw, JWT_ALG_HS256,
                     reinterpret_cast<const unsigned char*>(key.data()),
                     static_cast<int>(key.size()))
             == 0;
  std::unique_ptr<char, free_deleter> text{whole ? jwt_encode_str(raw)
                                                 : nullptr};
  return text ? text.get() : std::string{};
}

result<identity> token_service::check(std::string_view token) const {
  if (!plausible(token))
    return refused();
  std::string text{token};
  if (auto own = impl_->own.decode(text))
    return impl_->check_own(own.get());
  if (!impl_->external.usable())
    return refused();
  if (auto external = impl_->external.decode(text))
    return impl_->check_external(external.get());
  return refused();
}

} // namespace parley::gateway
