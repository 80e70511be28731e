#pragma once

#include "parley/base/clock.hpp"
#include "parley/base/error.hpp"
#include "parley/config/settings.hpp"
#include "parley/history/records.hpp"
#include "parley/push/dispatch_queue.hpp"
#include "parley/push/provider.hpp"
#include "parley/push/transport.hpp"

#include <array>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace parley::push {

/// Where a stored subscription leads.
target target_of(const history::subscription_record& x);
service service_of(history::push_kind x);

/// The providers by their service; null where a service is not configured.
using provider_table = std::array<std::shared_ptr<provider>, services>;

/// The push services that a node uses, as its settings say.
class provider_set {
public:
  /// Reads keys and files, makes the VAPID key on the first start, and starts
  /// the threads of the transports. The clock outlives it. Errors: `internal`,
  /// with what is wrong, for the operator.
  static result<std::unique_ptr<provider_set>> open(const config::settings& by,
                                                    const wall_clock& clock);

  const std::string& vapid_key() const noexcept { return vapid_key_; }
  const provider_table& table() const noexcept { return table_; }

  /// Says what is wrong with a subscription that a client gave, or nothing.
  std::optional<error> check(const history::subscription_record& x) const;

  /// Ends what is under way; nothing is called back after it.
  void stop();

private:
  provider_set() = default;
  result<void> add_web_push(const config::settings& by,
                            const wall_clock& clock);
  result<void> add_operators(const config::push_settings& by,
                             const wall_clock& clock);

  target_rules rules_;
  std::string vapid_key_;
  // Connections are shared within a transport: what clients name does not go
  // over those of the operator's own services.
  std::unique_ptr<transport> public_;
  std::unique_ptr<transport> operators_;
  provider_table table_;
};

} // namespace parley::push
