#include "cluster/copies.hpp"
#include "cluster/stepped_system.hpp"

#include "parley/history/keys.hpp"
#include "parley/history/open.hpp"

#include <doctest/doctest.h>

#include <deque>
#include <memory>
#include <string>
#include <vector>

using namespace parley;
using namespace parley::cluster;
using namespace std::chrono_literals;

namespace {

constexpr uint16_t copied_partition = 3;
constexpr uint64_t part_bytes = 1'000;

std::string key_of(int number) {
  return history::partition_prefix(copied_partition) + "key"
         + std::to_string(number);
}

/// A copier, and a source that answers its oldest request with what the test
/// tells it: a part, or (ok) an error.
struct copying {
  explicit copying(uint64_t bytes_per_s = 0) {
    copier = spawn_copier(*sys, *store, {bytes_per_s, part_bytes, 4'000},
                          runs::scheduled);
    source = sys->spawn([this](caf::event_based_actor* self) -> caf::behavior {
      return {
          [this, self](const next_part& x) -> caf::result<copy_part> {
            CHECK(x.bytes == part_bytes);
            return open.emplace_back(self->make_response_promise<copy_part>());
          },
          [this](copy_part& x) { next().deliver(std::move(x)); },
          [this](caf::ok_atom) {
            next().deliver(caf::make_error(caf::sec::request_timeout));
          },
      };
    });
    leader = sys->spawn([this](caf::event_based_actor*) -> caf::behavior {
      return {[this](const open_copy&) {
        return copy_opened{{1, ++opened}, source};
      }};
    });
    asker = sys->spawn([this](caf::event_based_actor*) -> caf::behavior {
      return {[this](const copy_done& x) {
        done.push_back(x);
      }};
    });
  }

  ~copying() {
    open.clear();
    for (auto* each : {&copier, &source, &leader, &asker})
      sys.kill(*each);
    sys.run();
    sys.scheduler().clock().cancel_all();
  }

  void begin() {
    caf::send_as(asker, copier, make_copy{copied_partition, leader});
    sys.run();
  }

  /// The oldest request is answered by one row, which is as large as asked for.
  void give(int row) {
    history::batch rows;
    rows.put(history::family::state, key_of(row), std::string(part_bytes, 'x'));
    answer(copy_part{rows.take()});
  }

  template <class Answer>
  void answer(Answer x) {
    REQUIRE(!open.empty());
    caf::anon_send(source, std::move(x));
    sys.run();
  }

  caf::typed_response_promise<copy_part> next() {
    auto first = std::move(open.front());
    open.pop_front();
    return first;
  }

  test::stepped_system sys;
  std::unique_ptr<history::replica_store> store = history::make_memory_store();
  caf::actor copier;
  caf::actor source;
  caf::actor leader;
  caf::actor asker;
  uint64_t opened = 0;
  std::deque<caf::typed_response_promise<copy_part>> open;
  std::vector<copy_done> done;
};

} // namespace

TEST_CASE("parts are asked for ahead, up to the window") {
  copying all;
  all.begin();
  CHECK(all.open.size() == 4);
  for (int row = 0; row < 10; ++row) {
    all.give(row);
    CHECK(all.open.size() == 4);
  }
  all.answer(copy_part{});
  REQUIRE(all.done.size() == 1);
  CHECK(all.done[0].at == rep::position{1, 1});
  REQUIRE(all.done[0].rows != nullptr);
  REQUIRE(all.store->replace(std::move(*all.done[0].rows), {}).has_value());
  for (int row = 0; row < 10; ++row)
    CHECK(all.store
              ->get(history::family::state, key_of(row), history::reach::disk)
              ->has_value());
}

TEST_CASE("what is asked for behind the last part does no harm") {
  copying all;
  all.begin();
  all.give(1);
  all.answer(copy_part{});
  while (!all.open.empty())
    all.answer(caf::ok_atom_v);
  all.begin();
  REQUIRE(all.done.size() == 1);
  CHECK(all.done[0].rows != nullptr);
  CHECK(all.open.size() == 4);
}

TEST_CASE("a copy that failed takes nothing of the next one") {
  copying all;
  all.begin();
  all.begin(); // Waits for the first.
  CHECK(all.opened == 1);
  all.answer(caf::ok_atom_v);
  REQUIRE(all.done.size() == 1);
  CHECK(all.done[0].rows == nullptr);
  CHECK(all.opened == 2);
  // Three that were asked for by the first, then those of the second.
  REQUIRE(all.open.size() == 7);
  all.answer(copy_part{});
  all.give(9);
  all.give(9);
  CHECK(all.done.size() == 1);
  all.give(1);
  all.answer(copy_part{});
  REQUIRE(all.done.size() == 2);
  REQUIRE(all.done[1].rows != nullptr);
  REQUIRE(all.store->replace(std::move(*all.done[1].rows), {}).has_value());
  CHECK(!all.store->get(history::family::state, key_of(9), history::reach::disk)
             ->has_value());
}

TEST_CASE("a limit holds parts back, and time lets them go") {
  copying all{10 * part_bytes};
  all.begin();
  auto asked = all.open.size();
  CHECK(asked <= 2);
  for (int row = 0; row < 50; ++row) {
    while (!all.open.empty())
      all.give(1'000 + static_cast<int>(asked - all.open.size()));
    all.sys.scheduler().advance_time(100ms);
    all.sys.run();
    asked += all.open.size();
  }
  // Five seconds at ten parts a second.
  CHECK(asked >= 50);
  CHECK(asked <= 53);
}
