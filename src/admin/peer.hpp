#pragma once

#include "admin/net.hpp"

#include "parley/admin/commands.hpp"

#include <functional>
#include <memory>
#include <string>

namespace parley::admin {

/// One client of the control socket. Lives on the control thread alone.
class peer : public std::enable_shared_from_this<peer> {
public:
  /// `io` is shared, since an actor that is still asked may hold it longer
  /// than the control socket lives. `gone` is called once.
  peer(std::shared_ptr<asio::io_context> io, local::socket socket,
       const services& with, std::function<void(peer*)> gone);

  void start();
  void close();

private:
  void read();
  void take(std::string_view line);
  void answer(const result<reply>& what, bool last);
  void arm(std::chrono::steady_clock::duration within);

  std::shared_ptr<asio::io_context> io_;
  local::socket socket_;
  asio::steady_timer deadline_;
  const services& with_;
  std::function<void(peer*)> gone_;
  std::string input_;
  std::string output_;
};

/// Whether the process at the other end runs as our own user or as root.
bool trusted(local::socket& socket);

} // namespace parley::admin
