#include "actors/user.hpp"

#include "parley/protocol/close_code.hpp"
#include "parley/protocol/json_writer.hpp"

#include <algorithm>

namespace parley {

caf::result<answer> user_state::on_devices() {
  std::string fields;
  protocol::json_writer out{fields};
  out.key("devices").open_array();
  for (const auto& d : devices) {
    auto online =
        std::any_of(sessions.begin(), sessions.end(),
                    [&](const session_ref& s) { return s.device == d.device; });
    out.open_object()
        .member("device", d.device)
        .member("last_seen", d.last_seen)
        .member("online", online)
        .close_object();
  }
  out.close_array();
  return answer{shared_bytes{std::move(fields)}};
}

caf::result<answer> user_state::on_remove_device(const remove_device& x) {
  auto at = std::find_if(devices.begin(), devices.end(),
                         [&](const auto& d) { return d.device == x.device; });
  if (at == devices.end())
    return to_caf(errc::not_found, "no such device");
  devices.erase(at);
  acked.erase(x.device);
  end_sessions which;
  which.device = x.device;
  which.code = static_cast<uint16_t>(protocol::close_code::ended);
  end_sessions_of(std::move(which));
  history::batch rows;
  rows.erase(history::family::state,
             history::state_key(history::record::device, where, x.device));
  erase_subscriptions(rows,
                      [&](const auto& s) { return s.device == x.device; });
  return commit_then(std::move(rows), answer{});
}

} // namespace parley
