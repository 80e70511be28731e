#include "push/webhook_signature.hpp"

#include <doctest/doctest.h>

using namespace parley::push;

TEST_CASE("the Standard Webhooks' own example") {
  auto key = webhook_key("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
  REQUIRE(key.has_value());
  CHECK(webhook_signature(*key, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330,
                          R"({"test": 2432232314})")
        == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

TEST_CASE("a secret is a prefix and 24 to 64 bytes in base64") {
  CHECK(webhook_key("whsec_" + std::string(32, 'A')).has_value());
  CHECK(webhook_key("whsec_" + std::string(84, 'A') + "AA==").has_value());
  CHECK_FALSE(webhook_key("whsec_" + std::string(28, 'A')).has_value());
  CHECK_FALSE(webhook_key("whsec_" + std::string(88, 'A')).has_value());
  CHECK_FALSE(webhook_key(std::string(32, 'A')).has_value());
  CHECK_FALSE(webhook_key("whsec_no base64 here, but long enough").has_value());
  CHECK_FALSE(webhook_key("").has_value());
}
