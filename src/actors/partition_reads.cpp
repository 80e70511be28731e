#include "actors/partition.hpp"
#include "actors/show.hpp"

#include "parley/actors/errors.hpp"
#include "parley/actors/readers.hpp"
#include "parley/history/reader.hpp"

#include <utility>

/// What a partition answers from its store, without waking anyone.
namespace parley {

namespace {

caf::message read_unread(const history::store& from, const place& where,
                         const count_unread& what) {
  auto count =
      history::count_unread(from, where, what.user, what.after, what.until);
  return count ? caf::make_message(unread_count{*count})
               : caf::make_message(to_caf(count.error()));
}

caf::message read_shown_message(const history::store& from,
                                const node_context& node,
                                const std::string& conv, const show& what) {
  auto all = read_shown(from, node.where(conv), conv, what);
  if (all)
    return caf::make_message(std::move(*all));
  wake_if_behind(node, conv, all.error());
  return caf::make_message(to_caf(all.error()));
}

/// The question that a message is, for a reader; none if it is something else.
std::optional<read_job> job_of(const parcel& x, const context_ptr& node) {
  if (x.content.match_element<show>(1))
    return read_job{[node, conv = x.name, what = x.content.get_as<show>(1)](
                        const history::store& from) {
      return read_shown_message(from, *node, conv, what);
    }};
  if (x.content.match_element<count_unread>(1))
    return read_job{
        [where = node->where(x.name),
         what = x.content.get_as<count_unread>(1)](const history::store& from) {
          return read_unread(from, where, what);
        }};
  return std::nullopt;
}

} // namespace

/// @returns false if it is for the conversation.
bool partition_state::take_read(parcel& x) {
  auto job = job_of(x, node);
  if (!job)
    return false;
  if (auto reader = pick_reader(*node))
    reader->enqueue(caf::make_mailbox_element(std::move(x.sender), x.id, {},
                                              std::move(*job)),
                    self->context());
  else
    answer_with(x, caf::make_message(to_caf(
                       {errc::unavailable, "too many reads wait", 1000})));
  return true;
}

/// Of whatever this node's store has of them, led here or not.
caf::result<accounts_found> partition_state::on_find(const find_accounts& x) {
  auto reader = pick_reader(*node);
  if (!reader)
    return to_caf({errc::unavailable, "too many reads wait", 1000});
  self->delegate(
      reader, read_job{[x](const history::store& from) {
        auto all =
            history::search_accounts(from, x.partitions, x.prefix, x.limit);
        if (!all)
          return caf::make_message(to_caf(all.error()));
        accounts_found found;
        for (auto& a : *all)
          found.all.push_back({std::move(a.user), std::move(a.display_name),
                               std::move(a.about), a.created, a.disabled,
                               a.password_hash.empty()});
        return caf::make_message(std::move(found));
      }});
  return caf::delegated<accounts_found>{};
}

} // namespace parley
