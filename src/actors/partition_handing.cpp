#include "actors/partition.hpp"

#include "parley/base/log.hpp"

#include <chrono>
#include <iterator>
#include <utility>

/// How leadership moves in order, so that nobody notices.
///
/// Who leads is told to yield: it begins nothing more, and holds what comes.
/// When nothing is open any more, another is made leader. Every node that had
/// relayed to the one before takes back what that one has held, and only then
/// lets its own go to the next leader: so what a session sends to a
/// conversation keeps its order, whatever its node heard first.
namespace parley {

namespace {

/// Where something is still open after this, whoever waits for it is told that
/// it is unavailable.
constexpr auto settle_patience = std::chrono::milliseconds{200};

/// As long as a replica takes nothing for the sake of a hand-over that does not
/// happen, and a second more.
constexpr uint64_t yield_ticks_max = 6;

/// A leader that was deposed hears of it a moment later than others, and says
/// nothing at all if it is cut off.
constexpr auto back_patience = std::chrono::seconds{1};

/// Who was passed something in so many ticks may not have dealt with it.
constexpr uint64_t busy_ticks = 3;

constexpr size_t returned_max = 4096; ///< More are answered at once.

} // namespace

// -- the leader gives way ----------------------------------------------------

void partition_state::on_yield(const yield_lead& x) {
  if (at != place::here || x.epoch != epoch || yields || stopping)
    return;
  yields = true;
  yields_since = ticks;
  unsettled = 0;
  for (auto& all : active)
    for (auto& [name, it] : all)
      if (it.active + busy_ticks > ticks) {
        self->send(it.handle, settle{});
        ++unsettled;
      }
  if (unsettled == 0)
    return say_yielded();
  self->delayed_send(self, settle_patience, settled_enough{epoch});
}

void partition_state::on_settled() {
  if (unsettled > 0 && --unsettled == 0)
    say_yielded();
}

void partition_state::on_settled_enough(const settled_enough& x) {
  if (!yields || x.epoch != epoch || unsettled == 0)
    return;
  log::info("partition.unsettled", "partition={} actors={}", number, unsettled);
  unsettled = 0;
  say_yielded();
}

void partition_state::say_yielded() {
  self->send(node->journal, lead_yielded{number, epoch});
}

void partition_state::end_yielding() {
  yields = false;
  unsettled = 0;
}

/// Nobody took over: it goes on.
void partition_state::stop_yielding_overdue() {
  if (!yields || ticks - yields_since < yield_ticks_max)
    return;
  end_yielding();
  pass_held_on();
}

// -- and gives back what it has not begun ------------------------------------

caf::result<given_back> partition_state::on_get_back(const get_back& x) {
  auto whom = self->current_sender();
  auto promise = self->make_response_promise<given_back>();
  give_back.push_back({x.epoch, std::move(whom), promise});
  // It may not have heard yet that it leads no longer.
  if (at != place::here || epoch != x.epoch || stopping)
    give_back_all();
  return promise;
}

void partition_state::give_back_all() {
  for (auto& x : std::exchange(give_back, {})) {
    give_back_to(x);
    x.done.deliver(given_back{x.epoch});
  }
}

/// If this node leads again by now, it has dealt with all of it.
void partition_state::give_back_to(const wants_back& x) {
  std::erase_if(held, [&](held_parcel& h) {
    if (h.of == 0 || h.of > x.epoch || h.what.by != x.whom)
      return false;
    x.whom->enqueue(
        caf::make_mailbox_element(std::move(h.what.sender), h.what.id, {},
                                  returned{h.of, std::move(h.what.content)}),
        self->context());
    return true;
  });
}

// -- who had relayed takes it back -------------------------------------------

void partition_state::ask_back(const caf::actor& from) {
  if (taking_back != 0)
    return; // Nothing was relayed since.
  auto question = taking_back = ++asked_back;
  taking_from = from.node();
  self->request(from, back_patience, get_back{epoch})
      .then(
          [this, question, at = from.node()](const given_back&) {
            // What it had begun, it answers.
            std::erase_if(asks, [&](const auto& x) { return x.to == at; });
            end_waiting_for(question);
          },
          [this, question, at = from.node()](const caf::error&) {
            refuse_relayed(at);
            end_waiting_for(question);
          });
}

void partition_state::on_returned(parcel x) {
  if (is_attach(x))
    return; // Its session has attached again.
  if (taking_back == 0 || back.size() >= returned_max || stopping)
    return bounce(x);
  back.push_back({std::move(x), 0, ticks});
}

void partition_state::end_waiting_for(uint64_t question) {
  if (question == 0 || taking_back != question)
    return;
  taking_back = 0;
  taking_from = caf::node_id{};
  held.insert(held.begin(), std::make_move_iterator(back.begin()),
              std::make_move_iterator(back.end()));
  back.clear();
  if (at != place::none && !yields)
    pass_held_on();
}

} // namespace parley
