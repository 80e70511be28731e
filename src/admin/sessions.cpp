#include "admin/call.hpp"

#include "parley/actors/ask.hpp"
#include "parley/admin/limits.hpp"
#include "parley/base/names.hpp"
#include "parley/protocol/close_code.hpp"

namespace parley::admin {

namespace {

namespace json = boost::json;

/// A walk over the partitions, one after the other, so that only one of their
/// answers is in memory at a time.
struct listing {
  reply found;
  uint64_t limit = 0;
  size_t next = 0; ///< The partition to ask.
};

json::object shown(const session_row& x) {
  json::object row;
  row["user"] = x.user;
  row["session"] = x.id;
  row["device"] = x.device;
  row["status"] = x.away ? "away" : "online";
  row["since"] = x.since;
  return row;
}

void finish(const call_ptr& on, listing& walk, bool more) {
  walk.found.last["count"] = walk.found.rows.size();
  walk.found.last["more"] = more;
  on->done(std::move(walk.found));
}

/// Takes the rows of one partition.
/// @returns false if the limit cut some off.
bool take(listing& walk, const session_rows& from, const std::string& user) {
  for (const auto& row : from.rows) {
    if (!user.empty() && row.user != user)
      continue;
    if (walk.found.rows.size() == walk.limit)
      return false;
    walk.found.rows.push_back(shown(row));
  }
  return true;
}

void ask_next(const call_ptr& on, const std::shared_ptr<listing>& walk) {
  const auto& node = on->node();
  if (walk->next == node.partitions.size())
    return finish(on, *walk, false);
  auto got = [on, walk](result<session_rows> x) {
    if (!x)
      return on->done(x.error());
    if (!take(*walk, *x, {}))
      return finish(on, *walk, true);
    ask_next(on, walk);
  };
  ask<session_rows>(node, node.partitions[walk->next++], got, get_sessions{});
}

} // namespace

void list_sessions(const call_ptr& on) {
  auto walk = std::make_shared<listing>();
  walk->limit = on->number("limit", sessions_default);
  auto user = on->text("user");
  if (user.empty())
    return ask_next(on, walk);
  auto got = [on, walk, user](result<session_rows> x) {
    if (!x)
      return on->done(x.error());
    finish(on, *walk, !take(*walk, *x, user));
  };
  ask<session_rows>(on->node(), on->node().home(user), got, get_sessions{});
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
