#include "support/recording.hpp"

#include <iterator>

namespace parley::test {

namespace {

std::string text_or_nothing(const json::object& from, std::string_view key) {
  return from.contains(key) ? text_of(from, key) : std::string();
}

/// A member is a name, or an object that has the name as `user`.
std::string member_name(const json::value& member) {
  return member.is_string() ? std::string(member.get_string())
                            : text_of(member.as_object(), "user");
}

template <class T>
void append(std::vector<T>& to, std::vector<T>&& from) {
  to.insert(to.end(), std::make_move_iterator(from.begin()),
            std::make_move_iterator(from.end()));
}

} // namespace

history_entry to_entry(const json::object& event) {
  history_entry result{.seq = number_of(event, "seq"),
                       .kind = text_of(event, "t")};
  result.from = text_or_nothing(event, "from");
  result.cid = text_or_nothing(event, "cid");
  if (event.contains("body"))
    result.body = text_of(event, "body");
  if (event.contains("ref"))
    result.ref = number_of(event, "ref");
  result.edited = event.contains("edited_ts");
  result.deleted = event.contains("deleted");
  result.user = text_or_nothing(event, "user");
  result.change = text_or_nothing(event, "change");
  if (const auto* members = event.if_contains("members"))
    for (const auto& member : members->as_array())
      result.members.push_back(member_name(member));
  return result;
}

void merge(client_records& all, client_records&& more) {
  append(all.sent, std::move(more.sent));
  append(all.acks, std::move(more.acks));
  append(all.deliveries, std::move(more.deliveries));
  append(all.histories, std::move(more.histories));
  append(all.complete_devices, std::move(more.complete_devices));
}

} // namespace parley::test
