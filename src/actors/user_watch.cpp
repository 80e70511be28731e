#include "actors/user.hpp"

#include "parley/actors/ask.hpp"
#include "parley/base/names.hpp"
#include "parley/protocol/events.hpp"

#include <algorithm>
#include <memory>
#include <utility>

namespace parley {

namespace {

/// A watch list whose trackers are being asked.
struct watch_round {
  std::vector<protocol::presence_item> items;
  size_t left = 0;
  caf::response_promise promise;
  open_questions::token asked;

  void finish() {
    promise.deliver(answer{
        shared_bytes{"\"items\":" + protocol::encode_presence_items(items)}});
  }
};

} // namespace

/// Asks the tracker of each user. Whom this user may not see, and who does not
/// exist, is offline.
caf::result<answer> user_state::on_watch(const watch& x) {
  std::vector<hash128> groups;
  for (const auto& [conv, in] : list)
    if (!in.record.left && valid_group(conv))
      groups.push_back(hash_of(conv));
  std::sort(groups.begin(), groups.end());
  auto round = std::make_shared<watch_round>();
  round->promise = self->make_response_promise();
  round->asked = questions.ask();
  for (const auto& user : x.users)
    round->items.push_back({user, protocol::presence_status::offline, 0});
  round->left = round->items.size();
  if (round->left == 0)
    round->finish();
  for (auto& seen : round->items) {
    auto* to = &seen; // The round holds it, and does not grow.
    if (!valid_user(seen.user)) {
      if (--round->left == 0)
        round->finish();
      continue;
    }
    self->request(node->home(seen.user), ask_timeout, to_presence{seen.user},
                  observe{name, x.session, groups})
        .then(
            [round, to](const presence_seen& s) {
              to->status = static_cast<protocol::presence_status>(s.status);
              to->last_active = s.last_active;
              if (--round->left == 0)
                round->finish();
            },
            [round](const caf::error&) {
              if (--round->left == 0)
                round->finish();
            });
  }
  return caf::delegated<answer>{};
}

} // namespace parley
