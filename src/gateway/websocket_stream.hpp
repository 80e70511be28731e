#pragma once

#include "gateway/net.hpp"

#include <boost/asio/post.hpp>
#include <boost/beast/core/bind_handler.hpp>
#include <boost/beast/core/role.hpp>
#include <boost/beast/websocket/stream.hpp>

#include <utility>

namespace parley::gateway {

/// A TCP socket that Beast tears down as we want it. Its own way closes the
/// socket while the client still sends, whereupon the client's kernel throws
/// away the close frame that says why.
class websocket_socket : public tcp_socket {
public:
  explicit websocket_socket(tcp_socket&& from) : tcp_socket(std::move(from)) {}
};

using websocket_stream = boost::beast::websocket::stream<websocket_socket>;

/// Found by Beast where it ends a WebSocket: nothing more will be sent. Reading
/// on until the client's end, for a bounded time, is up to the connection.
template <class Handler>
void async_teardown(boost::beast::role_type, websocket_socket& socket,
                    Handler&& done) {
  error_code ignored;
  socket.shutdown(tcp::socket::shutdown_send, ignored);
  net::post(boost::beast::bind_front_handler(std::forward<Handler>(done),
                                             error_code{}));
}

} // namespace parley::gateway
