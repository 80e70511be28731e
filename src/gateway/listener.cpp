#include "gateway/listener.hpp"

#include "gateway/http_session.hpp"

#include "parley/base/log.hpp"
#include "parley/base/metrics.hpp"

#include <boost/asio/post.hpp>
#include <fmt/format.h>

#include <chrono>
#include <utility>

namespace parley::gateway {

namespace {

/// Time to wait when a connection could not be accepted, most likely because
/// the process has no descriptor or memory left.
constexpr std::chrono::milliseconds shortage_pause{100};

std::string text_of(const tcp::endpoint& x) {
  auto address = x.address().to_string();
  return x.address().is_v6() ? fmt::format("[{}]:{}", address, x.port())
                             : fmt::format("{}:{}", address, x.port());
}

using start_session = void (*)(services_ptr, hub_ptr, tcp_socket,
                               connection_limits::place);

void hand_over(start_session start, const services_ptr& with, const hub_ptr& to,
               tcp_socket socket, connection_limits::place place) {
  net::post(to->io(), [start, with, to, socket = std::move(socket),
                       place = std::move(place)]() mutable {
    start(with, to, std::move(socket), std::move(place));
  });
}

} // namespace

listener::listener(services_ptr with, std::vector<hub_ptr> hubs)
    : with_(std::move(with)),
      hubs_(std::move(hubs)),
      acceptor_(hubs_.front()->io()),
      timer_(hubs_.front()->io()) {}

result<std::shared_ptr<listener>> listener::open(const services_ptr& with,
                                                 std::vector<hub_ptr> hubs) {
  const auto& text = with->settings().http.listen;
  auto address = config::parse_listen(text);
  if (!address)
    return error{errc::unavailable, text + ": is no address to listen on"};
  auto made = std::make_shared<listener>(with, std::move(hubs));
  if (auto failed = made->bind(*address))
    return error{errc::unavailable, text + ": " + failed.message()};
  return made;
}

error_code listener::bind(const config::listen_address& to) {
  error_code failed;
  tcp::endpoint where{net::ip::make_address(to.host, failed), to.port};
  if (!failed)
    acceptor_.open(where.protocol(), failed);
  if (!failed)
    acceptor_.set_option(tcp::acceptor::reuse_address{true}, failed);
  if (!failed)
    acceptor_.bind(where, failed);
  if (!failed)
    acceptor_.listen(tcp::acceptor::max_listen_connections, failed);
  if (!failed)
    address_ = text_of(acceptor_.local_endpoint(failed));
  return failed;
}

void listener::start() {
  net::post(hubs_.front()->io(),
            [self = shared_from_this()] { self->accept(); });
}

void listener::stop() {
  net::post(hubs_.front()->io(), [self = shared_from_this()] {
    error_code ignored;
    self->acceptor_.close(ignored);
    self->timer_.cancel();
  });
}

void listener::accept() {
  if (!acceptor_.is_open())
    return;
  const auto& to = hubs_[next_++ % hubs_.size()];
  acceptor_.async_accept(to->io(), [self = shared_from_this(),
                                    to](error_code failed, tcp_socket socket) {
    self->on_accepted(failed, std::move(socket), to);
  });
}

void listener::on_accepted(error_code failed, tcp_socket socket,
                           const hub_ptr& to) {
  if (failed && failed != net::error::connection_aborted) {
    pause(failed);
    return;
  }
  short_ = false;
  if (!failed)
    admit(std::move(socket), to);
  accept();
}

void listener::admit(tcp_socket socket, const hub_ptr& to) {
  error_code gone;
  auto from = socket.remote_endpoint(gone).address();
  if (auto place = with_->connections.enter(from)) {
    metrics::add(metrics::counter::connections_accepted);
    hand_over(start_http_session, with_, to, std::move(socket),
              std::move(*place));
    return;
  }
  metrics::add(metrics::counter::connections_refused);
  if (auto refusal = with_->refusals.enter(from))
    hand_over(start_http_refusal, with_, to, std::move(socket),
              std::move(*refusal));
}

void listener::pause(error_code failed) {
  if (!acceptor_.is_open())
    return;
  if (!std::exchange(short_, true))
    log::warn("gateway.accept", "{}", failed.message());
  timer_.expires_after(shortage_pause);
  timer_.async_wait(
      [self = shared_from_this()](error_code) { self->accept(); });
}

} // namespace parley::gateway
