#pragma once

#include "parley/push/provider.hpp"

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace parley::test {

/// A push service that does with every notification what the test says.
class fake_push final : public push::provider {
public:
  struct sending {
    push::notification what;
    std::optional<push::target> to; ///< None: the webhook.
  };

  push::outcome answer{push::verdict::taken, {}, {}};
  bool hangs = false; ///< Answers nothing, until answer_all().

  void send(const push::notification& what, const push::target* to,
            std::function<void(push::outcome)> done) override {
    all_.push_back(
        {what, to ? std::optional<push::target>{*to} : std::nullopt});
    if (hangs)
      open_.push_back(std::move(done));
    else
      done(answer);
  }

  /// All that was sent since the last look.
  std::vector<sending> sent() { return std::exchange(all_, {}); }

  size_t open() const { return open_.size(); }

  void answer_all() {
    for (auto& done : std::exchange(open_, {}))
      done(answer);
  }

  /// The process that waited is gone.
  void forget() { open_.clear(); }

private:
  std::vector<sending> all_;
  std::vector<std::function<void(push::outcome)>> open_;
};

} // namespace parley::test
