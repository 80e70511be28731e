#include "support/history_checker.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <unordered_map>
#include <unordered_set>

namespace parley::test {

namespace {

/// A key of several strings. The separator stands in no name of the contract.
std::string key(std::initializer_list<std::string_view> parts) {
  std::string result;
  for (auto part : parts)
    result.append(part).push_back('\n');
  return result;
}

using roster = std::set<std::string>;

/// The roster of a direct conversation stands in its name.
roster named_members(const std::string& conv) {
  if (!conv.starts_with("dm:"))
    return {};
  const auto colon = conv.find(':', 3);
  return {conv.substr(3, colon - 3), conv.substr(colon + 1)};
}

/// What the history says of one conversation: each entry, and who was to get
/// it.
class conversation {
public:
  conversation() = default;

  explicit conversation(const reading& source) {
    rosters_.push_back(named_members(source.conv));
    for (const auto& entry : source.entries) {
      // Everyone hears of the end of a group; afterwards nobody is left.
      const bool ends = entry.kind == "group" && entry.deleted;
      if (!ends)
        apply(entry);
      entries_.emplace(entry.seq, placed{entry, rosters_.size() - 1});
      if (ends)
        rosters_.emplace_back();
      bodies(entry);
    }
  }

  const history_entry* find(int64_t seq) const {
    const auto found = entries_.find(seq);
    return found == entries_.end() ? nullptr : &found->second.entry;
  }

  /// Whether the user must get the entry, and may.
  bool addressed(const std::string& user, int64_t seq) const {
    const auto found = entries_.find(seq);
    return found != entries_.end()
           && (rosters_[found->second.roster].contains(user)
               || found->second.entry.user == user);
  }

  /// Whether the message at `seq` ever had this body.
  bool had_body(int64_t seq, const std::string& body) const {
    const auto found = bodies_.find(seq);
    return found != bodies_.end() && found->second.contains(body);
  }

  void add_body(int64_t seq, const std::string& body) {
    bodies_[seq].insert(body);
  }

  template <class Visitor>
  void each_entry(Visitor visit) const {
    for (const auto& [seq, place] : entries_)
      visit(place.entry);
  }

private:
  struct placed {
    history_entry entry;
    size_t roster; ///< Index in `rosters_`.
  };

  void apply(const history_entry& entry) {
    auto next = rosters_.back();
    if (entry.kind == "group" && !entry.members.empty()) {
      next.insert(entry.members.begin(), entry.members.end());
      next.insert(entry.from);
    } else if (entry.kind == "member" && entry.change == "added") {
      next.insert(entry.user);
    } else if (entry.change == "removed" || entry.change == "left") {
      next.erase(entry.user);
    } else {
      return;
    }
    rosters_.push_back(std::move(next));
  }

  void bodies(const history_entry& entry) {
    if (!entry.body)
      return;
    bodies_[entry.seq].insert(*entry.body);
    if (entry.kind == "edited")
      bodies_[entry.ref].insert(*entry.body);
  }

  std::map<int64_t, placed> entries_;
  std::vector<roster> rosters_;
  std::unordered_map<int64_t, std::unordered_set<std::string>> bodies_;
};

class checker {
public:
  explicit checker(const client_records& records) : records_(records) {}

  std::vector<anomaly> run() {
    take_histories();
    check_gaps();
    check_cids();
    check_sent_bodies();
    check_readings();
    check_acks();
    check_deliveries();
    check_completeness();
    return std::move(found_);
  }

private:
  void report(anomaly_kind kind, const std::string& conv, int64_t seq,
              std::string detail) {
    found_.push_back({kind, conv, seq, std::move(detail)});
  }

  const conversation& about(const std::string& conv) const {
    static const conversation unknown;
    const auto found = conversations_.find(conv);
    return found == conversations_.end() ? unknown : found->second;
  }

  /// The longest reading of a conversation stands for it: a former member
  /// reads less.
  void take_histories() {
    std::map<std::string, const reading*> longest;
    for (const auto& each : records_.histories) {
      auto& best = longest[each.conv];
      if (!best || best->entries.size() < each.entries.size())
        best = &each;
    }
    for (const auto& [conv, best] : longest)
      conversations_.emplace(conv, conversation(*best));
  }

  void check_gaps() {
    for (const auto& each : records_.histories) {
      int64_t expected = 1;
      for (const auto& entry : each.entries) {
        if (entry.seq != expected)
          report(anomaly_kind::gap, each.conv, expected,
                 each.reader + " reads seq " + std::to_string(entry.seq)
                     + " in its place");
        expected = entry.seq + 1;
      }
    }
  }

  void check_cids() {
    for (const auto& [conv, about] : conversations_) {
      about.each_entry([&, &name = conv](const history_entry& entry) {
        if (entry.cid.empty())
          return;
        const auto [place, is_new] =
            seq_of_cid_.emplace(key({name, entry.from, entry.cid}), entry.seq);
        if (!is_new)
          report(anomaly_kind::doubled, name, entry.seq,
                 "cid " + entry.cid + " of " + entry.from + " stands at seq "
                     + std::to_string(place->second) + " too");
      });
    }
  }

  /// What stands in the history is what was sent, unless it was edited.
  void check_sent_bodies() {
    for (const auto& sent : records_.sent) {
      const auto place =
          seq_of_cid_.find(key({sent.conv, sent.user, sent.cid}));
      if (place == seq_of_cid_.end())
        continue;
      auto& conv = conversations_.at(sent.conv);
      const auto* entry = conv.find(place->second);
      if (entry->edited || entry->deleted)
        conv.add_body(entry->seq, sent.body);
      else if (entry->body != sent.body)
        report(anomaly_kind::inconsistent, sent.conv, entry->seq,
               "the body is not what " + sent.user + " sent as " + sent.cid);
    }
  }

  void compare(const std::string& conv, const history_entry& seen,
               const std::string& who) {
    const auto& reference = about(conv);
    const auto* entry = reference.find(seen.seq);
    const bool same = seen.kind == entry->kind && seen.from == entry->from
                      && seen.cid == entry->cid && seen.user == entry->user
                      && seen.ref == entry->ref;
    const bool known_body =
        !seen.body || reference.had_body(seen.seq, *seen.body);
    if (!same || !known_body)
      report(anomaly_kind::inconsistent, conv, seen.seq,
             who + " has something else at this seq");
  }

  void check_readings() {
    for (const auto& each : records_.histories)
      for (const auto& entry : each.entries)
        if (about(each.conv).find(entry.seq))
          compare(each.conv, entry, "the history of " + each.reader);
  }

  void check_acks() {
    for (const auto& ack : records_.acks) {
      const auto place = seq_of_cid_.find(key({ack.conv, ack.user, ack.cid}));
      if (place == seq_of_cid_.end())
        report(anomaly_kind::lost, ack.conv, ack.seq,
               "cid " + ack.cid + " of " + ack.user);
      else if (place->second != ack.seq)
        report(anomaly_kind::doubled, ack.conv, ack.seq,
               "cid " + ack.cid + " of " + ack.user + " stands at seq "
                   + std::to_string(place->second));
      seen_.insert(seen_key(ack.user, ack.device, ack.conv, ack.seq));
    }
  }

  void check_deliveries() {
    for (const auto& each : records_.deliveries) {
      const auto who = each.user + " on " + each.device;
      check_useq(each, who);
      const auto seq = each.entry.seq;
      if (!about(each.conv).find(seq)) {
        report(anomaly_kind::phantom, each.conv, seq, "delivered to " + who);
        continue;
      }
      if (!about(each.conv).addressed(each.user, seq))
        report(anomaly_kind::leaked, each.conv, seq, "delivered to " + who);
      compare(each.conv, each.entry, who);
      check_order(each, who);
    }
  }

  void check_useq(const delivery& each, const std::string& who) {
    const auto place = key({each.conv, std::to_string(each.entry.seq)});
    const auto [known, is_new] = place_of_useq_.emplace(
        key({each.user, std::to_string(each.useq)}), place);
    if (!is_new && known->second != place)
      report(anomaly_kind::repeated_useq, each.conv, each.entry.seq,
             "useq " + std::to_string(each.useq) + " of " + each.user
                 + " was given out before");
    auto& last = last_useq_[key(
        {each.user, each.device, std::to_string(each.connection)})];
    if (each.useq <= last)
      report(anomaly_kind::reordered, each.conv, each.entry.seq,
             "useq " + std::to_string(each.useq) + " came after "
                 + std::to_string(last) + " to " + who);
    last = std::max(last, each.useq);
  }

  /// Clients drop what they know, be it by an event or by an ack, which may
  /// come before events of lower seq.
  void check_order(const delivery& each, const std::string& who) {
    const auto seq = each.entry.seq;
    if (!seen_.insert(seen_key(each.user, each.device, each.conv, seq)).second)
      return;
    auto& last = last_seq_[key({each.user, each.device, each.conv})];
    if (seq < last)
      report(anomaly_kind::reordered, each.conv, seq,
             "came after seq " + std::to_string(last) + " to " + who);
    last = std::max(last, seq);
  }

  void check_completeness() {
    for (const auto& [user, device] : records_.complete_devices)
      for (const auto& [conv, about] : conversations_)
        about.each_entry([&, &user = user, &device = device, &conv = conv,
                          &about = about](const history_entry& entry) {
          if (entry.kind != "lost" && about.addressed(user, entry.seq)
              && !seen_.contains(seen_key(user, device, conv, entry.seq)))
            report(anomaly_kind::missed, conv, entry.seq,
                   entry.kind + " never came to " + user + " on " + device);
        });
  }

  static std::string seen_key(const std::string& user,
                              const std::string& device,
                              const std::string& conv, int64_t seq) {
    return key({user, device, conv, std::to_string(seq)});
  }

  const client_records& records_;
  std::vector<anomaly> found_;
  std::map<std::string, conversation> conversations_;
  std::unordered_map<std::string, int64_t> seq_of_cid_;
  std::unordered_set<std::string> seen_; ///< Delivered or acknowledged.
  std::unordered_map<std::string, std::string> place_of_useq_;
  std::unordered_map<std::string, int64_t> last_useq_;
  std::unordered_map<std::string, int64_t> last_seq_;
};

constexpr std::array kind_names{"lost",          "gap",     "inconsistent",
                                "doubled",       "missed",  "reordered",
                                "repeated_useq", "phantom", "leaked"};

} // namespace

std::string to_string(const anomaly& x) {
  return std::string(kind_names.at(static_cast<size_t>(x.kind))) + ": " + x.conv
         + " seq " + std::to_string(x.seq) + ": " + x.detail;
}

std::string to_string(const std::vector<anomaly>& all) {
  constexpr size_t shown_max = 20;
  std::string result;
  for (size_t i = 0; i < std::min(all.size(), shown_max); ++i)
    result += to_string(all[i]) + "\n";
  if (all.size() > shown_max)
    result += "and " + std::to_string(all.size() - shown_max) + " more\n";
  return result;
}

std::vector<int64_t> addressed_to(const reading& all, const std::string& user) {
  const conversation about(all);
  std::vector<int64_t> result;
  about.each_entry([&](const history_entry& entry) {
    if (entry.kind != "lost" && about.addressed(user, entry.seq))
      result.push_back(entry.seq);
  });
  return result;
}

std::vector<anomaly> check(const client_records& records) {
  return checker(records).run();
}

} // namespace parley::test
