#include "raw_copy.hpp"

#include "net.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>

#include <fcntl.h>
#include <fstream>
#include <optional>
#include <stdexcept>
#include <unistd.h>
#include <vector>

namespace parley::bench {

namespace {

using tls_stream = net::ssl::stream<tcp_socket>;

constexpr size_t chunk_bytes = size_t{256} << 10;

net::ssl::context context_of(const std::string& certificate) {
  net::ssl::context with{net::ssl::context::tls};
  if (certificate.empty())
    return with;
  with.use_certificate_chain_file(certificate + ".crt");
  with.use_private_key_file(certificate + ".key", net::ssl::context::pem);
  with.load_verify_file(certificate + ".crt");
  with.set_verify_mode(net::ssl::verify_peer
                       | net::ssl::verify_fail_if_no_peer_cert);
  return with;
}

/// One connection, which `use` gets as a stream of either kind.
struct connection {
  explicit connection(const std::string& certificate)
      : is_tls(!certificate.empty()), with(context_of(certificate)) {}

  template <class Use>
  void on_stream(Use&& use) {
    if (is_tls)
      use(stream);
    else
      use(stream.next_layer());
  }

  void shake_hands(net::ssl::stream_base::handshake_type as) {
    stream.next_layer().set_option(tcp::no_delay{true});
    if (is_tls)
      stream.handshake(as);
  }

  bool is_tls;
  net::io_context io;
  net::ssl::context with;
  tls_stream stream{io, with};
};

} // namespace

struct raw_sender::state : connection {
  using connection::connection;
  net::basic_socket_acceptor<tcp, executor> acceptor{
      io, tcp::endpoint{net::ip::address_v4::loopback(), 0}};
};

raw_sender::raw_sender(const std::string& certificate)
    : state_(std::make_unique<state>(certificate)) {}

raw_sender::~raw_sender() = default;

uint16_t raw_sender::port() const {
  return state_->acceptor.local_endpoint().port();
}

void raw_sender::send(const std::filesystem::path& file) {
  state_->acceptor.accept(state_->stream.next_layer());
  state_->shake_hands(net::ssl::stream_base::server);
  std::ifstream from{file, std::ios::binary};
  std::vector<char> chunk(chunk_bytes);
  state_->on_stream([&](auto& to) {
    net::read(to, net::buffer(chunk.data(), 1));
    while (from.read(chunk.data(), chunk_bytes) || from.gcount() > 0)
      net::write(to,
                 net::buffer(chunk.data(), static_cast<size_t>(from.gcount())));
  });
  state_->stream.next_layer().shutdown(tcp::socket::shutdown_send);
}

struct raw_receiver::state : connection {
  using connection::connection;
};

raw_receiver::raw_receiver(const std::string& certificate, uint16_t port)
    : state_(std::make_unique<state>(certificate)) {
  state_->stream.next_layer().connect({net::ip::address_v4::loopback(), port});
  state_->shake_hands(net::ssl::stream_base::client);
}

raw_receiver::~raw_receiver() = default;

void raw_receiver::receive(const std::filesystem::path& file) {
  const auto to = ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  if (to < 0)
    throw std::runtime_error("cannot make " + file.string());
  std::vector<char> chunk(chunk_bytes);
  state_->on_stream([&](auto& from) {
    net::write(from, net::buffer("g", 1));
    for (error_code ended; !ended;) {
      const auto got = from.read_some(net::buffer(chunk), ended);
      if (got > 0
          && ::write(to, chunk.data(), got) != static_cast<ssize_t>(got))
        throw std::runtime_error("cannot write " + file.string());
    }
  });
  const auto synced = ::fsync(to) == 0;
  ::close(to);
  if (!synced)
    throw std::runtime_error("cannot sync " + file.string());
}

} // namespace parley::bench
