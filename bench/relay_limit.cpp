#include "frame_queue.hpp"
#include "net.hpp"

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/websocket/rfc6455.hpp>
#include <boost/json/monotonic_resource.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <fmt/core.h>

#include <chrono>
#include <cstdio>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

/// A bare WebSocket relay: what this machine does at best with Beast when
/// nothing is stored, checked or ordered. One thread; one frame, one write and
/// one system call for each delivery. A client names itself in the path,
/// `/relay?user=u1`, enters at most one group with `{"t":"join","conv":"g:…"}`
/// and then sends the `send` frames of the wire contract, which reach the
/// recipients as they are.
namespace parley::bench {

namespace http = boost::beast::http;
namespace json = boost::json;

class peer;

/// Who is connected, by name and by group. Peers enter and leave by themselves.
class directory {
public:
  explicit directory(bool acks) : acks_{acks} {}

  void enter(const std::string& user, peer& who) { users_[user] = &who; }

  void join(const std::string& group, peer& who) {
    groups_[group].push_back(&who);
  }

  void leave(const std::string& user, const std::string& group, peer& who) {
    if (auto i = users_.find(user); i != users_.end() && i->second == &who)
      users_.erase(i);
    if (auto i = groups_.find(group); i != groups_.end()) {
      std::erase(i->second, &who);
      if (i->second.empty())
        groups_.erase(i);
    }
  }

  peer* find(const std::string& user) const {
    auto i = users_.find(user);
    return i == users_.end() ? nullptr : i->second;
  }

  const std::vector<peer*>* members(const std::string& group) const {
    auto i = groups_.find(group);
    return i == groups_.end() ? nullptr : &i->second;
  }

  bool acks() const { return acks_; }
  uint64_t next_seq() { return ++seq_; }

private:
  bool acks_;
  uint64_t seq_ = 0;
  std::unordered_map<std::string, peer*> users_;
  std::unordered_map<std::string, std::vector<peer*>> groups_;
};

using payload = std::shared_ptr<const std::string>;

/// One connection. A frame for it goes into a queue that writes itself.
class peer : public std::enable_shared_from_this<peer> {
public:
  peer(tcp_socket socket, directory& dir)
      : ws_{std::move(socket)}, directory_{dir} {
    ws_.next_layer().set_option(tcp::no_delay{true});
    ws_.auto_fragment(false);
    ws_.text(true);
  }

  ~peer() { directory_.leave(user_, group_, *this); }

  void start() {
    upgrade_ = std::make_unique<upgrade>();
    http::async_read(ws_.next_layer(), upgrade_->buffer, upgrade_->request,
                     [self = shared_from_this()](error_code ec, size_t) {
                       if (!ec)
                         self->accept();
                     });
  }

  void push(payload frame) {
    if (!queue_.push(std::move(frame))) {
      ws_.next_layer().close();
      return;
    }
    if (open_ && !writing_)
      write();
  }

private:
  struct upgrade {
    beast::flat_buffer buffer;
    http::request<http::empty_body> request;
  };

  void accept() {
    constexpr std::string_view path = "/relay?user=";
    auto target = upgrade_->request.target();
    if (target.substr(0, path.size()) != path)
      return;
    user_ = target.substr(path.size());
    directory_.enter(user_, *this);
    ws_.async_accept(upgrade_->request,
                     [self = shared_from_this()](error_code ec) {
                       if (!ec)
                         self->run();
                     });
  }

  void run() {
    upgrade_.reset();
    open_ = true;
    write();
    read();
  }

  void read() {
    ws_.async_read(buffer_, [self = shared_from_this()](error_code ec, size_t) {
      if (ec)
        return;
      auto data = self->buffer_.cdata();
      self->take({static_cast<const char*>(data.data()), data.size()});
      self->buffer_.consume(data.size());
      self->read();
    });
  }

  /// Parses one frame, only to know whom it is for.
  void take(std::string_view text) {
    unsigned char scratch[4096];
    json::monotonic_resource memory{scratch, sizeof scratch};
    json::error_code ec;
    auto frame = json::parse(text, ec, &memory);
    if (ec || !frame.is_object())
      return;
    const auto& fields = frame.get_object();
    auto to = text_of(fields, "to");
    auto conv = text_of(fields, "conv");
    if (to) {
      if (auto* other = directory_.find(std::string{*to}))
        other->push(std::make_shared<const std::string>(text));
    } else if (conv) {
      if (text_of(fields, "t") == "join")
        return join(*conv);
      relay_to_group(*conv, text);
    } else {
      return;
    }
    if (directory_.acks())
      acknowledge(fields, to ? *to : *conv);
  }

  static std::optional<std::string_view> text_of(const json::object& fields,
                                                 std::string_view name) {
    const auto* value = fields.if_contains(name);
    if (value == nullptr || !value->is_string())
      return std::nullopt;
    return std::string_view{value->get_string()};
  }

  void relay_to_group(std::string_view group, std::string_view text) {
    const auto* members = directory_.members(std::string{group});
    if (members == nullptr)
      return;
    auto frame = std::make_shared<const std::string>(text);
    for (auto* member : *members)
      if (member != this)
        member->push(frame);
  }

  void join(std::string_view group) {
    group_ = group;
    directory_.join(group_, *this);
    push(std::make_shared<const std::string>(
        fmt::format(R"({{"t":"joined","conv":"{}"}})", group)));
  }

  void acknowledge(const json::object& fields, std::string_view conv) {
    using namespace std::chrono;
    const auto* id = fields.if_contains("id");
    auto cid = text_of(fields, "cid");
    if (id == nullptr || !id->is_int64() || !cid)
      return;
    auto ts =
        duration_cast<milliseconds>(system_clock::now().time_since_epoch());
    push(std::make_shared<const std::string>(fmt::format(
        R"({{"t":"ack","id":{},"cid":"{}","conv":"{}","seq":{},"ts":{}}})",
        id->get_int64(), *cid, conv, directory_.next_seq(), ts.count())));
  }

  void write() {
    writing_ = queue_.size() > 0 ? queue_.pop() : nullptr;
    if (!writing_)
      return;
    ws_.async_write(net::buffer(*writing_),
                    [self = shared_from_this()](error_code ec, size_t) {
                      if (!ec)
                        self->write();
                    });
  }

  ws_stream ws_;
  directory& directory_;
  std::unique_ptr<upgrade> upgrade_; ///< Gone once the socket is upgraded.
  beast::flat_buffer buffer_;
  frame_queue<payload> queue_;
  payload writing_; ///< Null while nothing is being written.
  std::string user_;
  std::string group_;
  bool open_ = false;
};

/// Accepts for ever; each peer keeps itself alive.
class listener {
public:
  listener(net::io_context& io, uint16_t port, directory& dir)
      : acceptor_{io, tcp::endpoint{net::ip::address_v4::loopback(), port}},
        directory_{dir} {}

  uint16_t port() const { return acceptor_.local_endpoint().port(); }

  void accept() {
    acceptor_.async_accept([this](error_code ec, tcp_socket socket) {
      if (!ec)
        std::make_shared<peer>(std::move(socket), directory_)->start();
      accept();
    });
  }

private:
  net::basic_socket_acceptor<tcp, executor> acceptor_;
  directory& directory_;
};

} // namespace parley::bench

int main(int argc, char** argv) {
  using namespace parley::bench;
  bool acks = argc == 2 && std::strcmp(argv[1], "--ack") == 0;
  if (argc > 2 || (argc == 2 && !acks)) {
    fmt::print(stderr, "usage: relay-limit [--ack]\n");
    return 2;
  }
  directory dir{acks};
  net::io_context io{1};
  listener door{io, 0, dir};
  door.accept();
  fmt::print("relay-limit: ready at http://127.0.0.1:{}\n", door.port());
  std::fflush(stdout);
  io.run();
}
