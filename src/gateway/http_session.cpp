#include "gateway/http_session.hpp"

#include "gateway/connection_start.hpp"
#include "gateway/dispatch.hpp"
#include "gateway/http_messages.hpp"
#include "gateway/problem.hpp"
#include "gateway/router.hpp"
#include "gateway/upgrade.hpp"

#include "parley/base/limits.hpp"

#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/beast/websocket/rfc6455.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <utility>

namespace parley::gateway {

namespace beast = boost::beast;
namespace http = beast::http;

namespace {

constexpr uint32_t head_bytes_max = 8192;
constexpr std::chrono::seconds answer_timeout{60}; ///< To answer, to write.
constexpr std::chrono::seconds linger_timeout{2};

/// One client that speaks HTTP: one request at a time, whatever it pipelines.
class http_session final : public peer,
                           public responder,
                           public std::enable_shared_from_this<http_session> {
public:
  http_session(services_ptr with, hub_ptr on, tcp_socket socket,
               connection_limits::place place)
      : hub_(std::move(on)),
        with_(std::move(with)),
        socket_(std::move(socket)),
        place_(std::move(place)) {}

  void start();
  void refuse();

  void respond(http_reply reply) override;
  void on_deadline() override { end(); }
  void on_drain(const departure& where) override;
  void end() override;

private:
  using parser = http::request_parser<http::string_body>;
  enum class phase : uint8_t { reading, answering, writing, lingering, ended };

  void enter(phase next, std::chrono::milliseconds at_most);
  void read_head();
  void on_head(error_code failed);
  void on_broken(error_code failed);
  bool demands_host() const;
  bool too_large_for_its_sender();
  void expect_body();
  void read_body();
  void answer();
  void reject(http_reply reply);
  bool upgrade();
  std::optional<connection_mode> upgrade_mode() const;
  void write(http_reply reply);
  void on_written(error_code failed);
  void linger();
  void drop_rest();

  hub_ptr hub_;
  services_ptr with_;
  tcp_socket socket_;
  connection_limits::place place_;
  beast::flat_buffer buffer_;
  std::unique_ptr<parser> parser_;
  std::unique_ptr<outgoing_response> response_;
  http_head head_;
  phase at_ = phase::reading;
  bool keep_alive_ = false;
};

void http_session::enter(phase next, std::chrono::milliseconds at_most) {
  at_ = next;
  hub_->schedule(*this, hub_->now() + hub_->ticks(at_most));
}

void http_session::start() {
  error_code ignored;
  socket_.set_option(tcp::no_delay{true}, ignored);
  if (hub_->stopping())
    end();
  else
    read_head();
}

void http_session::refuse() {
  if (hub_->stopping()) {
    end();
    return;
  }
  enter(phase::answering, linger_timeout);
  write(problem({errc::unavailable, "too many connections", 1000}));
}

void http_session::read_head() {
  if (buffer_.size() == 0)
    buffer_.shrink_to_fit();
  head_ = {};
  keep_alive_ = false;
  parser_ = std::make_unique<parser>();
  parser_->header_limit(head_bytes_max);
  parser_->body_limit(limits::http_body_bytes_max);
  enter(phase::reading, with_->settings().http.header_timeout);
  http::async_read_header(
      socket_, buffer_, *parser_,
      [self = shared_from_this()](error_code failed, size_t) {
        self->on_head(failed);
      });
}

void http_session::on_broken(error_code failed) {
  if (at_ == phase::ended)
    return;
  auto reply = answer_to(failed);
  if (reply)
    reject(std::move(*reply));
  else
    end();
}

void http_session::on_head(error_code failed) {
  if (failed) {
    on_broken(failed);
    return;
  }
  const auto& request = parser_->get();
  head_ = head_of(request);
  head_.from = place_.address();
  keep_alive_ = request.keep_alive();
  if (demands_host())
    reject(problem({errc::bad_request, "expected one Host"}));
  else if (too_large_for_its_sender())
    reject(problem({errc::too_large, "larger requests need a sound token"}));
  else if (!upgrade())
    expect_body();
}

/// RFC 9112, 3.2.
bool http_session::demands_host() const {
  const auto& request = parser_->get();
  return request.version() >= 11 && request.count(http::field::host) != 1;
}

/// What strangers can make the node hold in memory is small.
bool http_session::too_large_for_its_sender() {
  constexpr auto strangers_max = limits::frame_bytes_unauthenticated;
  auto length = parser_->content_length();
  if (!parser_->chunked() && length.value_or(0) <= strangers_max)
    return false;
  if (with_->tokens.check(bearer_token(head_.authorization)))
    return false;
  if (!parser_->chunked())
    return true;
  parser_->body_limit(strangers_max);
  return false;
}

void http_session::expect_body() {
  const auto& request = parser_->get();
  auto expected = request[http::field::expect];
  if (expected.empty()) {
    read_body();
    return;
  }
  if (!beast::iequals(expected, "100-continue")) {
    reject(problem({errc::bad_request, "this expectation is not met"}, 417));
    return;
  }
  static constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
  net::async_write(socket_, net::buffer(go_on),
                   [self = shared_from_this()](error_code failed, size_t) {
                     if (failed)
                       self->end();
                     else
                       self->read_body();
                   });
}

void http_session::read_body() {
  if (parser_->is_done()) {
    answer();
    return;
  }
  http::async_read(socket_, buffer_, *parser_,
                   [self = shared_from_this()](error_code failed, size_t) {
                     if (failed)
                       self->on_broken(failed);
                     else
                       self->answer();
                   });
}

void http_session::answer() {
  if (at_ == phase::ended)
    return;
  enter(phase::answering, answer_timeout);
  auto body = std::move(parser_->get().body());
  dispatch(with_, hub_, head_, std::move(body), shared_from_this());
}

/// Answers without having read all of the request, and closes.
void http_session::reject(http_reply reply) {
  keep_alive_ = false;
  enter(phase::answering, answer_timeout);
  write(std::move(reply));
}

std::optional<connection_mode> http_session::upgrade_mode() const {
  auto what = parse_target(head_.target);
  if (!what || what->segments.size() != 2)
    return std::nullopt;
  if (what->segments[0] == "v1" && what->segments[1] == "ws")
    return connection_mode::chat;
  if (with_->settings().debug.echo && what->segments[0] == "debug"
      && what->segments[1] == "echo")
    return connection_mode::echo;
  return std::nullopt;
}

/// @returns false if this is to be answered as plain HTTP.
bool http_session::upgrade() {
  const auto& request = parser_->get();
  if (!beast::websocket::is_upgrade(request))
    return false;
  auto mode = upgrade_mode();
  if (!mode)
    return false;
  auto offered = read_offer(joined(request, "Sec-WebSocket-Protocol"));
  if (!with_->origins.allows(head_.origin, head_.host))
    reject(problem({errc::forbidden, "this origin is not allowed"}));
  else if (with_->draining)
    reject(problem({errc::unavailable, "the node stops"}));
  else if (*mode == connection_mode::chat
           && offered == subprotocol_offer::others)
    reject(problem({errc::bad_request, "expected the subprotocol parley.v1"}));
  else if (buffer_.size() > 0 || !parser_->is_done())
    reject(problem({errc::bad_request, "expected nothing behind the head"}));
  else {
    hub::remove(*this);
    at_ = phase::ended;
    start_connection(with_, hub_, std::move(socket_), std::move(place_),
                     parser_->get(), *mode);
  }
  return true;
}

void http_session::respond(http_reply reply) {
  if (at_ == phase::answering)
    write(std::move(reply));
}

void http_session::write(http_reply reply) {
  bool body_wanted = head_.method != verb::head;
  parser_.reset();
  keep_alive_ = keep_alive_ && !with_->draining;
  response_ = std::make_unique<outgoing_response>();
  auto& message = response_->message;
  fill(message, std::move(reply));
  message.keep_alive(keep_alive_);
  enter(phase::writing, answer_timeout);
  auto written = [self = shared_from_this()](error_code failed, size_t) {
    self->on_written(failed);
  };
  if (body_wanted) {
    http::async_write(socket_, response_->serializer, std::move(written));
  } else {
    response_->serializer.split(true);
    http::async_write_header(socket_, response_->serializer,
                             std::move(written));
  }
}

void http_session::on_written(error_code failed) {
  if (at_ == phase::ended)
    return;
  response_.reset();
  if (failed)
    end();
  else if (keep_alive_ && !with_->draining)
    read_head();
  else
    linger();
}

/// RFC 9112, 9.6: a socket that is closed while the client still sends would
/// take the answer back from it.
void http_session::linger() {
  error_code ignored;
  socket_.shutdown(tcp::socket::shutdown_send, ignored);
  enter(phase::lingering, linger_timeout);
  drop_rest();
}

void http_session::drop_rest() {
  buffer_.clear();
  socket_.async_read_some(
      buffer_.prepare(4096),
      [self = shared_from_this()](error_code failed, size_t) {
        if (failed)
          self->end();
        else
          self->drop_rest();
      });
}

void http_session::on_drain(const departure&) {
  bool idle =
      at_ == phase::reading && buffer_.size() == 0 && !parser_->got_some();
  if (idle)
    end();
}

void http_session::end() {
  if (at_ == phase::ended)
    return;
  at_ = phase::ended;
  hub::remove(*this);
  error_code ignored;
  socket_.close(ignored);
  place_ = {};
}

} // namespace

void start_http_session(services_ptr with, hub_ptr on, tcp_socket socket,
                        connection_limits::place place) {
  std::make_shared<http_session>(std::move(with), std::move(on),
                                 std::move(socket), std::move(place))
      ->start();
}

void start_http_refusal(services_ptr with, hub_ptr on, tcp_socket socket,
                        connection_limits::place place) {
  std::make_shared<http_session>(std::move(with), std::move(on),
                                 std::move(socket), std::move(place))
      ->refuse();
}

} // namespace parley::gateway
