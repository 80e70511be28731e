#pragma once

#include "gateway/hub.hpp"
#include "gateway/net.hpp"
#include "gateway/services.hpp"

#include "parley/base/error.hpp"
#include "parley/config/address.hpp"

#include <memory>
#include <string>
#include <vector>

namespace parley::gateway {

/// Accepts connections on the first hub's thread and deals them out to all.
class listener : public std::enable_shared_from_this<listener> {
public:
  /// Binds, but does not accept yet. Errors: `unavailable` with the reason.
  static result<std::shared_ptr<listener>> open(const services_ptr& with,
                                                std::vector<hub_ptr> hubs);

  listener(services_ptr with, std::vector<hub_ptr> hubs);

  const std::string& address() const noexcept { return address_; }

  void start();

  /// Closes the socket. From any thread; repeated calls do nothing.
  void stop();

private:
  error_code bind(const config::listen_address& to);
  void accept();
  void on_accepted(error_code failed, tcp_socket socket, const hub_ptr& to);
  void admit(tcp_socket socket, const hub_ptr& to);
  void pause(error_code failed);

  services_ptr with_;
  std::vector<hub_ptr> hubs_;
  size_t next_ = 0;
  tcp_acceptor acceptor_;
  steady_timer timer_;
  bool short_ = false; ///< The last one could not be accepted.
  std::string address_;
};

} // namespace parley::gateway
