#include "parley/cluster/replicator.hpp"

#include "cluster/copies.hpp"
#include "cluster/gathered_commits.hpp"

#include "parley/actors/errors.hpp"
#include "parley/base/fault.hpp"
#include "parley/base/log.hpp"
#include "parley/base/metrics.hpp"
#include "parley/cluster/router.hpp"
#include "parley/history/keys.hpp"

#include <deque>
#include <map>
#include <unordered_map>
#include <utility>

namespace parley::cluster {

namespace {

/// What a replicator does between two looks at its mailbox.
constexpr size_t proposed_bytes_max = size_t{16} << 20;

struct replicator_state : surroundings {
  caf::stateful_actor<replicator_state>* self = nullptr;
  replicator_settings with;
  history::replica_store* store = nullptr;
  replicator_ports ports;
  meet company;
  std::unique_ptr<replica_host> host;
  caf::actor reader;
  caf::actor copier;
  uint64_t incarnation = 0; ///< 0: has not joined yet.
  std::map<rep::node_id, caf::actor> peers;
  std::map<rep::node_id, std::vector<rep::message>> to_post;
  std::vector<std::pair<caf::strong_actor_ptr, receipt>> receipts;
  std::vector<gathered_commits> gathered; ///< By partition.
  std::vector<uint16_t> to_propose;       ///< Those that gathered something.
  /// Who has a part in each entry that is not committed yet, by partition and
  /// in order.
  std::vector<std::deque<std::vector<caf::strong_actor_ptr>>> proposers;
  std::unordered_map<caf::actor_addr, uint32_t> answers;
  struct read_waiting {
    uint16_t partition = 0;
    uint64_t ticket = 0;
    caf::response_promise promise;
  };
  std::deque<read_waiting> reads;
  uint64_t reads_asked = 0;
  uint32_t copies_out = 0;
  size_t proposed_bytes = 0;
  bool flush_due = false;
  std::vector<uint64_t> led; ///< In which epoch, by partition; 0: it does not.
  /// To whom those partitions go that end what they have begun.
  std::map<uint16_t, rep::node_id> yielding;

  // -- what the host asks for

  void send(rep::node_id to, rep::message what) override {
    to_post[to].push_back(std::move(what));
  }

  void read_and_send(rep::node_id to, rep::append what,
                     rep::position last) override {
    self->send(reader, log_read{to, std::move(what), last});
  }

  void compare_and_set(uint16_t partition,
                       const rep::compare_and_set& what) override {
    ports.compare_and_set(partition, what);
  }

  void read_record(uint16_t partition, uint64_t token) override {
    ports.read_record(partition, token);
  }

  void fetch_snapshot(uint16_t partition, rep::node_id from) override {
    auto source = peers.find(from);
    if (source == peers.end())
      self->send(self, copy_done{partition, {}, nullptr});
    else
      self->send(copier, make_copy{partition, source->second});
  }

  void committed(uint16_t partition, size_t count) override {
    auto& open = proposers[partition];
    for (; count > 0 && !open.empty(); --count, open.pop_front())
      for (const auto& each : open.front())
        if (each)
          ++answers[caf::actor_cast<caf::actor_addr>(each)];
  }

  void leads(uint16_t partition, uint64_t epoch) override {
    ports.leads(partition, epoch);
    led[partition] = epoch;
    self->send(company.observer, partition_led{partition, epoch});
  }

  void stepped_down(uint16_t partition) override {
    ports.leads(partition, 0);
    led[partition] = 0;
    yielding.erase(partition);
    proposers[partition].clear();
    end_reads(partition, UINT64_MAX, false);
    self->send(company.observer, partition_lost{partition});
  }

  void reads_confirmed(uint16_t partition, uint64_t ticket) override {
    end_reads(partition, ticket, true);
  }

  void retired(uint16_t partition) override {
    log::info("replica.retired", "partition={}", partition);
  }

  void halted(uint16_t partition, rep::halt_reason why) override {
    log::error("replica.halted", "partition={} reason={}", partition,
               static_cast<int>(why));
  }

  void failed(const error& why) override { ports.failed(why); }

  // -- what it is told

  void start() {
    host = std::make_unique<replica_host>(with.host, *store, *this);
    gathered.resize(with.host.partitions);
    proposers.resize(with.host.partitions);
    led.resize(with.host.partitions);
  }

  /// Work gathers in the mailbox while a sync is under way: all of it shares
  /// the next one.
  void later() {
    if (!std::exchange(flush_due, true))
      self->send(self, flush{});
  }

  void propose(commit& x) {
    fault::point("replicator.propose");
    if (x.partition >= gathered.size())
      return;
    proposed_bytes += x.rows.bytes();
    auto& open = gathered[x.partition];
    if (!open.admits(x))
      propose_gathered(x.partition);
    if (open.by.empty())
      to_propose.push_back(x.partition);
    open.add(x, self->current_sender());
    later();
    if (proposed_bytes >= proposed_bytes_max)
      write();
  }

  void propose_gathered(uint16_t partition) {
    auto all = std::exchange(gathered[partition], {});
    if (!all.by.empty()
        && host->propose(partition, all.epoch, shared_bytes{all.rows.take()}))
      proposers[partition].push_back(std::move(all.by));
  }

  /// Sends first, so that the others write while this node does.
  void write() {
    flush_due = false;
    proposed_bytes = 0;
    for (auto partition : to_propose)
      propose_gathered(partition);
    to_propose.clear();
    post();
    host->flush();
    post();
    answer();
  }

  void post() {
    for (auto& [to, all] : to_post)
      if (!all.empty())
        self->send(company.links, outgoing{to, std::exchange(all, {})});
  }

  void answer() {
    for (auto& [whom, what] : receipts)
      self->send(caf::actor_cast<caf::actor>(whom), what);
    receipts.clear();
    for (auto& [whom, count] : answers)
      self->send(caf::actor_cast<caf::actor>(whom), parley::committed{count});
    answers.clear();
  }

  void join(uint64_t as) {
    auto first = incarnation == 0;
    incarnation = as;
    if (!first)
      return host->renewed(as);
    host->host_stored(as);
  }

  void see(const record_seen& x) {
    if (incarnation == 0)
      return;
    if (rep::holds(x.record.record.replicas, with.host.replicas.self))
      host->host(x.partition, incarnation);
    host->saw(x.partition, x.token, x.record);
  }

  caf::result<reads_are_confirmed> confirm(uint16_t partition) {
    auto promise = self->make_response_promise<reads_are_confirmed>();
    auto ticket = ++reads_asked;
    reads.push_back({partition, ticket, promise});
    if (host->confirm_reads(partition, ticket) != rep::admission::accepted)
      end_reads(partition, ticket, false);
    return promise;
  }

  void end_reads(uint16_t partition, uint64_t upto, bool confirmed) {
    for (auto i = reads.begin(); i != reads.end();) {
      if (i->partition != partition || i->ticket > upto) {
        ++i;
        continue;
      }
      if (confirmed)
        i->promise.deliver(reads_are_confirmed{});
      else
        i->promise.deliver(to_caf(errc::unavailable, "the leader changes"));
      i = reads.erase(i);
    }
  }

  caf::result<copy_opened> open(uint16_t partition) {
    if (copies_out >= with.copies_out_max)
      return to_caf(errc::unavailable, "too many copies are under way");
    write();
    auto taken = host->snapshot(partition);
    if (!taken)
      return to_caf(errc::unavailable, "another node leads the partition");
    ++copies_out;
    auto source = spawn_copy_source(self->system(), std::move(taken->rows));
    self->monitor(source);
    return copy_opened{taken->at, source};
  }

  /// The partition's actors end what they have begun first, so that nobody is
  /// told that it is unavailable. Who is asked once more has waited in vain.
  void give_up(const give_up_lead& x) {
    if (x.partition >= led.size() || led[x.partition] == 0)
      return;
    if (yielding.insert_or_assign(x.partition, x.to).second)
      self->send(company.observer,
                 partition_yields{x.partition, led[x.partition]});
    else
      hand_over(x.partition);
  }

  void yielded(const lead_yielded& x) {
    if (x.partition < led.size() && led[x.partition] == x.epoch)
      hand_over(x.partition);
  }

  void hand_over(uint16_t partition) {
    auto to = yielding.find(partition);
    if (to == yielding.end())
      return;
    host->hand_over(partition, to->second);
    yielding.erase(to);
    later();
  }

  log_ends ends(const std::vector<uint16_t>& partitions) const {
    log_ends found{incarnation, {}};
    for (auto partition : partitions)
      if (const auto* it = host->at(partition))
        found.all.push_back({partition, it->last_synced(), it->is_sound()});
    return found;
  }
};

caf::behavior replicator(caf::stateful_actor<replicator_state>* self,
                         replicator_settings with,
                         history::replica_store* store, replicator_ports ports,
                         runs where) {
  auto& state = self->state;
  state.self = self;
  state.with = std::move(with);
  state.store = store;
  state.ports = std::move(ports);
  state.start();
  state.reader = spawn_log_reader(self->system(), *store,
                                  state.with.host.append_bytes_max, where);
  copy_limits copies;
  copies.bytes_per_s = state.with.copy_bytes_per_s;
  state.copier = spawn_copier(self->system(), *store, copies, where);
  self->set_down_handler([self](const caf::down_msg&) {
    if (self->state.copies_out > 0)
      --self->state.copies_out;
  });
  self->set_exit_handler([self](caf::exit_msg&) { self->send(self, stop{}); });
  self->set_error_handler([](const caf::error&) {});
  return {
      [self](commit& x) { self->state.propose(x); },
      [self](const arrived& x) {
        for (const auto& each : x.messages)
          self->state.host->receive(each);
        self->state.receipts.emplace_back(self->current_sender(), x.done);
        self->state.later();
      },
      [self](flush) { self->state.write(); },
      [self](const joined& x) {
        self->state.join(x.incarnation);
        self->state.later();
      },
      [self](const record_seen& x) {
        self->state.see(x);
        self->state.later();
      },
      [self](const record_written& x) {
        self->state.host->answered(x.partition, x.token, x.outcome, x.version);
        self->state.later();
      },
      [self](const meet& x) { self->state.company = x; },
      [self](const peer_replicator& x) {
        if (x.replicator)
          self->state.peers[x.node] = x.replicator;
        else if (self->state.peers.erase(x.node) > 0)
          self->state.host->peer_lost(x.node);
      },
      [self](const replica_beat& x) {
        self->state.host->tick(x.now);
        self->state.later();
      },
      [self](log_read& x) {
        self->state.host->send_read(x.to, std::move(x.what), x.last);
        self->state.later();
      },
      [self](const copy_done& x) {
        if (x.rows)
          self->state.host->fetched(x.partition, x.at, std::move(*x.rows));
        else
          self->state.host->fetch_failed(x.partition);
        self->state.later();
      },
      [self](const give_up_lead& x) { self->state.give_up(x); },
      [self](const lead_yielded& x) { self->state.yielded(x); },
      [self](const node_leaves& x) {
        self->state.host->peer_leaves(x.node);
        self->state.later();
      },
      [self](const say_leaving&) {
        for (const auto& [node, peer] : self->state.peers)
          self->send(peer, node_leaves{self->state.with.host.replicas.self});
      },
      [self](const open_copy& x) { return self->state.open(x.partition); },
      [self](const get_log_ends& x) { return self->state.ends(x.partitions); },
      [self](const confirm_reads& x) {
        auto answered = self->state.confirm(x.partition);
        self->state.later();
        return answered;
      },
      [self](stop) {
        self->state.write();
        self->send_exit(self->state.reader, caf::exit_reason::user_shutdown);
        self->send_exit(self->state.copier, caf::exit_reason::user_shutdown);
        self->state.company = {};
        self->state.peers.clear();
        self->quit();
      },
  };
}

} // namespace

caf::actor spawn_replicator(caf::actor_system& sys, replicator_settings with,
                            history::replica_store& store,
                            replicator_ports ports, runs where) {
  return where == runs::detached ? sys.spawn<caf::detached>(
             replicator, std::move(with), &store, std::move(ports), where)
                                 : sys.spawn(replicator, std::move(with),
                                             &store, std::move(ports), where);
}

void register_replicator_messages(caf::actor_system_config& cfg) {
  cfg.add_message_types<caf::id_block::parley_replicator>();
  cfg.add_message_types<caf::id_block::parley_router>();
}

} // namespace parley::cluster
