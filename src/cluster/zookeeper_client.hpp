#pragma once

#include "parley/cluster/zookeeper_coordination.hpp"

namespace parley::cluster {

class zookeeper_client final : public coordination {
public:
  zookeeper_client(const zookeeper_settings& with, executor post);
  ~zookeeper_client() override;

  void get(const std::string& path, on_read done, on_change watch,
           freshness fresh) override;
  void list(const std::string& path, on_listed done, on_change watch) override;
  void create(const std::string& path, const std::string& bytes, lifetime lives,
              on_written done) override;
  void set(const std::string& path, const std::string& bytes,
           std::optional<uint64_t> version, on_written done) override;
  void remove(const std::string& path, std::optional<uint64_t> version,
              on_written done) override;
  void commit(const std::vector<operation>& all, on_committed done) override;
  subscription subscribe(on_session listener) override;

  /// Closes the session over a connection of its own, so that this client
  /// finds it expired: for tests. Blocks.
  /// Closing is not certain: this client may take the session back first.
  /// @returns whether it was tried.
  bool close_session_from_elsewhere();

private:
  struct state;
  std::unique_ptr<state> state_;
};

} // namespace parley::cluster
