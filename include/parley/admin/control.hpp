#pragma once

#include "parley/admin/commands.hpp"
#include "parley/base/error.hpp"
#include "parley/config/settings.hpp"

#include <memory>
#include <string>

namespace parley::admin {

/// Where a node with these settings has its control socket.
std::string socket_path(const config::settings& of);

/// The control socket: a Unix stream socket for the operator, on a thread of
/// its own. A request is one line `{"cmd":…,"args":{…}}`, its answer lines of
/// JSON, the last of which is `{"ok":true,…}` or
/// `{"ok":false,"code":…,"error":…}`. Only the process's own user and root are
/// heard.
class control {
public:
  /// Listens on `path`; a socket that nobody answers on any more is replaced.
  /// Errors: `unavailable` with the reason.
  static result<std::unique_ptr<control>> start(services with,
                                                const std::string& path);

  ~control();

  /// Closes the socket and all clients, removes the file, joins the thread.
  /// Repeated calls do nothing.
  void stop();

private:
  control();

  struct listener;
  std::unique_ptr<listener> listener_;
};

} // namespace parley::admin
