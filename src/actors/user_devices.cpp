#include "actors/user.hpp"

#include "parley/protocol/close_code.hpp"
#include "parley/protocol/json_writer.hpp"

#include <algorithm>

namespace parley {

std::vector<history::device_record>::iterator
user_state::find_device(const std::string& id) {
  return std::find_if(devices.begin(), devices.end(),
                      [&](const auto& d) { return d.device == id; });
}

bool user_state::is_online(const std::string& device) const {
  return std::any_of(sessions.begin(), sessions.end(),
                     [&](const session_ref& s) { return s.device == device; });
}

/// A device that is connected is seen all the time.
caf::result<answer> user_state::on_devices() {
  std::string fields;
  protocol::json_writer out{fields};
  out.key("devices").open_array();
  for (const auto& d : devices) {
    auto online = is_online(d.device);
    out.open_object().member("device", d.device);
    if (!d.name.empty())
      out.member("name", d.name);
    out.member("last_seen", online ? node->clock->now() : d.last_seen)
        .member("online", online)
        .close_object();
  }
  out.close_array();
  return answer{shared_bytes{std::move(fields)}};
}

caf::result<answer> user_state::on_name_device(const name_device& x) {
  auto at = find_device(x.device);
  if (at == devices.end())
    return to_caf(errc::not_found, "no such device");
  at->name = x.name;
  history::batch rows;
  rows.put(history::family::state,
           history::state_key(history::record::device, where, at->device),
           history::encode(*at));
  return commit_then(std::move(rows), answer{});
}

caf::result<answer> user_state::on_remove_device(const remove_device& x) {
  auto at = find_device(x.device);
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
