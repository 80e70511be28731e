#include "gateway/connection.hpp"

#include "parley/actors/messages.hpp"
#include "parley/base/limits.hpp"
#include "parley/protocol/requests.hpp"

#include <boost/asio/buffer.hpp>

#include <algorithm>
#include <string>
#include <utility>

namespace parley::gateway {

namespace {

constexpr size_t chunk_bytes_min = 4096;
constexpr size_t chunk_bytes_max = 65'536;

std::string_view text_of(net::const_buffer x) {
  return {static_cast<const char*>(x.data()), x.size()};
}

/// Whether Beast has sent a close frame that says what the client did.
bool broke_protocol(error_code failed) {
  using boost::beast::websocket::error;
  return failed.category() == make_error_code(error::closed).category()
         && failed != error::closed;
}

} // namespace

/// TCP holds the client back while its frames wait for the session, or its echo
/// for the socket.
bool connection::may_read() const noexcept {
  if (at_ != phase::open || reading_)
    return false;
  if (mode_ == connection_mode::echo)
    return !writing_ && pending_.empty();
  return unanswered_.load() < limits::unanswered_max;
}

void connection::read() {
  if (!may_read())
    return;
  reading_ = true;
  auto done = [self = shared_from_this()](error_code failed, size_t bytes) {
    self->on_read(failed, bytes);
  };
  if (large_.size() == 0)
    ws_.async_read_some(net::buffer(small_), std::move(done));
  else
    ws_.async_read_some(
        large_.prepare(
            std::clamp(2 * large_.size(), chunk_bytes_min, chunk_bytes_max)),
        std::move(done));
}

void connection::on_read(error_code failed, size_t bytes) {
  reading_ = false;
  if (failed) {
    if (broke_protocol(failed))
      linger();
    else
      end();
    return;
  }
  heard();
  // While closing, Beast reads on until the client's close frame.
  if (at_ != phase::open)
    return;
  if (mode_ == connection_mode::chat && ws_.got_binary()) {
    begin_close(protocol::close_code::unsupported_data);
    return;
  }
  bool done = ws_.is_message_done();
  auto chunk = net::buffer(small_.data(), bytes);
  if (large_.size() > 0)
    large_.commit(bytes);
  else if (!done)
    large_.commit(net::buffer_copy(large_.prepare(bytes), chunk));
  if (done) {
    on_message(text_of(large_.size() > 0 ? large_.cdata() : chunk));
    large_.clear();
    large_.shrink_to_fit();
  }
  read();
}

void connection::on_message(std::string_view text) {
  if (mode_ == connection_mode::echo) {
    echo(text);
    return;
  }
  unanswered_.fetch_add(1);
  caf::anon_send(session_,
                 inbound{std::make_shared<std::vector<protocol::request>>(
                     protocol::parse_frame(text))});
}

void connection::echo(std::string_view message) {
  ws_.binary(ws_.got_binary());
  std::vector<protocol::outgoing> one;
  one.push_back({std::string{message}, {}});
  waiting_.fetch_add(cost(one.front()));
  enqueue(std::move(one));
  write();
}

} // namespace parley::gateway
