#include "load.hpp"
#include "presence_load.hpp"
#include "scenarios.hpp"
#include "stored_size.hpp"
#include "target.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <stdexcept>

namespace parley::bench {

namespace {

constexpr double kibibyte = 1024;

/// A data directory with so many messages of people in it.
struct filled_store {
  stored_size size;
  double conversation_kib = 0; ///< Memory that came with the first message.
  uint32_t users = 0;
};

filled_store fill(uint64_t messages, const options& opts, loop& runner,
                  fault_log& faults) {
  // One sender in each conversation, one message under way: events come one
  // by one into an inbox, as they do to a person.
  load_shape shape;
  shape.rooms = opts.senders > 0 ? opts.senders : 2000;
  shape.senders_per_room = 1;
  shape.body_bytes = opts.body_bytes;
  shape.prose = true;
  target system{target_kind::parley, opts, runner};
  filled_store result;
  result.users = shape.sessions();
  {
    load traffic{system, shape, runner, faults};
    traffic.set_up();
    auto before = usage_of(*system.pid()).resident_bytes;
    traffic.send_all(shape.rooms);
    auto after = usage_of(*system.pid()).resident_bytes;
    result.conversation_kib =
        (static_cast<double>(after) - static_cast<double>(before)) / kibibyte
        / shape.rooms;
    traffic.send_all(messages - shape.rooms);
  }
  if (faults.count() == 0)
    result.size = compact(system.stop());
  return result;
}

} // namespace

report run_presence(const options& opts, loop& runner, fault_log& faults) {
  auto room_size = std::min(opts.group_size, 20U);
  auto rooms = (opts.sessions > 0 ? opts.sessions : 2000) / room_size;
  auto time = opts.measure.count() > 0 ? opts.measure : std::chrono::seconds{5};
  target system{target_kind::parley, opts, runner};
  if (rooms == 0 || !system.pid())
    throw std::runtime_error{
        "presence needs a group of sessions, and the server's process"};
  report result{fmt::format("presence: {} sessions, each watched by {}; all "
                            "change within {} s; medians of {} rounds",
                            rooms * room_size, room_size - 1, time.count(),
                            opts.rounds),
                {{"CPU us/told", "cpu_us_per_told"},
                 {"bytes/told", "bytes_per_told"},
                 {"told/s", "told_per_s"},
                 {"CPU us/watched", "cpu_us_per_watched"}}};
  presence_load traffic{system, rooms, room_size, runner, faults};
  traffic.set_up();
  for (uint32_t round = 0; round < opts.rounds; ++round) {
    auto x = traffic.run(time);
    result.add(system.name(), {x.us_per_told, x.bytes_per_told, x.told_per_s,
                               traffic.watch_us()});
  }
  return result;
}

report run_disk(const options& opts, loop& runner, fault_log& faults) {
  if (opts.server.empty())
    throw std::runtime_error{"disk needs --server: it ends the server"};
  // The difference between much and little: what users and conversations take
  // is in both. There is a message in each conversation at least.
  auto much = opts.messages;
  auto little = much / 10;
  if (little < (opts.senders > 0 ? opts.senders : 2000))
    throw std::runtime_error{
        "disk needs --messages of at least 10 times --senders"};
  report result{fmt::format("disk: {} messages of {} bytes less {}, compacted",
                            much, opts.body_bytes, little),
                {{"bytes/message", "message_bytes"},
                 {"bytes/inbox event", "inbox_bytes"},
                 {"bytes/user", "user_bytes"},
                 {"KiB/conversation", "conversation_kib"}}};
  auto first = fill(little, opts, runner, faults);
  if (faults.count() > 0)
    return result;
  auto second = fill(much, opts, runner, faults);
  if (faults.count() > 0)
    return result;
  auto messages = static_cast<double>(much - little);
  auto per_message = [&](uint64_t more, uint64_t less) {
    return (static_cast<double>(more) - static_cast<double>(less)) / messages;
  };
  auto entry = per_message(second.size.messages, first.size.messages);
  auto state = per_message(second.size.state, first.size.state);
  auto inboxes = per_message(second.size.inboxes, first.size.inboxes);
  auto user = (static_cast<double>(first.size.state)
               - state * static_cast<double>(little))
              / first.users;
  result.add("parley",
             {entry + state, inboxes / 2, user, first.conversation_kib});
  return result;
}

} // namespace parley::bench
