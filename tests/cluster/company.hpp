#pragma once

#include "cluster/node_cluster.hpp"
#include "crash/durable_client.hpp"
#include "crash/outcome.hpp"
#include "crash/rendezvous.hpp"

#include <atomic>
#include <deque>
#include <functional>
#include <list>
#include <optional>
#include <string>
#include <vector>

namespace parley::test {

/// Four people at different nodes, one of them with two devices, in a group
/// and in pairs.
class company {
public:
  explicit company(node_cluster& at);

  /// Talks while `happens` runs, and until everything is answered.
  void talk_while(const std::function<void()>& happens);

  /// Waits until so many more messages are acknowledged.
  bool wait_acks(size_t more);
  /// Waits until each device has so many more: more than it has in flight, so
  /// that there are some of each of its conversations.
  bool wait_acks_of_each(size_t more);
  size_t acks() const { return meeting_->acks(); }

  /// Events that a device got before the ack of an own message before them.
  size_t overtaken() const;

  /// The checker's verdict, also over new devices that read whole inboxes.
  std::string verdict();

private:
  std::vector<reading> read_all();
  void keep_talking(durable_client& client, size_t which);

  node_cluster& at_;
  std::vector<account> people_;
  std::list<durable_client> clients_;
  std::deque<std::atomic<size_t>> acks_; ///< Of each client.
  std::vector<shared_conversation> all_;
  std::optional<rendezvous> meeting_; ///< Of the talk that goes on.
  std::atomic<bool> given_up_{false}; ///< Nobody waits for answers any more.
};

} // namespace parley::test
