#include "admin/call.hpp"

#include "parley/actors/ask.hpp"
#include "parley/actors/directory.hpp"
#include "parley/admin/limits.hpp"
#include "parley/base/names.hpp"
#include "parley/cluster/member.hpp"
#include "parley/protocol/close_code.hpp"

#include <map>
#include <set>

namespace parley::admin {

namespace {

namespace json = boost::json;

/// Who leads what, and what the nodes are called.
struct whereabouts {
  leaders all;
  std::map<caf::node_id, std::string> names;
};

/// A walk over the partitions, one after the other, so that only one of their
/// answers is in memory at a time. Each is asked of its leader, which knows the
/// sessions of its users at all nodes.
struct listing {
  whereabouts at;
  std::vector<const leaders::node*> led_by; ///< By partition; null: nobody.
  std::set<caf::node_id> silent;            ///< Not to be waited for again.
  reply found;
  uint64_t limit = 0;
  size_t next = 0;       ///< The partition to ask.
  bool answered = false; ///< By anybody.
  bool partial = false;
};

using listing_ptr = std::shared_ptr<listing>;

json::object shown(const session_row& x, const whereabouts& at) {
  json::object row;
  row["user"] = x.user;
  row["session"] = x.id;
  row["device"] = x.device;
  row["status"] = x.away ? "away" : "online";
  row["since"] = x.since;
  auto name = at.names.find(x.at);
  row["node"] = name != at.names.end() ? name->second : "";
  return row;
}

void finish(const call_ptr& on, listing& walk, bool more) {
  walk.found.last["count"] = walk.found.rows.size();
  walk.found.last["more"] = more;
  if (walk.partial)
    walk.found.last["partial"] = true;
  on->done(std::move(walk.found));
}

/// Takes the rows of one partition.
/// @returns false if the limit cut some off.
bool take(listing& walk, const session_rows& from) {
  for (const auto& row : from.rows) {
    if (walk.found.rows.size() == walk.limit)
      return false;
    walk.found.rows.push_back(shown(row, walk.at));
  }
  return true;
}

void ask_next(const call_ptr& on, const listing_ptr& walk) {
  auto can_answer = [&](const leaders::node* x) {
    return x != nullptr && !walk->silent.contains(x->where);
  };
  while (walk->next < walk->led_by.size()
         && !can_answer(walk->led_by[walk->next])) {
    walk->partial = true;
    ++walk->next;
  }
  if (walk->next == walk->led_by.size() && !walk->answered)
    return on->done(error{errc::unavailable, "nobody answers; try again"});
  if (walk->next == walk->led_by.size())
    return finish(on, *walk, false);
  const auto* leader = walk->led_by[walk->next];
  auto got = [on, walk, leader](const result<session_rows>& x) {
    if (!x) {
      walk->partial = true;
      walk->silent.insert(leader->where);
    } else {
      walk->answered = true;
      if (!take(*walk, *x))
        return finish(on, *walk, true);
    }
    ask_next(on, walk);
  };
  ask<session_rows>(on->node(), leader->partitions[walk->next++], got,
                    get_sessions{});
}

void list_all(const call_ptr& on, const listing_ptr& walk) {
  walk->led_by.resize(on->node().partitions.size());
  for (const auto& node : walk->at.all.nodes)
    for (auto partition : node.leads)
      walk->led_by[partition] = &node;
  ask_next(on, walk);
}

/// Whoever leads the user's partition is found as by any other message for it.
void list_one(const call_ptr& on, const listing_ptr& walk) {
  auto got = [on, walk](const result<session_rows>& x) {
    if (!x)
      return on->done(x.error());
    finish(on, *walk, !take(*walk, *x));
  };
  ask_user<session_rows>(on->node(), on->text("user"), got, get_sessions{});
}

/// Finds out what all nodes are called, by the numbers that their links know.
void name_nodes(const call_ptr& on, const listing_ptr& walk,
                std::function<void()> then) {
  auto& at = walk->at;
  auto* member = on->with.member;
  if (member == nullptr) {
    for (const auto& node : at.all.nodes)
      at.names[node.where] = on->node().settings.node.id;
    return then();
  }
  member->look(
      [walk, then = std::move(then)](const cluster::cluster_picture& picture) {
        for (const auto& [name, row] : picture.members.rows)
          for (const auto& node : walk->at.all.nodes)
            if (node.number == row.number)
              walk->at.names[node.where] = name;
        then();
      });
}

} // namespace

void list_sessions(const call_ptr& on) {
  auto walk = std::make_shared<listing>();
  walk->limit = on->number("limit", sessions_default);
  auto list = on->text("user").empty() ? list_all : list_one;
  ask_leaders(on->node(), [on, walk, list](result<leaders> found) {
    if (!found)
      return on->done(found.error());
    walk->at.all = std::move(*found);
    name_nodes(on, walk, [on, walk, list] { list(on, walk); });
  });
}

void kick_sessions(const call_ptr& on) {
  auto user = on->text("user");
  end_sessions what;
  what.id = on->text("session");
  what.device = on->text("device");
  what.code = static_cast<uint16_t>(protocol::close_code::ended);
  auto got = [on](result<answer> x) {
    auto ended = x ? parse_fields(*x) : x.error();
    if (!ended)
      return on->done(ended.error());
    const auto* count = ended->if_contains("ended");
    if (count == nullptr || *count == 0)
      return on->refuse(errc::not_found, "there is no such session");
    on->done(reply{{}, std::move(*ended), {}});
  };
  ask_user<answer>(on->node(), user, got, std::move(what));
}

} // namespace parley::admin
