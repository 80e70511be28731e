#include "cluster/link_connection.hpp"

#include <caf/io/basp_broker.hpp>
#include <caf/io/network/default_multiplexer.hpp>
#include <caf/io/network/stream_impl.hpp>
#include <caf/openssl/session.hpp>
#include <fmt/format.h>

#include <cerrno>
#include <fcntl.h>
#include <memory>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <system_error>
#include <unistd.h>
#include <utility>
#include <vector>

namespace parley::cluster {

namespace {

namespace net = caf::io::network;

// -- TLS on a socket that is there already -----------------------------------

/// CAF's own scribe over TLS connects by itself, and blocks for up to two
/// minutes when nobody answers.
struct tls_policy {
  caf::openssl::session_ptr session;

  net::rw_state read_some(size_t& result, int fd, void* to, size_t size) {
    return session->read_some(result, fd, to, size);
  }
  net::rw_state write_some(size_t& result, int fd, const void* from,
                           size_t size) {
    return session->write_some(result, fd, from, size);
  }
  bool must_read_more(int fd, size_t threshold) {
    return session->must_read_more(fd, threshold);
  }
};

class tls_scribe final : public caf::io::scribe {
public:
  tls_scribe(net::default_multiplexer& loop, int fd,
             caf::openssl::session_ptr session)
      : scribe(net::conn_hdl_from_socket(fd)),
        stream_(loop, fd, tls_policy{std::move(session)}) {}

  void configure_read(caf::io::receive_policy::config config) override {
    stream_.configure_read(config);
    if (std::exchange(started_, true))
      return;
    stream_.start(this);
    stream_.force_empty_write(this); // The handshake has something to write.
  }
  void ack_writes(bool enable) override { stream_.ack_writes(enable); }
  std::vector<char>& wr_buf() override { return stream_.wr_buf(); }
  std::vector<char>& rd_buf() override { return stream_.rd_buf(); }
  void flush() override { stream_.flush(this); }
  std::string addr() const override {
    auto x = net::remote_addr_of_fd(stream_.fd());
    return x ? *x : std::string{};
  }
  uint16_t port() const override {
    auto x = net::remote_port_of_fd(stream_.fd());
    return x ? *x : uint16_t{0};
  }
  void graceful_shutdown() override {
    stream_.graceful_shutdown();
    detach(&stream_.backend(), false);
  }
  void add_to_loop() override { stream_.activate(this); }
  void remove_from_loop() override { stream_.passivate(); }

private:
  bool started_ = false;
  net::stream_impl<tls_policy> stream_;
};

// -- connecting --------------------------------------------------------------

/// A socket until someone takes it.
class socket_guard {
public:
  explicit socket_guard(int fd) : fd_(fd) {}
  socket_guard(const socket_guard&) = delete;
  socket_guard& operator=(const socket_guard&) = delete;
  ~socket_guard() {
    if (fd_ >= 0)
      ::close(fd_);
  }
  int get() const { return fd_; }
  int release() { return std::exchange(fd_, -1); }

private:
  int fd_;
};

error unreachable(int code) {
  return {errc::unavailable, std::generic_category().message(code)};
}

/// Waits until the socket is connected.
result<void> wait_connected(int fd, std::chrono::milliseconds limit) {
  pollfd waiting{fd, POLLOUT, 0};
  const auto ready = ::poll(&waiting, 1, static_cast<int>(limit.count()));
  if (ready <= 0)
    return unreachable(ready == 0 ? ETIMEDOUT : errno);
  int code = 0;
  socklen_t size = sizeof code;
  if (::getsockopt(fd, SOL_SOCKET, SO_ERROR, &code, &size) != 0)
    code = errno;
  if (code != 0)
    return unreachable(code);
  return {};
}

result<int> connect_to(const addrinfo& where, std::chrono::milliseconds limit) {
  socket_guard fd{
      ::socket(where.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
  if (fd.get() < 0)
    return unreachable(errno);
  if (::connect(fd.get(), where.ai_addr, where.ai_addrlen) != 0) {
    if (errno != EINPROGRESS)
      return unreachable(errno);
    if (auto connected = wait_connected(fd.get(), limit); !connected)
      return connected.error();
  }
  return fd.release();
}

result<int> connect_to(const std::string& host, uint16_t port,
                       std::chrono::milliseconds limit) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const auto code =
      ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found);
  if (code != 0)
    return error{errc::unavailable, ::gai_strerror(code)};
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> all{
      found, &::freeaddrinfo};
  return connect_to(*all, limit);
}

result<caf::io::scribe_ptr> make_scribe(caf::actor_system& sys,
                                        socket_guard& fd, bool tls) {
  auto& loop =
      static_cast<net::default_multiplexer&>(sys.middleman().backend());
  if (!tls)
    return loop.new_scribe(fd.release());
  auto session = caf::openssl::make_session(sys, fd.get(), false);
  if (!session)
    return error{errc::unavailable, "no TLS session"};
  return caf::io::scribe_ptr{
      caf::make_counted<tls_scribe>(loop, fd.release(), std::move(session))};
}

// -- closing -----------------------------------------------------------------

/// On the thread of CAF's sockets. As CAF does it for a connection that timed
/// out, but without waiting for a peer that may never read again.
void close_now(caf::io::basp_broker& broker, caf::io::connection_handle hdl) {
  const auto fd = static_cast<int>(hdl.id());
  const linger at_once{1, 0};
  ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  ::shutdown(fd, SHUT_RDWR);
  broker.connection_cleanup(hdl, caf::sec::connection_timeout);
  broker.close(hdl);
}

template <class F>
void on_socket_thread(caf::actor_system& sys, F run) {
  sys.middleman().backend().post(
      [broker = caf::actor_cast<caf::strong_actor_ptr>(basp_broker(sys)),
       run = std::move(run)] {
        auto* pointer = static_cast<caf::io::basp_broker*>(
            caf::actor_cast<caf::abstract_actor*>(broker));
        if (!pointer->getf(caf::abstract_actor::is_terminated_flag))
          run(*pointer);
      });
}

} // namespace

result<caf::io::scribe_ptr> connect_within(caf::actor_system& sys,
                                           const std::string& host,
                                           uint16_t port, bool tls,
                                           std::chrono::milliseconds limit) {
  auto fd = connect_to(host, port, limit);
  if (!fd)
    return fd.error();
  socket_guard guard{*fd};
  try {
    return make_scribe(sys, guard, tls);
  } catch (const std::exception& failed) {
    return error{errc::internal, failed.what()};
  }
}

void close_node(caf::actor_system& sys, const caf::node_id& node) {
  on_socket_thread(sys, [node](caf::io::basp_broker& broker) {
    std::vector<caf::io::connection_handle> all;
    for (const auto& [hdl, peer] : broker.instance.tbl().direct_by_hdl_)
      if (peer == node)
        all.push_back(hdl);
    for (auto hdl : all)
      close_now(broker, hdl);
  });
}

void close_connection(caf::actor_system& sys, caf::io::scribe_ptr scribe) {
  on_socket_thread(sys,
                   [scribe = std::move(scribe)](caf::io::basp_broker& broker) {
                     if (!scribe->detached())
                       close_now(broker, scribe->hdl());
                   });
}

caf::actor basp_broker(caf::actor_system& sys) {
  return sys.middleman().named_broker<caf::io::basp_broker>(caf::atom("BASP"));
}

} // namespace parley::cluster
