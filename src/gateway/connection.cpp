#include "gateway/connection.hpp"

#include "gateway/upgrade.hpp"

#include "parley/actors/messages.hpp"
#include "parley/actors/spawn.hpp"
#include "parley/base/limits.hpp"
#include "parley/model/nearest.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace parley::gateway {

namespace websocket = boost::beast::websocket;

using protocol::close_code;
using std::chrono::milliseconds;

namespace {

/// Time to flush what waits and for the client to answer the close frame.
constexpr std::chrono::seconds close_timeout{5};

/// A conformance suite sends more than chat allows.
constexpr size_t echo_bytes_max = 16'777'216;

/// Of pings in silence: one to wait for, then two for the answer.
constexpr int silent_intervals_max = 3;

void describe(websocket::response_type& response) {
  response.set(boost::beast::http::field::server, "Parley");
}

void describe_with_subprotocol(websocket::response_type& response) {
  describe(response);
  response.set(boost::beast::http::field::sec_websocket_protocol, subprotocol);
}

/// Nothing is kept between messages, so that an idle connection's memory is
/// bounded by these windows: 12 bits are 16 KiB to compress and 4 to inflate.
websocket::permessage_deflate compression(bool on) {
  websocket::permessage_deflate option;
  option.server_enable = on;
  option.server_no_context_takeover = true;
  option.client_no_context_takeover = true;
  option.server_max_window_bits = 12;
  option.client_max_window_bits = 12;
  option.compLevel = 3;
  option.memLevel = 4;
  option.msg_size_threshold = 256;
  return option;
}

} // namespace

connection::connection(services_ptr with, hub_ptr on, tcp_socket socket,
                       connection_limits::place place, connection_mode mode)
    : hub_(std::move(on)),
      with_(std::move(with)),
      ws_(websocket_socket{std::move(socket)}),
      place_(std::move(place)),
      mode_(mode) {}

void connection::start(const beast_request& request) {
  set_options(request);
  heard();
  auth_due_ = in(with_->settings().http.auth_timeout);
  reschedule();
  ws_.async_accept(request, [self = shared_from_this()](error_code failed) {
    self->on_accepted(failed);
  });
}

void connection::set_options(const beast_request& request) {
  bool echoes = mode_ == connection_mode::echo;
  ws_.set_option(compression(with_->settings().http.compression));
  ws_.auto_fragment(false);
  ws_.read_message_max(echoes ? echo_bytes_max
                              : limits::frame_bytes_unauthenticated);
  ws_.control_callback(
      [this](websocket::frame_type, boost::beast::string_view) { heard(); });
  auto offer = read_offer(joined(request, "Sec-WebSocket-Protocol"));
  if (offer == subprotocol_offer::ours)
    ws_.set_option(
        websocket::stream_base::decorator(describe_with_subprotocol));
  else
    ws_.set_option(websocket::stream_base::decorator(describe));
}

void connection::on_accepted(error_code failed) {
  if (failed || hub_->stopping()) {
    end();
    return;
  }
  if (at_ != phase::accepting)
    return;
  at_ = phase::open;
  if (mode_ == connection_mode::chat)
    session_ = spawn_session(with_->sys, with_->node, shared_from_this());
  else
    auth_due_ = 0;
  read();
}

// -- outbox -------------------------------------------------------------------

void connection::put(mail::kind what, int64_t value) {
  hub_->put(mail{shared_from_this(), what, value, {}});
}

void connection::push(std::vector<protocol::outgoing> objects) {
  if (objects.empty() || deaf_.load(std::memory_order_relaxed))
    return;
  size_t bytes = 0;
  for (const auto& x : objects)
    bytes += cost(x);
  auto before = waiting_.fetch_add(bytes, std::memory_order_relaxed);
  if (before + bytes <= limits::outbox_bytes_max)
    hub_->put(
        mail{shared_from_this(), mail::kind::objects, 0, std::move(objects)});
  else if (!deaf_.exchange(true))
    put(mail::kind::drop);
}

size_t connection::waiting_bytes() const noexcept {
  return waiting_.load(std::memory_order_relaxed);
}

void connection::handled() {
  // Reading stops when the count reaches the limit, so one of these calls sees
  // it leave the limit, and the others wake nobody.
  if (unanswered_.fetch_sub(1) == limits::unanswered_max)
    put(mail::kind::resume);
}

void connection::authenticated() {
  put(mail::kind::authenticated);
}

void connection::expires(timestamp when) {
  put(mail::kind::expires, when);
}

void connection::window_full(bool full) {
  put(mail::kind::window_full, full ? 1 : 0);
}

void connection::close(close_code code) {
  put(mail::kind::close, static_cast<int64_t>(code));
}

void connection::receive(mail& x) {
  if (at_ != phase::open)
    return;
  switch (x.what) {
    case mail::kind::objects:
      enqueue(std::move(x.objects));
      break;
    case mail::kind::resume:
      read();
      break;
    case mail::kind::authenticated:
      auth_due_ = 0;
      ws_.read_message_max(limits::frame_bytes_max);
      break;
    case mail::kind::expires: {
      auto left = milliseconds{x.value - with_->node->clock->now()};
      token_due_ = in(left + with_->settings().auth.expiry_grace);
      reschedule();
      break;
    }
    case mail::kind::window_full:
      window_due_ =
          x.value == 0 ? 0 : in(with_->settings().http.window_timeout);
      reschedule();
      break;
    case mail::kind::close:
      begin_close(static_cast<close_code>(x.value));
      break;
    case mail::kind::drop:
      end();
      break;
  }
}

void connection::received_all() {
  write();
}

// -- deadlines ----------------------------------------------------------------

void connection::heard() noexcept {
  heard_ = hub_->now();
  pinged_ = false;
}

wheel::tick connection::next_deadline() const noexcept {
  if (at_ == phase::closing || at_ == phase::lingering)
    return close_due_;
  auto ping = with_->settings().http.ping_interval;
  auto next =
      heard_ + hub_->ticks(pinged_ ? silent_intervals_max * ping : ping);
  for (auto due : {auth_due_, token_due_, window_due_})
    if (due != 0)
      next = std::min(next, due);
  return next;
}

void connection::reschedule() {
  if (at_ != phase::ended)
    hub_->schedule(*this, next_deadline());
}

void connection::on_deadline() {
  auto passed = [now = hub_->now()](wheel::tick due) {
    return due != 0 && due <= now;
  };
  auto ping_interval = with_->settings().http.ping_interval;
  auto silent_for = [&](int intervals) {
    return passed(heard_ + hub_->ticks(intervals * ping_interval));
  };
  // A stream that Beast fails by itself, but cannot tell the client so.
  bool stuck = at_ == phase::open && !ws_.is_open();
  if (at_ != phase::open || stuck)
    end();
  else if (passed(token_due_))
    begin_close(close_code::not_authenticated);
  else if (passed(auth_due_))
    // With a token that is good the client has done its part.
    begin_close(token_due_ == 0 ? close_code::not_authenticated
                                : close_code::draining);
  else if (passed(window_due_))
    begin_close(close_code::not_receiving);
  else if (silent_for(silent_intervals_max))
    // If nothing is being read, the silence is not the client's.
    begin_close(reading_ ? close_code::no_sign_of_life : close_code::draining);
  else if (!pinged_ && silent_for(1))
    ping();
  reschedule();
}

void connection::on_drain(const departure& where) {
  if (at_ == phase::accepting)
    end();
  else if (session_)
    caf::anon_send(session_,
                   drain{model::urls_nearby(where.others,
                                            with_->region_of(place_.address())),
                         where.within_ms});
  else
    begin_close(close_code::draining);
}

// -- the end ------------------------------------------------------------------

void connection::begin_close(close_code code) {
  if (at_ != phase::open)
    return;
  at_ = phase::closing;
  code_ = code;
  deaf_ = true;
  close_due_ = in(close_timeout);
  reschedule();
  write();
}

void connection::close_stream() {
  if (std::exchange(stream_closed_, true))
    return;
  // Beast may be about to close it by itself; then its read ends it.
  if (!ws_.is_open()) {
    if (!reading_)
      end();
    return;
  }
  websocket::close_reason why{static_cast<websocket::close_code>(code_),
                              protocol::reason(code_)};
  ws_.async_close(why,
                  [self = shared_from_this()](error_code) { self->end(); });
}

/// The client broke the protocol and was told so: it may still send, which must
/// be read, or it would not get to know.
void connection::linger() {
  if (at_ == phase::ended)
    return;
  at_ = phase::lingering;
  deaf_ = true;
  close_due_ = in(close_timeout);
  reschedule();
  drop_rest();
}

void connection::drop_rest() {
  ws_.next_layer().async_read_some(
      net::buffer(small_),
      [self = shared_from_this()](error_code failed, size_t) {
        if (failed)
          self->end();
        else
          self->drop_rest();
      });
}

void connection::end() {
  if (at_ == phase::ended)
    return;
  at_ = phase::ended;
  deaf_ = true;
  hub::remove(*this);
  error_code ignored;
  ws_.next_layer().close(ignored);
  pending_ = {};
  place_ = {};
  if (session_)
    caf::anon_send_exit(session_, caf::exit_reason::user_shutdown);
  session_ = nullptr;
}

void start_connection(services_ptr with, hub_ptr on, tcp_socket socket,
                      connection_limits::place place,
                      const beast_request& request, connection_mode mode) {
  std::make_shared<connection>(std::move(with), std::move(on),
                               std::move(socket), std::move(place), mode)
      ->start(request);
}

} // namespace parley::gateway
