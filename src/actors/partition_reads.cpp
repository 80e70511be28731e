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

caf::message read_shown_message(const history::store& from, const place& where,
                                const std::string& conv, const show& what) {
  auto all = read_shown(from, where, conv, what);
  return all ? caf::make_message(std::move(*all))
             : caf::make_message(to_caf(all.error()));
}

/// The question that a message is, for a reader; none if it is something else.
std::optional<read_job> job_of(const parcel& x, const place& where) {
  if (x.content.match_element<show>(1))
    return read_job{[where, conv = x.name, what = x.content.get_as<show>(1)](
                        const history::store& from) {
      return read_shown_message(from, where, conv, what);
    }};
  if (x.content.match_element<count_unread>(1))
    return read_job{[where, what = x.content.get_as<count_unread>(1)](
                        const history::store& from) {
      return read_unread(from, where, what);
    }};
  return std::nullopt;
}

} // namespace

/// @returns false if it is for the conversation.
bool partition_state::take_read(parcel& x) {
  auto job = job_of(x, node->where(x.name));
  if (!job)
    return false;
  if (auto reader = pick_reader(*node))
    reader->enqueue(caf::make_mailbox_element(std::move(x.sender), x.id, {},
                                              std::move(*job)),
                    self->context());
  else
    answer_with(x, {errc::unavailable, "too many reads wait", 1000});
  return true;
}

} // namespace parley
