#include "parley/cluster/membership.hpp"

#include "parley/base/log.hpp"

#include <fmt/format.h>

#include <utility>

namespace parley::cluster {

membership::membership(coordination& by, membership_settings with,
                       membership_observer& tell)
    : by_(by),
      with_(std::move(with)),
      tell_(tell),
      at_(with_.own.name),
      view_(by, at_) {
  view_.add(*this);
  listening_ = by_.subscribe([this](auto& x) { session_changed(x); });
}

membership::~membership() = default;

void membership::session_changed(const session_event& x) {
  if (step_ == step::over)
    return;
  if (x.state == session_state::unauthorized)
    return refuse("ZooKeeper does not accept this node's credentials");
  if (x.state == session_state::connected) {
    if (std::exchange(session_, x.session) == x.session) {
      view_.retry();
      stalled_ = false;
    }
    if (step_ != step::in)
      begin();
  }
  if (x.state == session_state::expired) {
    session_ = 0;
    following_ = false;
    rounds_.next();
    if (std::exchange(step_, step::out) == step::in)
      tell_.left();
  }
}

void membership::tick(instant now) {
  now_ = now;
  view_.retry();
  if (std::exchange(stalled_, false) && step_ == step::joining)
    begin();
  if (entry_stale_ && now_ - entry_written_ >= with_.load_interval)
    write_entry();
}

void membership::begin() {
  step_ = step::joining;
  stalled_ = false;
  rounds_.next();
  make_folders();
}

/// Goes on with the next connection, or the next tick.
void membership::stall(outcome why) {
  if (why == outcome::unauthorized)
    return refuse(fmt::format("ZooKeeper does not let this node write below {}",
                              at_.root()));
  rounds_.next();
  stalled_ = true;
}

void membership::refuse(const std::string& why) {
  step_ = step::over;
  rounds_.next();
  log::error("cluster.refused", "node={} reason={}", with_.self.name, why);
  tell_.refused(why);
}

void membership::make_folders() {
  const auto all = {std::string{"/parley"}, at_.root(),       at_.nodes(),
                    at_.incarnations(),     at_.partitions(), at_.draining()};
  const auto& last = *std::prev(all.end());
  for (const auto& path : all)
    by_.create(
        path, "", lifetime::lasting,
        rounds_.in_this([this, is_last = path == last](const write_answer& x) {
          if (x.code != outcome::ok && x.code != outcome::exists)
            stall(x.code);
          else if (is_last)
            read_parameters();
        }));
}

void membership::read_parameters() {
  auto created = [this](const write_answer& x) {
    if (x.code == outcome::ok || x.code == outcome::exists)
      read_parameters();
    else
      stall(x.code);
  };
  auto read = [this, created](const read_answer& x) {
    if (x.code == outcome::not_found) {
      if (!with_.stored_id.empty())
        return refuse(fmt::format(
            "the data directory belongs to the cluster with id {}, and "
            "ZooKeeper has none at {}: restore ZooKeeper's data",
            with_.stored_id, at_.root()));
      cluster_ = with_.own;
      cluster_.id = with_.new_id;
      if (with_.brings_data)
        cluster_.seed = with_.self.instance;
      return by_.create(at_.parameters(), encode(cluster_), lifetime::lasting,
                        rounds_.in_this(created));
    }
    if (x.code != outcome::ok)
      return stall(x.code);
    auto theirs = decode_parameters(x.bytes);
    if (!theirs)
      return refuse(theirs.error().message);
    cluster_ = *std::move(theirs);
    auto why = disagreement(cluster_, with_.own);
    if (why.empty())
      why = foreign_data(cluster_, with_.stored_id);
    if (why.empty() && with_.brings_data
        && cluster_.seed != with_.self.instance)
      why = fmt::format(
          "the data directory is that of a node that stood alone: it can begin "
          "a cluster, but there is one already, \"{}\"; a node joins it with "
          "an empty directory",
          cluster_.name);
    if (!why.empty())
      return refuse(why);
    enter_roster();
  };
  by_.get(at_.parameters(), rounds_.in_this(read), {}, freshness::synced);
}

void membership::enter_roster() {
  auto written = [this](const write_answer& x) {
    if (x.code == outcome::ok || x.code == outcome::conflict
        || x.code == outcome::exists)
      enter_roster(); // reads what is there now
    else
      stall(x.code);
  };
  auto read = [this, written](const read_answer& x) {
    roster all;
    if (x.code == outcome::ok) {
      auto decoded = decode_roster(x.bytes);
      if (!decoded)
        return refuse(decoded.error().message);
      all = *std::move(decoded);
    } else if (x.code != outcome::not_found) {
      return stall(x.code);
    }
    const auto& self = with_.self;
    auto changed = enter(all, self.name, self.zone, self.weight);
    if (changed && x.code == outcome::ok)
      return by_.set(at_.roster(), encode(all), x.stat.version,
                     rounds_.in_this(written));
    if (changed)
      return by_.create(at_.roster(), encode(all), lifetime::lasting,
                        rounds_.in_this(written));
    with_.self.number = all.rows[self.name].number;
    create_entry();
  };
  by_.get(at_.roster(), rounds_.in_this(read), {}, freshness::synced);
}

void membership::create_entry() {
  auto created = [this](const write_answer& x) {
    if (x.code == outcome::exists)
      return look_at_holder();
    if (x.code != outcome::ok)
      return stall(x.code);
    incarnation_ = x.stat.created;
    announce();
  };
  entry_stale_ = false;
  by_.create(at_.node(with_.self.name), encode(with_.self), lifetime::session,
             rounds_.in_this(created));
}

/// There is a node of this name: this one, an earlier process of it, or
/// another machine.
void membership::look_at_holder() {
  auto read = [this](const read_answer& x) {
    if (x.code == outcome::not_found)
      return create_entry();
    if (x.code != outcome::ok)
      return stall(x.code);
    if (x.stat.owner == session_) {
      incarnation_ = x.stat.created;
      return announce();
    }
    auto holder = decode_node_entry(x.bytes);
    if (!holder)
      return refuse(holder.error().message);
    if (holder->instance == with_.self.instance)
      return take_over(x.stat, true);
    refuse(fmt::format(
        "node.id: \"{}\" is in the cluster already, at {} ({}), with another "
        "data directory; if that node has just died, its session ends by "
        "itself within cluster.session_timeout",
        holder->name, holder->listen, holder->public_url));
  };
  by_.get(at_.node(with_.self.name), rounds_.in_this(read), {},
          freshness::synced);
}

/// The data directory is here, so the earlier process is dead; only its
/// session is not. Its incarnation ends with its entry, in one transaction:
/// nobody may take it for current any more (R6).
void membership::take_over(const entry_stat& from, bool with_incarnation) {
  auto removed = [this, from, with_incarnation](const commit_answer& x) {
    if (x.code == outcome::not_found && x.failed == 1 && with_incarnation)
      return take_over(from, false); // it died before it announced itself
    if (x.code == outcome::ok || x.code == outcome::not_found
        || x.code == outcome::conflict)
      return create_entry();
    stall(x.code);
  };
  std::vector<operation> all{
      operation::remove(at_.node(with_.self.name), from.version)};
  if (with_incarnation)
    all.push_back(operation::remove(at_.incarnation(from.created)));
  by_.commit(all, rounds_.in_this(removed));
}

void membership::announce() {
  auto created = [this](const write_answer& x) {
    if (x.code == outcome::ok || x.code == outcome::exists)
      now_in();
    else
      stall(x.code);
  };
  by_.create(at_.incarnation(incarnation_), with_.self.name, lifetime::session,
             rounds_.in_this(created));
}

void membership::now_in() {
  step_ = step::in;
  entry_open_ = false;
  entry_written_ = now_;
  log::info("cluster.joined", "node={} number={} incarnation={}",
            with_.self.name, with_.self.number, incarnation_);
  if (!std::exchange(following_, true))
    view_.follow();
  tell_.joined(cluster_, with_.self.number, incarnation_);
}

void membership::set_load(uint32_t sessions) {
  if (std::exchange(with_.self.sessions, sessions) != sessions)
    entry_stale_ = true;
}

void membership::set_stopping(bool is) {
  if (std::exchange(with_.self.stopping, is) == is)
    return;
  entry_stale_ = true;
  write_entry();
}

void membership::write_entry() {
  if (step_ != step::in || entry_open_)
    return;
  auto written = [this](const write_answer& x) {
    entry_open_ = false;
    if (x.code != outcome::ok)
      entry_stale_ = true;
  };
  entry_stale_ = false;
  entry_open_ = true;
  entry_written_ = now_;
  // Only as long as it is this incarnation's.
  by_.commit({operation::check(at_.incarnation(incarnation_)),
              operation::set(at_.node(with_.self.name), encode(with_.self),
                             std::nullopt)},
             rounds_.in_this([written](const commit_answer& x) {
               written({x.code, {}});
             }));
}

void membership::leave(std::function<void(outcome)> done) {
  if (std::exchange(step_, step::over) != step::in)
    return done(outcome::ok);
  rounds_.next();
  by_.commit(
      {operation::remove(at_.node(with_.self.name)),
       operation::remove(at_.incarnation(incarnation_))},
      [done = std::move(done)](const commit_answer& x) { done(x.code); });
}

void membership::node_changed(const living_node& x) {
  if (step_ != step::over && !seen_all_)
    if (auto why = protocol_gap(x.entry, with_.self); !why.empty())
      return refuse(why);
  auto is_other = x.entry.name == with_.self.name && is_in()
                  && x.incarnation > incarnation_;
  if (is_other)
    refuse(fmt::format("node.id: another process at {} took the place of "
                       "\"{}\" with a copy of its data directory",
                       x.entry.listen, x.entry.name));
}

/// Who comes must understand everything. Who is there already goes on with
/// what it knew: one odd entry does not take the whole cluster down.
void membership::view_misread(const std::string& why) {
  if (step_ == step::over)
    return;
  if (!seen_all_)
    return refuse(why);
  log::error("cluster.misread", "node={} reason={}", with_.self.name, why);
}

} // namespace parley::cluster
