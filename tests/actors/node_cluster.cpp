#include "actors/node.hpp"
#include "actors/node_actors.hpp"

#include <caf/actor_proxy.hpp>
#include <caf/make_actor.hpp>

namespace parley::test {

using place = leadership::place;

void node::enter(size_t member) {
  actors_->context = actors_->members[member];
}

void node::lead(size_t partition, std::optional<size_t> member) {
  auto& p = referee_->partitions[partition];
  referee_->depose(partition, actors_->store, actors_->dice);
  if (member)
    ++p.epoch;
  p.leader = member;
  for (size_t i = 0; i < actors_->members.size(); ++i)
    actors_->members[i]->led.set(static_cast<uint16_t>(partition),
                                 member == i ? p.epoch : 0);
}

void node::notify(size_t member, size_t partition) {
  const auto& p = referee_->partitions[partition];
  leadership news{p.epoch, place::none, {}, p.loss};
  if (p.leader == member) {
    news.where = place::here;
  } else if (p.leader) {
    news.where = place::elsewhere;
    news.leader = actors_->members[*p.leader]->partitions[partition];
  }
  caf::anon_send(actors_->members[member]->partitions[partition], news);
}

void node::lose(size_t partition, uint64_t gap) {
  auto& p = referee_->partitions[partition];
  p.loss = {p.epoch + 1, p.loss.gap + gap};
}

void node::yield(size_t partition) {
  const auto& p = referee_->partitions[partition];
  if (p.leader)
    caf::anon_send(actors_->members[*p.leader]->partitions[partition],
                   yield_lead{p.epoch});
}

bool node::has_yielded(size_t partition) const {
  const auto& p = referee_->partitions[partition];
  return p.yielded == p.epoch;
}

void node::notify_all() {
  for (size_t member = 0; member < members_; ++member)
    for (size_t partition = 0; partition < partitions(); ++partition)
      notify(member, partition);
}

void node::lead_all(std::optional<size_t> member) {
  for (size_t partition = 0; partition < partitions(); ++partition)
    lead(partition, member);
  notify_all();
  run();
}

std::optional<size_t> node::leader_of(size_t partition) const {
  return referee_->partitions[partition].leader;
}

uint64_t node::epoch_of(size_t partition) const {
  return referee_->partitions[partition].epoch;
}

size_t node::partition_of(const std::string& name) const {
  return place_of(name, partitions()).partition;
}

void node::mislead(size_t member, size_t partition, size_t leader,
                   uint64_t epoch) {
  caf::anon_send(actors_->members[member]->partitions[partition],
                 leadership{epoch, place::elsewhere,
                            actors_->members[leader]->partitions[partition]});
}

namespace {

/// Takes everything, and answers nothing.
caf::behavior silence(caf::event_based_actor* self) {
  self->set_default_handler(
      [](caf::scheduled_actor*,
         caf::message_view&) -> caf::result<caf::message> {
        return caf::delegated<caf::message>{};
      });
  return {[](const stop&) {
  }};
}

/// A handle that came by a connection which has ended.
struct dead_handle : caf::actor_proxy {
  using caf::actor_proxy::actor_proxy;
  void enqueue(caf::mailbox_element_ptr, caf::execution_unit*) override {}
  void kill_proxy(caf::execution_unit*, caf::error) override {}
};

} // namespace

void node::mislead_into_silence(size_t member, size_t partition) {
  auto silent = actors_->sys.spawn(silence);
  caf::anon_send(actors_->members[member]->partitions[partition],
                 leadership{epoch_of(partition), place::elsewhere, silent});
}

void node::cut_link(size_t member, size_t partition) {
  const auto& who = actors_->members[member]->partitions[partition];
  const auto leader = *leader_of(partition);
  const auto& alive = actors_->members[leader]->partitions[partition];
  caf::actor_config cfg;
  auto dead = caf::make_actor<dead_handle, caf::actor>(alive.id(), alive.node(),
                                                       &actors_->sys, cfg);
  caf::anon_send(who, node_gone{alive.node()});
  caf::anon_send(who, leadership{epoch_of(partition), place::none, {}});
  caf::anon_send(who, leadership{epoch_of(partition), place::elsewhere, dead});
}

void node::lose_others(size_t member) {
  for (const auto& x : actors_->members[member]->partitions)
    caf::anon_send(x, node_gone{actors_->sys.node()});
}

size_t node::refused_commits() const {
  return referee_->refused;
}

} // namespace parley::test
