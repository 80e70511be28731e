#include "actors/user.hpp"

#include "parley/actors/ask.hpp"
#include "parley/base/log.hpp"
#include "parley/base/names.hpp"
#include "parley/protocol/json_writer.hpp"

#include <algorithm>
#include <utility>

namespace parley {

namespace {

constexpr size_t blocks_max = 10'000;

} // namespace

/// Blocks a user, or no longer. The block is durable here first; then the
/// direct conversation that it closes takes it, and only then is it answered.
caf::result<answer> user_state::on_block(const set_block& x) {
  if (x.user == name)
    return to_caf(errc::bad_request, "nobody blocks themselves");
  auto promise = self->make_response_promise();
  self->request(node->home(x.user), ask_timeout, to_user{x.user}, get_profile{})
      .then([this, x, promise, asked = questions.ask()](
                const answer&) mutable { put_block(x, std::move(promise)); },
            [promise](const caf::error& why) mutable {
              promise.deliver(to_caf(from_caf(why)));
            });
  return caf::delegated<answer>{};
}

void user_state::put_block(const set_block& x, caf::response_promise promise) {
  auto at = std::find_if(blocks.begin(), blocks.end(),
                         [&](const auto& b) { return b.user == x.user; });
  if (at == blocks.end()) {
    if (!x.on)
      return promise.deliver(answer{});
    if (blocks.size() >= blocks_max)
      return promise.deliver(to_caf(errc::forbidden, "too many blocks"));
    at = blocks.insert(at, {x.user, 0, false, false});
  }
  at->on = x.on;
  at->pending = true;
  ++at->version;
  history::batch rows;
  rows.put(history::family::state,
           history::state_key(history::record::block, where, at->user),
           history::encode(*at));
  open_rows what;
  what.promise = promise;
  what.done = [this, block = *at, promise] {
    close_direct(block, promise);
  };
  submit(std::move(rows), std::move(what));
  // What either may see of the other is another matter now.
  self->send(partition, to_presence{name}, recheck{x.user, {}});
  self->send(node->home(x.user), to_presence{x.user}, recheck{name, {}});
}

/// Has the direct conversation take a block. Until it has, the block's row says
/// so, and it is told again when this user is activated the next time.
void user_state::close_direct(const history::block_record& x,
                              std::optional<caf::response_promise> promise) {
  auto conv = direct_conversation(name, x.user);
  self->request(node->home(conv), ask_timeout, to_conversation{conv},
                set_closed{name, x.version, x.on})
      .then(
          [this, x, promise, asked = questions.ask()](const answer&) mutable {
            for (auto& b : blocks) {
              if (b.user != x.user || b.version != x.version)
                continue;
              b.pending = false;
              history::batch rows;
              rows.put(
                  history::family::state,
                  history::state_key(history::record::block, where, b.user),
                  history::encode(b));
              submit(std::move(rows), {});
            }
            if (promise)
              promise->deliver(answer{});
          },
          [promise, user = name](const caf::error& why) mutable {
            log::warn("user.block_pending", "user={} why={}", user,
                      from_caf(why).message);
            if (promise)
              promise->deliver(to_caf(from_caf(why)));
          });
}

void user_state::resume_blocks() {
  for (const auto& b : blocks)
    if (b.pending)
      close_direct(b, std::nullopt);
}

caf::result<answer> user_state::on_blocks() {
  std::string fields;
  protocol::json_writer out{fields};
  out.key("users").open_array();
  for (const auto& b : blocks)
    if (b.on)
      out.value(b.user);
  out.close_array();
  return answer{shared_bytes{std::move(fields)}};
}

caf::result<answer> user_state::on_may_add(const may_add& x) {
  if (!account_row)
    return to_caf(errc::not_found, "no such user");
  if (blocks_user(x.by))
    return to_caf(errc::forbidden, "a user cannot be added");
  return answer{};
}

/// Presence is for those who share a conversation and are not blocked.
bool user_state::on_shares(const shares& x) {
  if (!account_row || blocks_user(x.watcher))
    return false;
  if (x.watcher == name)
    return true;
  if (list.count(direct_conversation(name, x.watcher)) != 0)
    return true;
  return std::any_of(list.begin(), list.end(), [&](const auto& entry) {
    return !entry.second.record.left && valid_group(entry.first)
           && std::binary_search(x.groups.begin(), x.groups.end(),
                                 hash_of(entry.first));
  });
}

} // namespace parley
