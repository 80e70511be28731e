#include "actors/device.hpp"
#include "actors/node.hpp"
#include "actors/stored.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <list>
#include <optional>
#include <random>
#include <string>
#include <vector>

using namespace parley;
using namespace parley::test;
using std::chrono::seconds;

namespace {

constexpr uint64_t seeds = 150;
constexpr int rounds = 120;

const std::vector<std::string> users{"ann", "ben", "cyd", "dan"};
const std::vector<std::string> groups{group_id(1), group_id(2)};

config::settings settings_for(uint64_t seed) {
  auto with = calm_settings();
  with.actors.passivate_after = seconds{1 + static_cast<int64_t>(seed % 4)};
  return with;
}

/// A few users with two devices each, who do by chance whatever a client can
/// do, on a node whose actors run in an order of chance, rest, and crash. At
/// the end all of it has to be as the contract says.
class world {
public:
  explicit world(uint64_t seed, size_t members = 1)
      : random_(seed), n_(settings_for(seed), seed, members) {
    n_.run();
    n_.register_users(users);
    n_.set_cold([this](auto) { return pick(5) == 0; });
    for (const auto& user : users)
      for (const auto* name : {"phone", "laptop"}) {
        devices_.emplace_back(user, name, records_);
        if (members > 1)
          devices_.back().may_be_sent_away();
        connect(devices_.back(), 0);
      }
    n_.run();
    n_.done(n_.create_group("ann", groups[0], {"ben", "cyd"}));
  }

  void live() {
    for (int round = 0; round < rounds; ++round) {
      act();
      if (n_.members() > 1)
        move_leaders();
      for (auto steps = pick(4) == 0 ? pick(300) : pick(40); steps > 0; --steps)
        n_.step_by_chance();
      any_device().look();
    }
  }

  /// What contradicts an invariant, as text; empty if nothing does.
  std::string verdict() {
    come_to_rest();
    std::string all;
    for (auto& x : devices_) {
      for (const auto& what : x.surprises())
        all += x.user() + " on " + x.name() + ": " + what + "\n";
      if (!x.is_settled())
        all += x.user() + " on " + x.name() + " waits for an answer\n";
      // The ack of an edit stands for its event, and is not recorded.
      if (!x.has_acted())
        records_.complete_devices.push_back({x.user(), x.name()});
    }
    for (const auto& user : users) {
      auto reader = n_.connect(user, "reader");
      for (const auto& conv : conversations())
        if (auto read = read_history(*reader, conv))
          records_.histories.push_back(std::move(*read));
      all += verdict_on_list(*reader);
      reader->hang_up();
    }
    return all + to_string(check(records_)) + verdict_on_rest();
  }

  size_t crashes() const { return crashes_; }
  size_t moves() const { return moves_; }
  size_t refused_commits() const { return n_.refused_commits(); }
  size_t rests() const { return rests_; }
  size_t deliveries() const { return records_.deliveries.size(); }

private:
  size_t pick(size_t below) {
    return std::uniform_int_distribution<size_t>{0, below - 1}(random_);
  }

  const std::string& any(const std::vector<std::string>& of) {
    return of[pick(of.size())];
  }

  /// To any of the nodes, if there are several.
  void connect(device& x, std::optional<int64_t> since) {
    if (n_.members() > 1)
      n_.enter(pick(n_.members()));
    x.connect(n_, since);
  }

  void connect(device& x) { connect(x, x.newest()); }

  /// Partitions get other leaders, or none; each node learns of it at a time of
  /// its own, or never, before it is over.
  void move_leaders() {
    n_.enter(pick(n_.members()));
    if (pick(6) == 0) {
      ++moves_;
      const auto which = pick(n_.partitions());
      if (pick(3) == 0)
        n_.lead(which, std::nullopt);
      else
        n_.lead(which, pick(n_.members()));
    }
    for (auto news = pick(8); news > 0; --news)
      n_.notify(pick(n_.members()), pick(n_.partitions()));
  }

  /// Everybody leads something in the end, and all know it.
  void settle_leaders() {
    for (size_t i = 0; i < n_.partitions(); ++i)
      if (!n_.leader_of(i))
        n_.lead(i, pick(n_.members()));
    n_.notify_all();
    n_.run();
  }

  device& any_device() {
    return *std::next(devices_.begin(), static_cast<long>(pick(8)));
  }

  static std::vector<std::string> conversations() {
    std::vector<std::string> all = groups;
    for (auto a = users.begin(); a != users.end(); ++a)
      for (auto b = a; b != users.end(); ++b)
        all.push_back("dm:" + *a + ':' + *b);
    return all;
  }

  /// A group, in which the user may not be, or one of their own.
  std::string any_conversation(const std::string& user) {
    if (pick(2) == 0)
      return any(groups);
    const auto& other = any(users);
    return "dm:" + std::min(user, other) + ':' + std::max(user, other);
  }

  void act() {
    auto& by = any_device();
    const auto dice = pick(100);
    if (dice < 45)
      by.post(any_conversation(by.user()), "text");
    else if (dice < 53)
      change_message(by);
    else if (dice < 66)
      change_group(any(users));
    else if (dice < 75)
      reconnect(by);
    else if (dice < 80)
      by.set_lazy(pick(2) == 0);
    else if (dice < 81)
      burst(by);
    else if (dice < 86)
      say_something(by);
    else if (dice < 97)
      beat();
    else
      crash();
  }

  void change_message(device& by) {
    if (by.name() != "laptop")
      return;
    const auto conv = any_conversation(by.user());
    const auto last = stored_last(n_, conv);
    json::object what{{"conv", conv}, {"seq", 1 + pick(last + 2)}};
    switch (pick(3)) {
      case 0:
        by.act(with(what, {{"t", "edit"}, {"body", "better text"}}));
        break;
      case 1:
        by.act(with(what, {{"t", "delete"}}));
        break;
      default:
        by.act(
            with(what, {{"t", "react"}, {"emoji", "+"}, {"on", pick(2) == 0}}));
    }
  }

  /// Whoever may not do it is refused; what a crash takes away is not tried
  /// again.
  void change_group(const std::string& by) {
    const auto& group = any(groups);
    switch (pick(8)) {
      case 0:
        n_.create_group(by, group, {any(users), any(users)}, "cid");
        break;
      case 1:
      case 2:
        n_.add_members(by, group, {any(users), any(users)});
        break;
      case 3:
        n_.remove_member(by, group, any(users));
        break;
      case 4:
        n_.remove_member(by, group, by);
        break;
      case 5:
      case 6:
        n_.set_role(by, group, any(users), pick(3) == 0 ? "admin" : "owner");
        break;
      default:
        n_.rename_group(by, group, "name " + std::to_string(pick(100)));
    }
  }

  /// Now or later; from the newest that it saw, from before, or from where it
  /// acknowledged last.
  void reconnect(device& x) {
    if (pick(3) == 0)
      return x.hang_up();
    std::optional<int64_t> since = x.newest();
    if (pick(4) == 0 && !x.seen().empty())
      since = x.seen()[pick(x.seen().size())];
    if (pick(4) == 0)
      since = std::nullopt;
    connect(x, since);
  }

  /// More than a window holds.
  void burst(device& by) {
    const auto conv = any_conversation(by.user());
    for (int i = 0; i < 300; ++i)
      by.post(conv, "burst");
  }

  void say_something(device& by) {
    if (!by.is_connected())
      return;
    const auto conv = any_conversation(by.user());
    switch (pick(4)) {
      case 0:
        return by.say({{"t", "typing"}, {"conv", conv}});
      case 1:
        return by.say(
            {{"t", "status"}, {"status", pick(2) == 0 ? "away" : "online"}});
      default:
        return by.say({{"t", "read"}, {"conv", conv}, {"seq", 1 + pick(50)}});
    }
  }

  /// Some seconds pass, in which those who are done may be let go.
  void beat() {
    const auto before = node::active();
    for (auto left = 1 + pick(6); left > 0; --left) {
      n_.beat();
      for (auto steps = pick(80); steps > 0; --steps)
        n_.step_by_chance();
    }
    rests_ += node::active().users < before.users;
  }

  /// Clients see what had been sent to them, and find out at some time.
  void crash() {
    ++crashes_;
    for (auto& x : devices_)
      if (pick(2) == 0)
        x.look();
    n_.restart();
    for (auto& x : devices_)
      if (pick(3) > 0)
        connect(x);
  }

  /// Nothing that was sent waits for an answer.
  bool is_settled() const {
    return std::all_of(devices_.begin(), devices_.end(),
                       [](const auto& x) { return x.is_settled(); });
  }

  /// Everyone connects and reads to the end. Who reconnected in haste may find
  /// that the session before came to the node later, and took its place.
  void come_to_rest() {
    if (n_.members() > 1)
      settle_leaders();
    auto left = 20;
    for (size_t before = SIZE_MAX; before != records_.deliveries.size()
                                   || (!is_settled() && --left > 0);) {
      before = records_.deliveries.size();
      for (auto& x : devices_) {
        x.set_lazy(false);
        if (!x.is_connected())
          connect(x);
      }
      for (int i = 0; i < 2; ++i) {
        n_.advance(seconds{10});
        for (auto& x : devices_)
          x.look();
      }
    }
  }

  /// The list of a user's conversations says of direct ones what their history
  /// says.
  std::string verdict_on_list(client& reader) {
    std::string all;
    const auto list = reader.request({{"t", "conversations"}, {"limit", 200}});
    for (const auto& x : objects_of(list, "items")) {
      const auto conv = text_of(x, "conv");
      if (!conv.starts_with("dm:"))
        continue;
      const auto entries = stored_entries(n_, conv);
      const auto read = static_cast<uint64_t>(number_of(x, "read_seq"));
      const auto unread =
          std::count_if(entries.begin(), entries.end(), [&](const auto& e) {
            return e.kind == entry_kind::msg && e.from != reader.user()
                   && e.seq > read;
          });
      if (number_of(x, "unread") != unread
          || number_of(x, "last_seq") != static_cast<int64_t>(entries.size()))
        all += reader.user() + "'s list is wrong: " + json::serialize(x) + "\n";
    }
    return all;
  }

  /// Nothing is open in the end, nobody is kept awake.
  std::string verdict_on_rest() {
    for (auto& x : devices_)
      x.hang_up();
    n_.advance(seconds{30});
    const auto left = node::active();
    const auto outboxes =
        stored_rows<history::outbox_record>(n_, history::record::outbox);
    if (left.users + left.conversations + left.presences == 0 && outboxes == 0)
      return {};
    return std::to_string(left.users) + " users, "
           + std::to_string(left.conversations) + " conversations, "
           + std::to_string(left.presences) + " presences and "
           + std::to_string(outboxes) + " outbox rows are left\n";
  }

  std::mt19937_64 random_;
  node n_;
  client_records records_;
  std::list<device> devices_;
  size_t crashes_ = 0;
  size_t moves_ = 0;
  size_t rests_ = 0;
};

/// The seeds to run: PARLEY_SEED replays one; PARLEY_SEEDS runs as many as one
/// likes.
struct seed_range {
  const char* only = std::getenv("PARLEY_SEED");
  const char* many = std::getenv("PARLEY_SEEDS");
  uint64_t first = only ? std::stoull(only) : 1;
  uint64_t count = only ? 1 : many ? std::stoull(many) : seeds;
};

} // namespace

TEST_CASE("whatever happens in whatever order, with crashes at any step: "
          "nothing acknowledged is lost, doubled, reordered or told to the "
          "wrong one (I1, I2, I3, I4, I5, I7)") {
  const auto [only, many, first, count] = seed_range{};
  size_t crashes = 0;
  size_t rests = 0;
  size_t deliveries = 0;
  for (auto seed = first; seed < first + count; ++seed) {
    CAPTURE(seed);
    world x{seed};
    x.live();
    REQUIRE(x.verdict() == "");
    crashes += x.crashes();
    rests += x.rests();
    deliveries += x.deliveries();
  }
  if (only)
    return;
  // It was not a quiet world.
  CHECK(crashes > 2 * count);
  CHECK(rests > count);
  CHECK(deliveries > 100 * count);
}

TEST_CASE("the same on three nodes whose leaders change at any step "
          "(I1, I2, I3, I4, I5, I6, I7)") {
  const auto [only, many, first, count] = seed_range{};
  size_t moves = 0;
  size_t refused = 0;
  size_t deliveries = 0;
  for (auto seed = first; seed < first + count; ++seed) {
    CAPTURE(seed);
    world x{seed, 3};
    x.live();
    REQUIRE(x.verdict() == "");
    moves += x.moves();
    refused += x.refused_commits();
    deliveries += x.deliveries();
  }
  if (only)
    return;
  CHECK(moves > 10 * count);
  CHECK(refused > count);
  CHECK(deliveries > 100 * count);
}
