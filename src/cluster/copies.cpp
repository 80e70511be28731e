#include "cluster/copies.hpp"

#include "cluster/stored_replica.hpp"

#include "parley/actors/errors.hpp"
#include "parley/base/log.hpp"
#include "parley/history/partition_log.hpp"

#include <algorithm>
#include <chrono>
#include <deque>
#include <utility>

namespace parley::cluster {

namespace {

using namespace std::chrono_literals;

/// Whatever a node asks for.
constexpr uint64_t part_bytes_max = uint64_t{512} << 10;
constexpr auto part_timeout = 10s;
constexpr auto source_idle_max = 30s;

// -- the log, for replicas that lag behind ------------------------------------

caf::behavior log_reader(caf::event_based_actor* self,
                         const history::store* from, size_t bytes_max) {
  return {[self, from, bytes_max](log_read& x) {
    size_t bytes = 0;
    auto partition = x.what.head.partition;
    auto take = [&](history::log_row row) {
      bytes += row.payload.size();
      if (bytes > bytes_max && !x.what.entries.empty())
        return false;
      x.what.entries.push_back(entry_of(partition, std::move(row)));
      return true;
    };
    auto read = history::read_log(*from, partition, x.what.prev.index + 1,
                                  x.last.index, take);
    // A damaged log is found out about by a restart; here nothing is sent.
    if (!read)
      x.what.entries.clear();
    return std::move(x);
  }};
}

// -- a copy, where it comes from ----------------------------------------------

struct source_state {
  std::unique_ptr<history::partition_view> rows;
};

caf::behavior
copy_source(caf::stateful_actor<source_state>* self,
            std::shared_ptr<std::unique_ptr<history::partition_view>> rows) {
  self->state.rows = std::move(*rows);
  return {
      [self](const next_part& x) -> caf::result<copy_part> {
        auto bytes = std::min<uint64_t>(x.bytes, part_bytes_max);
        auto next = self->state.rows->next(static_cast<size_t>(bytes));
        if (!next)
          return to_caf(next.error());
        if (next->empty())
          self->quit();
        return copy_part{next->take()};
      },
      caf::after(source_idle_max) >> [self] { self->quit(); },
  };
}

// -- and where it goes --------------------------------------------------------

struct copier_state {
  caf::stateful_actor<copier_state>* self = nullptr;
  history::replica_store* store = nullptr;
  copy_limits limits;
  struct wanted {
    make_copy what;
    caf::strong_actor_ptr by;
  };
  std::deque<wanted> queue;

  // Of the copy under way:
  uint64_t number = 0; ///< Tells late answers of earlier ones.
  copy_flow flow{limits};
  rep::position at;
  caf::actor source;
  std::unique_ptr<history::partition_import> rows;
  bool must_wait = false; ///< A tick is on its way.

  void begin_copy() {
    ++number;
    const auto& next = queue.front();
    self->request(next.what.from, part_timeout, open_copy{next.what.partition})
        .then([this](copy_opened& x) { begin_import(x); },
              [this](const caf::error& why) { fail(from_caf(why).message); });
  }

  void begin_import(copy_opened& x) {
    auto made = store->begin_import(queue.front().what.partition);
    if (!made)
      return fail(made.error().message);
    rows = std::move(*made);
    at = x.at;
    source = std::move(x.source);
    flow = copy_flow{limits};
    ask();
  }

  /// Asks for as many parts as may be on their way. They come in order: they
  /// are of one actor, and on one connection.
  void ask() {
    while (source) {
      auto now = self->clock().now().time_since_epoch();
      auto pause = flow.wait(now);
      if (!pause)
        return;
      if (*pause > 0s) {
        if (!std::exchange(must_wait, true))
          self->delayed_send(self, *pause, tick{});
        return;
      }
      flow.asked(now);
      self->request(source, part_timeout, next_part{flow.part_bytes()})
          .then(
              [this, asked_in = number](copy_part& x) {
                if (asked_in == number)
                  take(x);
              },
              [this, asked_in = number](const caf::error& why) {
                if (asked_in == number)
                  fail(from_caf(why).message);
              });
    }
  }

  /// The source goes on while the rows are put in files here.
  void take(copy_part& x) {
    if (x.rows.empty())
      return end_copy(std::move(rows));
    flow.arrived(x.rows.size());
    ask();
    auto batch = history::batch::decoded(std::move(x.rows));
    if (auto done = rows->add(batch); !done)
      fail(done.error().message);
  }

  void fail(const std::string& why) {
    log::warn("replica.copy_failed", "partition={}: {}",
              queue.front().what.partition, why);
    end_copy(nullptr);
  }

  void end_copy(std::unique_ptr<history::partition_import> copied) {
    auto [what, by] = std::move(queue.front());
    queue.pop_front();
    ++number;
    source = nullptr;
    rows.reset();
    copy_done done{what.partition, at, nullptr};
    if (copied)
      done.rows = std::make_shared<std::unique_ptr<history::partition_import>>(
          std::move(copied));
    self->send(caf::actor_cast<caf::actor>(by), std::move(done));
    if (!queue.empty())
      begin_copy();
  }
};

caf::behavior copier(caf::stateful_actor<copier_state>* self,
                     history::replica_store* store, copy_limits limits) {
  self->state.self = self;
  self->state.store = store;
  self->state.limits = limits;
  self->set_error_handler([](const caf::error&) {});
  return {
      [self](make_copy& x) {
        auto& queue = self->state.queue;
        queue.push_back({std::move(x), self->current_sender()});
        if (queue.size() == 1)
          self->state.begin_copy();
      },
      [self](tick) {
        self->state.must_wait = false;
        self->state.ask();
      },
  };
}

} // namespace

caf::actor spawn_log_reader(caf::actor_system& sys, const history::store& from,
                            size_t bytes_max, runs where) {
  return where == runs::detached
             ? sys.spawn<caf::detached>(log_reader, &from, bytes_max)
             : sys.spawn(log_reader, &from, bytes_max);
}

caf::actor spawn_copier(caf::actor_system& sys, history::replica_store& store,
                        const copy_limits& limits, runs where) {
  return where == runs::detached
             ? sys.spawn<caf::detached>(copier, &store, limits)
             : sys.spawn(copier, &store, limits);
}

caf::actor spawn_copy_source(caf::actor_system& sys,
                             std::unique_ptr<history::partition_view> rows) {
  return sys.spawn<caf::detached>(
      copy_source, std::make_shared<std::unique_ptr<history::partition_view>>(
                       std::move(rows)));
}

} // namespace parley::cluster
