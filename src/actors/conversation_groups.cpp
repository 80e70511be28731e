#include "actors/conversation.hpp"
#include "actors/store_read.hpp"

#include "parley/actors/ask.hpp"
#include "parley/base/limits.hpp"
#include "parley/base/names.hpp"
#include "parley/protocol/json_writer.hpp"

#include <algorithm>
#include <memory>
#include <utility>

namespace parley {

namespace {

caf::error no_such_group() {
  return to_caf(errc::not_found, "no such group");
}

entry group_entry(const std::string& from, const std::string& title) {
  entry x;
  x.kind = entry_kind::group;
  x.from = from;
  x.text = title;
  return x;
}

entry member_entry(const std::string& from, const std::string& user,
                   member_change what, role as = role::member) {
  entry x;
  x.kind = entry_kind::member;
  x.from = from;
  x.text = user;
  x.change = what;
  x.as = as;
  return x;
}

/// The members of a group to be made: the creator first, nobody twice.
std::vector<std::string> everybody(const create_group& x) {
  std::vector<std::string> all{x.by};
  for (const auto& user : x.members)
    if (std::find(all.begin(), all.end(), user) == all.end())
      all.push_back(user);
  return all;
}

bool same_group(const entry& made, const create_group& x) {
  return made.text == x.name && made.members == everybody(x);
}

caf::error another_group() {
  return to_caf(errc::cid_conflict, "the cid made another group");
}

shared_bytes created_fields(const std::string& conv) {
  std::string fields;
  protocol::json_writer{fields}.member("conv", conv);
  return shared_bytes{std::move(fields)};
}

} // namespace

/// Makes entries of changes to the roster, all or none, and answers `promise`
/// once they are durable. What is decided after this goes by the new roster.
caf::result<answer> conversation_state::change(std::vector<entry> entries,
                                               caf::response_promise promise,
                                               std::string fields) {
  if (entries.empty()) {
    promise.deliver(answer{shared_bytes{std::move(fields)}});
    return caf::delegated<answer>{};
  }
  history::batch rows;
  open_commit waiting;
  for (auto& x : entries) {
    x.seq = ++last;
    x.ts = last_ts = next_ts();
    write_entry(rows, x);
    model::apply(record, x);
    waiting.entries.push_back(addressed({x, 0, {}}));
    waiting.roster_changes.push_back(std::move(x));
  }
  write_record(rows);
  open_outbox(rows);
  waiting.promise = std::move(promise);
  waiting.fields = std::move(fields);
  submit(std::move(rows), std::move(waiting));
  return caf::delegated<answer>{};
}

/// Asks each user whether `by` may add them; goes on if all say yes, else
/// answers the first no.
void conversation_state::check_users(const std::string& by,
                                     const std::vector<std::string>& users,
                                     caf::response_promise promise,
                                     std::function<void()> then) {
  struct round {
    size_t left;
    bool failed = false;
    caf::response_promise promise;
    std::function<void()> then;
    open_questions::token asked;
  };
  if (users.empty())
    return then();
  auto all =
      std::make_shared<round>(round{users.size(), false, std::move(promise),
                                    std::move(then), questions.ask()});
  for (const auto& user : users) {
    self->request(node->home(user), ask_timeout, to_user{user}, may_add{by})
        .then(
            [all](const answer&) {
              if (--all->left == 0 && !all->failed)
                all->then();
            },
            [all](const caf::error& why) {
              --all->left;
              if (!std::exchange(all->failed, true))
                all->promise.deliver(to_caf(from_caf(why)));
            });
  }
}

/// The same for a group whose first entry is not committed yet: the answer
/// waits for that.
void conversation_state::answer_with_creation(const create_group& x,
                                              caf::response_promise promise) {
  auto made = std::find_if(open.begin(), open.end(), [](const auto& c) {
    return !c.roster_changes.empty();
  });
  if (made == open.end() || !same_group(made->roster_changes.front(), x))
    return promise.deliver(another_group());
  open_commit waiting;
  waiting.promise = std::move(promise);
  waiting.fields = created_fields(name).view();
  submit({}, std::move(waiting));
}

/// It may have numbers without having been made: all of them are lost.
bool conversation_state::is_made() const {
  return last > 0 && !record.created_by.empty();
}

/// The group exists: that is fine for a repeat of what made it, however late.
void conversation_state::answer_creation(const create_group& x,
                                         caf::response_promise promise) {
  if (x.cid.empty() || record.created_by != x.by || record.created_cid != x.cid)
    return promise.deliver(to_caf(errc::conflict, "the group exists"));
  if (committed == 0)
    return answer_with_creation(x, std::move(promise));
  using entries = std::vector<entry>;
  read_store<entries>(
      self, *node, meanwhile::goes_on,
      [at = where, upto = committed](const history::store& from) {
        return history::read_entries(from, at, 0, upto, 2);
      },
      [this, x, promise](result<entries> first) mutable {
        if (!first)
          return promise.deliver(to_caf(first.error()));
        // What was lost before it was made stands first.
        auto made = std::find_if(first->begin(), first->end(), [](auto& e) {
          return e.kind != entry_kind::lost;
        });
        if (made == first->end())
          return answer_with_creation(x, std::move(promise));
        if (!same_group(*made, x))
          return promise.deliver(another_group());
        promise.deliver(answer{created_fields(name)});
      });
}

caf::result<answer> conversation_state::on_create(const create_group& x) {
  if (!is_group)
    return no_such_group();
  auto members_now = everybody(x);
  if (!is_made() && members_now.size() > limits::group_members_max)
    return to_caf(errc::group_full, "a group has at most 100 members");
  auto promise = self->make_response_promise();
  if (is_made()) {
    answer_creation(x, std::move(promise));
    return caf::delegated<answer>{};
  }
  auto others = members_now;
  others.erase(others.begin());
  check_users(x.by, others, promise, [this, x, members_now, promise]() mutable {
    if (is_made())
      return answer_creation(x, std::move(promise));
    skip_lost();
    record.created_by = x.by;
    record.created_cid = x.cid;
    auto made = group_entry(x.by, x.name);
    made.cid = x.cid;
    made.members = std::move(members_now);
    change({std::move(made)}, std::move(promise),
           std::string{created_fields(name).view()});
  });
  return caf::delegated<answer>{};
}

caf::result<answer> conversation_state::on_rename(const rename_group& x) {
  if (!is_group)
    return no_such_group();
  if (auto ok = model::may_rename(record, x.by); !ok)
    return to_caf(ok.error());
  auto changes = std::vector<entry>{};
  if (x.name != record.name)
    changes.push_back(group_entry(x.by, x.name));
  return change(std::move(changes), self->make_response_promise());
}

caf::result<answer> conversation_state::on_delete(const delete_group& x) {
  if (!is_group)
    return no_such_group();
  if (auto ok = model::may_delete_group(record, x.by); !ok)
    return to_caf(ok.error());
  auto gone = group_entry(x.by, record.name);
  gone.gone = true;
  for (const auto& m : record.members)
    gone.members.push_back(m.user);
  return change({std::move(gone)}, self->make_response_promise());
}

caf::result<answer> conversation_state::on_add(const add_members& x) {
  if (!is_group)
    return no_such_group();
  auto fresh = model::may_add_members(record, x.by, x.users);
  if (!fresh)
    return to_caf(fresh.error());
  auto promise = self->make_response_promise();
  check_users(x.by, *fresh, promise, [this, x, promise]() mutable {
    // The roster may have changed while the users were asked.
    auto still = model::may_add_members(record, x.by, x.users);
    if (!still)
      return promise.deliver(to_caf(still.error()));
    auto changes = std::vector<entry>{};
    for (const auto& user : *still)
      changes.push_back(member_entry(x.by, user, member_change::added));
    change(std::move(changes), std::move(promise));
  });
  return caf::delegated<answer>{};
}

caf::result<answer> conversation_state::on_set_role(const set_role& x) {
  if (!is_group)
    return no_such_group();
  if (auto ok = model::may_set_role(record, x.by, x.user, x.as); !ok)
    return to_caf(ok.error());
  auto changes = std::vector<entry>{};
  if (model::find_member(record, x.user)->as != x.as)
    changes.push_back(member_entry(x.by, x.user, member_change::role, x.as));
  return change(std::move(changes), self->make_response_promise());
}

caf::result<answer> conversation_state::on_remove(const remove_member& x) {
  if (!is_group)
    return no_such_group();
  if (auto ok = model::may_remove(record, x.by, x.user); !ok)
    return to_caf(ok.error());
  auto how = x.by == x.user ? member_change::left : member_change::removed;
  return change({member_entry(x.by, x.user, how)},
                self->make_response_promise());
}

/// One of the two blocks the other, or no more. Answered when it holds.
caf::result<answer> conversation_state::on_set_closed(const set_closed& x) {
  if (!direct_peer(name, x.by))
    return to_caf(errc::not_found, "no such conversation");
  auto was = std::find_if(record.closed.begin(), record.closed.end(),
                          [&](const auto& c) { return c.by == x.by; });
  if (was == record.closed.end())
    was = record.closed.insert(was, {x.by, 0, false});
  if (x.version <= was->version)
    return answer{};
  was->version = x.version;
  was->on = x.on;
  history::batch rows;
  rows.put(history::family::state,
           history::state_key(history::record::conversation, where),
           history::encode(record));
  open_commit waiting;
  waiting.promise = self->make_response_promise();
  submit(std::move(rows), std::move(waiting));
  return caf::delegated<answer>{};
}

} // namespace parley
