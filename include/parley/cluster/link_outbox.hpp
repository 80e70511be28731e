#pragma once

#include "parley/cluster/link_messages.hpp"

#include <caf/all.hpp>

#include <map>
#include <utility>
#include <vector>

namespace parley::cluster {

/// Gathers what an actor posts to its node's peers while messages wait in its
/// mailbox, so that it travels together. The actor has a handler for
/// `flush_outbox` that calls `flush`.
class link_outbox {
public:
  link_outbox(caf::event_based_actor* self, caf::actor links)
      : self_(self), links_(std::move(links)) {}

  void post(node_id to, model::replication::message x) {
    if (waiting_.empty())
      self_->send(self_, flush_outbox{});
    waiting_[to].push_back(std::move(x));
  }

  void flush() {
    for (auto& [node, messages] : waiting_)
      self_->send(links_, outgoing{node, std::move(messages)});
    waiting_.clear();
  }

private:
  caf::event_based_actor* self_;
  caf::actor links_;
  std::map<node_id, std::vector<model::replication::message>> waiting_;
};

} // namespace parley::cluster
