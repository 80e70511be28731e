#include "actors/referee.hpp"

#include <map>
#include <utility>

namespace parley::test {

void referee::depose(size_t which, history::store& disk,
                     std::mt19937_64& dice) {
  auto goes_on = true;
  std::vector<history::batch> replicated;
  std::erase_if(open, [&](open_commit& x) {
    if (x.what.partition != which)
      return false;
    goes_on = goes_on && takes(x) && dice() % 2 == 0;
    if (goes_on)
      replicated.push_back(std::move(x.what.rows));
    else
      ++refused;
    return true;
  });
  if (!replicated.empty())
    (void)disk.write(replicated);
  partitions[which].leader.reset();
}

namespace {

/// Writes what one node has under way, and answers each sender once.
void write_open(caf::event_based_actor* self, size_t member, referee& by,
                history::store& to) {
  std::vector<history::batch> rows;
  std::vector<std::pair<caf::strong_actor_ptr, uint32_t>> counts;
  std::erase_if(by.open, [&](referee::open_commit& x) {
    if (x.member != member)
      return false;
    if (!by.takes(x)) {
      ++by.refused;
      return true;
    }
    rows.push_back(std::move(x.what.rows));
    auto at = std::find_if(counts.begin(), counts.end(),
                           [&](const auto& c) { return c.first == x.sender; });
    if (at == counts.end())
      at = counts.insert(at, {x.sender, 0});
    ++at->second;
    return true;
  });
  if (rows.empty() || !to.write(rows))
    return;
  for (const auto& [sender, count] : counts)
    if (sender)
      self->send(caf::actor_cast<caf::actor>(sender), committed{count});
}

} // namespace

caf::actor spawn_refereed_journal(caf::actor_system& sys, size_t member,
                                  std::shared_ptr<referee> by,
                                  history::store& to) {
  return sys.spawn([member, by = std::move(by),
                    disk = &to](caf::event_based_actor* self) -> caf::behavior {
    self->set_exit_handler(
        [self](caf::exit_msg&) { self->send(self, stop{}); });
    return {
        [=](commit& x) {
          by->open.push_back({member, std::move(x), self->current_sender()});
          self->send(self, flush{});
        },
        [=](const lead_yielded& x) {
          by->partitions[x.partition].yielded = x.epoch;
        },
        [=](flush) { write_open(self, member, *by, *disk); },
        [=](stop) {
          write_open(self, member, *by, *disk);
          self->quit();
        },
    };
  });
}

} // namespace parley::test
