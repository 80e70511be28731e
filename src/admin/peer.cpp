#include "admin/peer.hpp"

#include "admin/lines.hpp"

#include "parley/admin/limits.hpp"

#include <sys/socket.h>
#include <unistd.h>

namespace parley::admin {

bool trusted(local::socket& socket) {
  ucred who{};
  socklen_t size = sizeof who;
  auto known = ::getsockopt(socket.native_handle(), SOL_SOCKET, SO_PEERCRED,
                            &who, &size);
  return known == 0 && (who.uid == ::geteuid() || who.uid == 0);
}

peer::peer(std::shared_ptr<asio::io_context> io, local::socket socket,
           const services& with, std::function<void(peer*)> gone)
    : io_(std::move(io)),
      socket_(std::move(socket)),
      deadline_(*io_),
      with_(with),
      gone_(std::move(gone)) {}

void peer::start() {
  if (trusted(socket_))
    return read();
  answer(error{errc::forbidden, "only the node's own user is heard", 0}, true);
}

void peer::close() {
  error_code ignored;
  socket_.close(ignored);
  deadline_.cancel();
  if (auto gone = std::exchange(gone_, nullptr))
    gone(this);
}

void peer::arm(std::chrono::steady_clock::duration within) {
  using clock = std::chrono::steady_clock;
  deadline_.expires_after(within);
  deadline_.async_wait([self = shared_from_this()](error_code cancelled) {
    // A wait that had ended before it could be set anew tells of no deadline.
    if (!cancelled && self->deadline_.expiry() <= clock::now())
      self->close();
  });
}

void peer::read() {
  arm(line_timeout);
  asio::async_read_until(
      socket_, asio::dynamic_buffer(input_, line_bytes_max), '\n',
      [self = shared_from_this()](error_code failed, size_t bytes) {
        if (failed == asio::error::not_found)
          return self->answer(
              error{errc::too_large, "the line is over its limit", 0}, true);
        if (failed)
          return self->close();
        auto line = self->input_.substr(0, bytes - 1);
        self->input_.erase(0, bytes);
        self->take(line);
      });
}

void peer::take(std::string_view line) {
  arm(answer_timeout);
  auto request = parse_request(line);
  if (!request)
    return answer(request.error(), false);
  execute(with_, request->cmd, request->args,
          [io = io_, weak = weak_from_this()](result<reply> what) {
            asio::post(*io, [weak, what = std::move(what)] {
              if (auto self = weak.lock())
                self->answer(what, false);
            });
          });
}

void peer::answer(const result<reply>& what, bool last) {
  if (!socket_.is_open())
    return;
  arm(line_timeout);
  output_ = encode_answer(what);
  auto after = what ? what->after : std::function<void()>{};
  auto written = [self = shared_from_this(), last,
                  after = std::move(after)](error_code failed, size_t) {
    if (after)
      after();
    if (failed || last)
      return self->close();
    self->read();
  };
  asio::async_write(socket_, asio::buffer(output_), std::move(written));
}

} // namespace parley::admin
