#pragma once

#include "support/server_process.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/websocket.hpp>

#include <functional>
#include <future>

namespace parley::test {

using server_socket =
    boost::beast::websocket::stream<boost::asio::ip::tcp::socket>;

/// Takes one connection on a free port and lets a script answer it, on a
/// thread of its own. The script's exceptions come out of `join`.
class scripted_server {
public:
  /// `script` gets a socket that is connected and not yet upgraded.
  explicit scripted_server(std::function<void(server_socket&)> script);

  const endpoint& where() const { return where_; }
  void join() { done_.get(); }

private:
  boost::asio::io_context io_;
  boost::asio::ip::tcp::acceptor acceptor_;
  endpoint where_;
  std::future<void> done_;
};

} // namespace parley::test
