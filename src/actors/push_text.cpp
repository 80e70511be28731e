#include "actors/user_push.hpp"

#include "parley/base/limits.hpp"
#include "parley/base/names.hpp"
#include "parley/protocol/text.hpp"

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

std::string shown_group(const history::store& from, const place& where) {
  auto row = history::load<history::conversation_record>(
      from, history::state_key(history::record::conversation, where));
  return row && *row && !(*row)->name.empty() ? (*row)->name
                                              : std::string{new_message};
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

push_text read_push_text(const history::store& from, uint32_t partitions,
                         const push_subject& what, bool with_text) {
  auto where = place_of(what.conv, partitions);
  auto found = history::read_item(from, where, what.seq, what.visible);
  auto sender = found ? found->what.from : std::string{};
  auto name = sender.empty() ? std::string{new_message}
                             : shown_name(from, partitions, sender);
  auto in_group = valid_group(what.conv);
  push_text text{in_group ? shown_group(from, where) : name, {}};
  if (!with_text || !found || found->what.body.empty())
    return text;
  if (in_group)
    text.body = name + ": ";
  text.body += protocol::first_chars(found->what.body, limits::preview_chars);
  return text;
}

} // namespace parley
