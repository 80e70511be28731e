#include "load.hpp"

#include "prose.hpp"
#include "random.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <stdexcept>
#include <unistd.h>

namespace parley::bench {

namespace {

using std::chrono::duration;
using std::chrono::duration_cast;
using std::chrono::nanoseconds;
using clock = std::chrono::steady_clock;

/// Messages of one sender that may be open in the open loop, and those that
/// may be due beyond them before the run is given up.
constexpr uint32_t open_loop_capacity = 1024;
constexpr size_t overdue_max = 10'000;

/// What bodies are cut from: longer than what RocksDB compresses together.
constexpr uint32_t prose_bytes = 4 * 1024 * 1024;

/// After the body.
constexpr std::string_view frame_end = R"("})";

/// What the report shows as `-`.
constexpr auto unknown = std::numeric_limits<double>::quiet_NaN();

double ms(nanoseconds time) {
  return duration<double, std::milli>{time}.count();
}

/// A `cid` of the generator: the session and the number of its message, and
/// behind a hyphen what only makes it long.
struct origin {
  uint32_t session = 0;
  uint64_t number = 0;
};

std::optional<origin> parse_cid(std::string_view cid) {
  origin result;
  const auto* end = cid.data() + cid.size();
  auto first = std::from_chars(cid.data(), end, result.session);
  if (first.ec != std::errc{} || first.ptr == end || *first.ptr != '-')
    return std::nullopt;
  auto second = std::from_chars(first.ptr + 1, end, result.number);
  if (second.ec != std::errc{} || (second.ptr != end && *second.ptr != '-'))
    return std::nullopt;
  return result;
}

double resident_of(const target& system) {
  if (!system.pid())
    return unknown;
  return static_cast<double>(usage_of(*system.pid()).resident_bytes);
}

} // namespace

load::load(target& system, const load_shape& shape, loop& runner,
           fault_log& faults)
    : fleet{runner, faults}, system_{system}, shape_{shape} {}

void load::set_up() {
  system_.make_users(shape_.sessions());
  bool groups = shape_.room_size > 2;
  for (uint32_t room = 0; room < shape_.rooms; ++room)
    rooms_.push_back(groups ? fmt::format("g:{}", room) : direct_name(room));
  orders_.resize(shape_.sessions());
  auto before = resident_of(system_);
  open(shape_.sessions(), system_.endpoint(), [&](uint32_t session) {
    return system_.session_of(session, groups ? rooms_[room_of(session)] : "");
  });
  bytes_per_session_ = (resident_of(system_) - before) / shape_.sessions();
  if (groups && system_.is_parley())
    make_groups();
  make_senders();
}

std::string load::direct_name(uint32_t room) const {
  auto one = system_.user(room * 2);
  auto other = system_.user(room * 2 + 1);
  return fmt::format("dm:{}:{}", std::min(one, other), std::max(one, other));
}

void load::make_groups() {
  std::vector<std::vector<uint32_t>> members(shape_.rooms);
  for (uint32_t session = 0; session < shape_.sessions(); ++session)
    members[room_of(session)].push_back(session);
  rooms_ = system_.make_groups(members);
  auto told = [&] {
    return group_events_ == shape_.sessions() || faults_.count() > 0;
  };
  if (!runner_.run_until(told, silence_max) || faults_.count() > 0)
    throw std::runtime_error{
        fmt::format("{} of {} sessions were told of their group", group_events_,
                    shape_.sessions())};
}

void load::make_senders() {
  if (shape_.prose)
    prose_ = make_prose(prose_bytes + shape_.body_bytes);
  std::string body;
  for (uint32_t i = 0; i < shape_.body_bytes && !shape_.prose; ++i)
    body.push_back(static_cast<char>('a' + i % 26));
  auto capacity = shape_.rate > 0 ? open_loop_capacity : 4 * shape_.in_flight;
  for (uint32_t room = 0; room < shape_.rooms; ++room)
    for (uint32_t place = 0; place < shape_.senders_per_room; ++place) {
      auto session = room * shape_.room_size + place;
      // Direct messages name the peer, whom a relay then need not look for.
      auto address =
          shape_.room_size == 2
              ? fmt::format(R"("to":"{}")", system_.user(session ^ 1U))
              : fmt::format(R"("conv":"{}")", rooms_[room]);
      senders_.push_back(
          {send_record{shape_.room_size - 1, capacity, system_.acks()},
           R"({"t":"send","id":)",
           fmt::format(R"(,"cid":"{}-)", session),
           fmt::format(R"(",{},"body":"{})", address, body),
           {}});
    }
}

load::sender* load::sender_of(uint32_t session) {
  if (session >= shape_.sessions()
      || place_of(session) >= shape_.senders_per_room)
    return nullptr;
  return &senders_[room_of(session) * shape_.senders_per_room
                   + place_of(session)];
}

std::vector<uint32_t> load::readers() const {
  std::vector<uint32_t> result;
  for (uint32_t room = 0; room < shape_.rooms; ++room)
    result.push_back(room * shape_.room_size);
  return result;
}

std::vector<uint64_t> load::expected_seqs() const {
  // A group begins with the entry of its creation.
  std::vector<uint64_t> result(shape_.rooms, shape_.room_size > 2 ? 1 : 0);
  for (size_t i = 0; i < senders_.size(); ++i)
    result[i / shape_.senders_per_room] += senders_[i].record.sent();
  return result;
}

void load::on_failure(client& who, const std::string& why) {
  fleet::on_failure(who, why);
  sending_ = false;
}

void load::on_frame(client& who, const frame& what) {
  auto session = who.index();
  if (what.kind == frame_kind::message)
    return on_message(session, what);
  if (what.kind == frame_kind::ack)
    return on_ack(session, what);
  if (what.kind == frame_kind::group) {
    ++group_events_;
    if (!orders_[session].event(what.seq))
      note(fault::skipped, session, what);
  }
  fleet::on_frame(who, what);
}

void load::on_message(uint32_t session, const frame& what) {
  auto from = parse_cid(what.cid);
  auto* who = from ? sender_of(from->session) : nullptr;
  if (who == nullptr || what.body_bytes != shape_.body_bytes)
    return note(fault::phantom, session, what);
  if (room_of(from->session) != room_of(session) || from->session == session)
    return note(fault::leaked, session, what);
  auto place = place_of(session);
  auto result =
      who->record.delivered(place < place_of(from->session) ? place : place - 1,
                            from->number, what.seq);
  if (result.what != fault::none)
    return note(result.what, session, what);
  if (system_.is_parley()
      && (!orders_[session].event(what.seq)
          || what.conv != rooms_[room_of(session)]))
    return note(fault::skipped, session, what);
  if (measuring_) {
    ++deliveries_;
    latency_.add(clock::now() - result.sent);
  }
  refill(from->session);
}

void load::on_ack(uint32_t session, const frame& what) {
  auto from = parse_cid(what.cid);
  auto* who = from ? sender_of(from->session) : nullptr;
  if (who == nullptr || from->session != session)
    return note(fault::phantom, session, what);
  // A relay's deliveries have no `seq` that its acks could agree with.
  auto result =
      who->record.acked(from->number, system_.is_parley() ? what.seq : 0);
  if (result != fault::none)
    return note(result, session, what);
  if (system_.is_parley())
    orders_[session].own(what.seq);
  refill(session);
}

void load::note(fault what, uint32_t session, const frame& about) {
  faults_.add(fmt::format("session {}: {}: cid {} conv {} seq {}", session,
                          to_string(what), about.cid, about.conv, about.seq));
  sending_ = false;
}

bool load::dispatch(uint32_t session, instant due) {
  auto* who = sender_of(session);
  auto number = who->record.send(due);
  if (!number)
    return false;
  fmt::format_int digits{*number};
  std::string text;
  text.reserve(who->prefix.size() + who->middle.size() + who->suffix.size()
               + 2 * digits.size() + frame_end.size());
  text.append(who->prefix)
      .append(digits.data(), digits.size())
      .append(who->middle)
      .append(digits.data(), digits.size());
  if (prose_.empty()) {
    text.append(who->suffix);
  } else {
    random_source random{uint64_t{session} << 32 ^ *number};
    fmt::format_to(std::back_inserter(text), "-{:016x}{}", random.next(),
                   who->suffix);
    text.append(prose_, random.below(prose_bytes), shape_.body_bytes);
  }
  text.append(frame_end);
  send(session, std::move(text));
  return true;
}

void load::refill(uint32_t session) {
  auto& who = *sender_of(session);
  while (!who.overdue.empty() && dispatch(session, who.overdue.front()))
    who.overdue.pop_front();
  if (shape_.rate > 0)
    return;
  while (sending_ && budget_ > 0 && who.record.undelivered() < shape_.in_flight
         && dispatch(session, clock::now()))
    --budget_;
}

void load::begin() {
  sending_ = true;
  began_ = clock::now();
  due_ = 0;
  if (shape_.rate > 0) {
    clock_.emplace(runner_.io());
    return schedule();
  }
  for (uint32_t session = 0; session < shape_.sessions(); ++session)
    if (sender_of(session) != nullptr)
      refill(session);
}

void load::schedule() {
  auto when = [&](uint64_t message) {
    return began_
           + duration_cast<nanoseconds>(
               duration<double>{static_cast<double>(message) / shape_.rate});
  };
  for (auto now = clock::now(); sending_ && when(due_) <= now; ++due_) {
    auto index = static_cast<uint32_t>(due_ % shape_.senders());
    auto session = index / shape_.senders_per_room * shape_.room_size
                   + index % shape_.senders_per_room;
    auto& who = *sender_of(session);
    who.overdue.push_back(when(due_));
    refill(session);
    if (who.overdue.size() > overdue_max) {
      faults_.add("the server does not keep up with the rate");
      sending_ = false;
    }
  }
  if (!sending_)
    return;
  clock_->expires_at(when(due_));
  clock_->async_wait([this](error_code ec) {
    if (!ec)
      schedule();
  });
}

load_figures load::run(nanoseconds warm_up, nanoseconds measure) {
  auto server_time = [&] {
    return system_.pid() ? cpu_time_of(*system_.pid()) : nanoseconds{0};
  };
  begin();
  runner_.run_for(warm_up);
  deliveries_ = 0;
  latency_.reset();
  measuring_ = true;
  auto moved_before = moved();
  auto server_before = server_time();
  auto own_before = cpu_time_of(::getpid());
  auto from = clock::now();
  runner_.run_for(measure);
  duration<double> passed = clock::now() - from;
  duration<double> own = cpu_time_of(::getpid()) - own_before;
  duration<double> server = server_time() - server_before;
  auto moved_after = moved();
  measuring_ = false;
  drain();
  if (deliveries_ == 0)
    return {};
  auto count = static_cast<double>(deliveries_);
  bool has_pid = system_.pid().has_value();
  return {.deliveries_per_s = count / passed.count(),
          .p50_ms = ms(latency_.percentile(0.5)),
          .p99_ms = ms(latency_.percentile(0.99)),
          .p999_ms = ms(latency_.percentile(0.999)),
          .server_us_per_delivery =
              has_pid ? server.count() * 1e6 / count : unknown,
          .server_cores = has_pid ? server / passed : unknown,
          .generator_cores = own / passed,
          .to_clients_bytes =
              static_cast<double>(moved_after.in_bytes - moved_before.in_bytes)
              / count,
          .to_server_bytes = static_cast<double>(moved_after.out_bytes
                                                 - moved_before.out_bytes)
                             / count};
}

void load::send_all(uint64_t messages) {
  budget_ = messages;
  begin();
  while (budget_ > 0 && sending_) {
    auto before = budget_;
    auto moved = [&] {
      return budget_ != before || !sending_;
    };
    if (!runner_.run_until(moved, silence_max)) {
      faults_.add("the server does not take messages any more");
      break;
    }
  }
  drain();
}

bool load::is_drained() const {
  return std::ranges::all_of(senders_, [](const sender& who) {
    return who.record.open() == 0 && who.overdue.empty();
  });
}

void load::drain() {
  sending_ = false;
  clock_.reset();
  auto over = [&] {
    return is_drained() || faults_.count() > 0;
  };
  if (!runner_.run_until(over, silence_max)) {
    uint64_t open = 0;
    uint64_t undelivered = 0;
    for (const auto& who : senders_) {
      open += who.record.open();
      undelivered += who.record.undelivered();
    }
    faults_.add(fmt::format("{} messages not acknowledged or not delivered to "
                            "all within {} s, {} of them not delivered",
                            open, silence_max.count(), undelivered));
  }
  if (faults_.count() == 0 && system_.is_parley() && !agree_on_last_seq())
    faults_.add("sessions of one conversation ended at different seq");
}

bool load::agree_on_last_seq() const {
  auto expected = expected_seqs();
  for (uint32_t session = 0; session < shape_.sessions(); ++session)
    if (orders_[session].last() != expected[room_of(session)]
        || orders_[session].beyond() != 0)
      return false;
  return true;
}

} // namespace parley::bench
