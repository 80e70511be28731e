#pragma once

#include <boost/asio.hpp>

#include <utility>

namespace parley::admin {

namespace asio = boost::asio;

using local = asio::local::stream_protocol;
using boost::system::error_code;

/// What `sockaddr_un` holds beside its terminating zero.
inline constexpr size_t path_bytes_max = 107;

} // namespace parley::admin
