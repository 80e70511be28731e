#include "parley/actors/messages.hpp"
#include "parley/actors/readers.hpp"
#include "parley/actors/spawn.hpp"
#include "parley/base/fault.hpp"
#include "parley/base/log.hpp"
#include "parley/base/metrics.hpp"

#include <unordered_map>
#include <utility>
#include <vector>

namespace parley {

namespace {

/// A sync takes about as long whatever it carries, but what it carries is held
/// in memory.
constexpr size_t batch_bytes_max = 16u << 20;

/// Whether a commit carries messages: the fault points of the way of a message
/// do not fire for anything else.
[[maybe_unused]] bool holds_messages(const std::vector<history::batch>& all) {
  bool found = false;
  for (const auto& rows : all)
    rows.for_each([&](auto, history::family in, auto, auto) {
      found = found || in == history::family::messages;
    });
  return found;
}

void fault_point(const char* name, const std::vector<history::batch>& rows) {
  if (fault::armed(name) && holds_messages(rows))
    fault::point(name);
}

/// Group commit. What arrives while a write syncs waits in the mailbox; the
/// `flush` that the first of it sends lands behind all of it, so the next sync
/// is shared by all that came meanwhile.
///
/// Before `committed` nothing is promised; after it the rows survive power loss
/// of this node, and only then may anyone be told.
struct journal_state {
  history::store* to = nullptr;
  std::function<void(const error&)> failed;
  std::vector<history::batch> rows;
  std::vector<caf::strong_actor_ptr> senders;
  size_t bytes = 0;
  bool broken = false;

  void add(caf::stateful_actor<journal_state>* self, commit& x) {
    metrics::move(metrics::gauge::journal_queue, 1);
    if (rows.empty())
      self->send(self, flush{});
    bytes += x.rows.bytes();
    rows.push_back(std::move(x.rows));
    senders.push_back(self->current_sender());
    if (bytes >= batch_bytes_max)
      write(self);
  }

  void write(caf::stateful_actor<journal_state>* self) {
    if (rows.empty() || broken)
      return;
    fault_point("journal.before_write", rows);
    if (auto done = to->write(rows); !done) {
      broken = true;
      failed(done.error());
      return;
    }
    fault_point("journal.after_sync", rows);
    metrics::add(metrics::counter::journal_commits);
    metrics::add(metrics::counter::journal_rows_bytes, bytes);
    metrics::move(metrics::gauge::journal_queue,
                  -static_cast<int64_t>(rows.size()));
    answer(self);
    rows.clear();
    senders.clear();
    bytes = 0;
  }

private:
  void answer(caf::stateful_actor<journal_state>* self) {
    std::unordered_map<caf::abstract_actor*, uint32_t> counts;
    counts.reserve(senders.size());
    for (const auto& x : senders)
      if (x)
        ++counts[caf::actor_cast<caf::abstract_actor*>(x)];
    for (const auto& x : senders) {
      if (!x)
        continue;
      auto& count = counts[caf::actor_cast<caf::abstract_actor*>(x)];
      if (count == 0)
        continue;
      self->send(caf::actor_cast<caf::actor>(x), committed{count});
      count = 0;
    }
  }
};

caf::behavior journal(caf::stateful_actor<journal_state>* self,
                      history::store* to,
                      std::function<void(const error&)> failed) {
  self->state.to = to;
  self->state.failed = std::move(failed);
  // An exit message overtakes what waits in the mailbox, and that is committed
  // before the journal ends.
  self->set_exit_handler([self](caf::exit_msg&) { self->send(self, stop{}); });
  return {
      [self](commit& x) { self->state.add(self, x); },
      [self](flush) { self->state.write(self); },
      [self](stop) {
        self->state.write(self);
        self->quit();
      },
  };
}

caf::behavior reader(caf::event_based_actor* self, const history::store* from) {
  return {
      [self, from](read_job& x) {
        metrics::move(metrics::gauge::reader_queue, -1);
        auto promise = self->make_response_promise();
        auto reply = x.run(*from);
        if (reply.match_elements<caf::error>())
          promise.deliver(reply.get_as<caf::error>(0));
        else
          promise.deliver(std::move(reply));
      },
  };
}

} // namespace

caf::actor spawn_journal(caf::actor_system& sys, history::store& to,
                         std::function<void(const error&)> failed, runs where) {
  return where == runs::detached
             ? sys.spawn<caf::detached>(journal, &to, std::move(failed))
             : sys.spawn(journal, &to, std::move(failed));
}

caf::actor spawn_reader(caf::actor_system& sys, const history::store& from,
                        runs where) {
  return where == runs::detached ? sys.spawn<caf::detached>(reader, &from)
                                 : sys.spawn(reader, &from);
}

caf::actor pick_reader(const node_context& node) {
  auto waiting = metrics::value(metrics::gauge::reader_queue);
  if (node.readers.empty()
      || waiting >= static_cast<int64_t>(node.settings.storage.reader_queue))
    return {};
  metrics::move(metrics::gauge::reader_queue, 1);
  auto at = node.next_reader.fetch_add(1, std::memory_order_relaxed);
  return node.readers[at % node.readers.size()];
}

caf::actor spawn_courier(caf::actor_system& sys) {
  return sys.spawn([](caf::event_based_actor* self) -> caf::behavior {
    return {[self](errand& x) {
      x.run(self);
    }};
  });
}

void register_messages(caf::actor_system_config& cfg) {
  cfg.add_message_types<caf::id_block::parley>();
}

} // namespace parley
