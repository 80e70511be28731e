#include "actors/user_push.hpp"

#include "parley/base/names.hpp"

#include <algorithm>

namespace parley {

namespace {

/// Rows past a mark: as much as can come to an inbox within `push.delay`.
constexpr size_t undecided_max = 1u << 16;

constexpr std::string_view new_message = "New message";

/// The name to show of a user; the user's own if the account is not here.
std::string shown_name(const history::store& from, uint32_t partitions,
                       const std::string& user) {
  auto partition = place_of(user, partitions).partition;
  auto row = history::load<history::account_record>(
      from, history::account_key(partition, user));
  return row && *row ? (*row)->display_name : user;
}

} // namespace

result<push_load>
load_user_push(const history::store& from, const place& where,
               const std::vector<history::device_record>& devices) {
  push_load all;
  for (const auto& d : devices)
    all.acked = std::max(all.acked, d.acked);
  auto rows = history::load_push(from, where);
  if (!rows)
    return rows.error();
  all.rows = std::move(*rows);
  if (!all.rows.mark)
    return all;
  auto after = std::max(all.acked, all.rows.mark->decided);
  auto entries = history::read_inbox(from, where, after, undecided_max);
  if (!entries)
    return entries.error();
  all.undecided = std::move(*entries);
  std::erase_if(all.undecided, [](const auto& x) {
    return x.own || x.kind != entry_kind::msg;
  });
  return all;
}

push_text push_text_of(const history::store& from, uint32_t partitions,
                       const push_subject& about, bool with_text) {
  const auto& [conv, what] = about;
  auto found = !what.entries.empty() && what.entries.front().found;
  auto name = std::string{new_message};
  if (found)
    name = shown_name(from, partitions, what.entries.front().from);
  push_text text{name, {}};
  if (valid_group(conv))
    text.title = what.name.empty() ? std::string{new_message} : what.name;
  if (!with_text || !found || what.entries.front().text.empty())
    return text;
  if (valid_group(conv))
    text.body = name + ": ";
  text.body += what.entries.front().text;
  return text;
}

} // namespace parley
