#pragma once

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/websocket/stream.hpp>

/// The network types that the generator and the relay share. The executor is
/// the io_context's own, which spares a type-erased call for each operation,
/// and compression is compiled out: a stream is smaller by some hundred bytes.
namespace parley::bench {

namespace beast = boost::beast;
namespace net = boost::asio;
namespace websocket = boost::beast::websocket;
using tcp = net::ip::tcp;
using error_code = boost::system::error_code;

using executor = net::io_context::executor_type;
using tcp_socket = net::basic_stream_socket<tcp, executor>;
using ws_stream = websocket::stream<tcp_socket, false>;

} // namespace parley::bench
