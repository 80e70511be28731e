#pragma once

#include "client.hpp"
#include "loop.hpp"
#include "options.hpp"
#include "process.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace parley::bench {

enum class target_kind : uint8_t { relay, relay_with_acks, parley };

/// A system under test: a process, and users on it. All calls but the
/// accessors throw std::runtime_error when the system does not do its part.
class target {
public:
  target(target_kind kind, const options& opts, loop& runner);

  target_kind kind() const { return kind_; }
  std::string_view name() const;
  bool is_parley() const { return kind_ == target_kind::parley; }

  /// Each send is answered by an `ack`.
  bool acks() const { return kind_ != target_kind::relay; }

  const tcp::endpoint& endpoint() const { return endpoint_; }

  /// The process under test; nothing for a server elsewhere without `--pid`.
  std::optional<pid_t> pid() const;

  /// The server was started here, so it can be killed and started again.
  bool is_own() const { return process_ != nullptr; }

  /// Kills the process and starts it on the same data.
  /// @returns the time until it was ready.
  std::chrono::nanoseconds restart();

  /// Kills the process for good.
  /// @returns where its data is; removed with this object.
  std::filesystem::path stop();

  /// Makes users 0 to `count` - 1; nothing to do on a relay.
  void make_users(uint32_t count);

  std::string user(uint32_t index) const;

  /// @param group that the session enters when it opens; only a relay's.
  identity session_of(uint32_t user, const std::string& group) const;

  /// Makes a group of each list of users, the first being its owner.
  /// @returns their conversations, in the same order.
  std::vector<std::string>
  make_groups(const std::vector<std::vector<uint32_t>>& rooms);

  /// Asks the server for the last `seq` of each conversation, as the user of
  /// the same place in `readers`.
  std::vector<uint64_t> last_seqs(const std::vector<std::string>& conversations,
                                  const std::vector<uint32_t>& readers);

private:
  void start();
  void write_config() const;

  target_kind kind_;
  const options& opts_;
  loop& runner_;
  std::unique_ptr<temp_directory> directory_;
  std::unique_ptr<process> process_;
  tcp::endpoint endpoint_;
  std::string prefix_; ///< Of user names; of this run alone.
  std::vector<std::string> tokens_;
};

} // namespace parley::bench
