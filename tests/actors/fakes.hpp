#pragma once

#include "parley/actors/context.hpp"

#include <cstdint>
#include <cstring>
#include <random>
#include <string>
#include <string_view>

namespace parley::test {

/// Takes "token-alice" for alice, "token-alice/web" for her login "web", and
/// "external-alice" for alice by an external login service.
class fake_tokens final : public token_checker {
public:
  result<identity> check(std::string_view token) const override {
    constexpr timestamp far = 4'000'000'000'000;
    constexpr std::string_view own = "token-";
    constexpr std::string_view external = "external-";
    if (token.starts_with(external))
      return identity{
          std::string{token.substr(external.size())}, {}, far, true};
    if (!token.starts_with(own))
      return error{errc::unauthenticated, "the token is forged"};
    token.remove_prefix(own.size());
    const auto slash = token.find('/');
    identity who{std::string{token.substr(0, slash)}, {}, far, false};
    if (slash != std::string_view::npos)
      who.login = token.substr(slash + 1);
    return who;
  }
};

class seeded_random final : public random_source {
public:
  explicit seeded_random(uint64_t seed) : engine_(seed) {}

  void fill(void* to, size_t bytes) noexcept override {
    auto* at = static_cast<unsigned char*>(to);
    for (size_t i = 0; i < bytes; ++i)
      at[i] = static_cast<unsigned char>(engine_());
  }

private:
  std::mt19937_64 engine_;
};

} // namespace parley::test
