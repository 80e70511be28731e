#pragma once

#include "actors/entities.hpp"

#include "parley/actors/errors.hpp"
#include "parley/actors/messages.hpp"
#include "parley/actors/readers.hpp"

#include <caf/all.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <utility>

namespace parley {

inline constexpr auto read_timeout = std::chrono::seconds{30};

/// Whether an actor goes on with its mailbox while it waits for a read. What
/// decides by what it reads, and must keep its order, does not: a reader always
/// answers.
enum class meanwhile { goes_on, waits };

/// Has a reader run `job` and calls `done` with what it gave, in the actor
/// again. `done` also hears of a full queue and of a reader that is gone.
template <class T, class Self>
void read_store(Self* self, const node_context& node, meanwhile what,
                std::function<result<T>(const history::store&)> job,
                std::function<void(result<T>)> done) {
  auto reader = pick_reader(node);
  if (!reader)
    return done(error{errc::unavailable, "too many reads wait", 1000});
  auto slot = std::make_shared<result<T>>(error{});
  auto asked = self->state.questions.ask();
  auto run = read_job{[slot, job = std::move(job)](const history::store& from) {
    *slot = job(from);
    return caf::make_message(read_done{});
  }};
  auto handle = self->request(reader, read_timeout, std::move(run));
  auto ok = [slot, done, asked](const read_done&) {
    done(std::move(*slot));
  };
  auto failed = [done, asked](const caf::error& why) {
    done(from_caf(why));
  };
  if (what == meanwhile::waits)
    handle.await(ok, failed);
  else
    handle.then(ok, failed);
}

/// Has a reader answer the request at hand with the fields that `job` makes.
template <class Self>
caf::result<answer> answer_by_reader(
    Self* self, const node_context& node,
    std::function<result<std::string>(const history::store&)> job) {
  auto reader = pick_reader(node);
  if (!reader)
    return to_caf({errc::unavailable, "too many reads wait", 1000});
  auto run = read_job{[job = std::move(job)](const history::store& from) {
    auto fields = job(from);
    if (!fields)
      return caf::make_message(to_caf(fields.error()));
    return caf::make_message(answer{shared_bytes{std::move(*fields)}});
  }};
  self->delegate(reader, std::move(run));
  return caf::delegated<answer>{};
}

} // namespace parley
