#include "client.hpp"

#include <boost/beast/http/field.hpp>
#include <boost/beast/websocket/rfc6455.hpp>
#include <fmt/core.h>

#include <utility>

namespace parley::bench {

client::client(net::io_context& io, uint32_t index, identity self,
               frame_reader& reader, client_events& events)
    : ws_{io},
      index_{index},
      self_{std::move(self)},
      reader_{reader},
      events_{&events} {
  ws_.auto_fragment(false);
  ws_.text(true);
  // The mask protects proxies from scripts in a browser; nothing here needs a
  // mask that nobody can guess.
  ws_.secure_prng(false);
  ws_.set_option(
      websocket::stream_base::decorator([](websocket::request_type& request) {
        request.set(beast::http::field::sec_websocket_protocol, "parley.v1");
      }));
}

void client::open(const tcp::endpoint& server) {
  ws_.next_layer().async_connect(
      server,
      [self = shared_from_this()](error_code ec) { self->handshake(ec); });
}

void client::handshake(error_code ec) {
  if (ec)
    return fail("connect: " + ec.message());
  ws_.next_layer().set_option(tcp::no_delay{true});
  // An abandoned socket must not occupy its port for a minute.
  ws_.next_layer().set_option(net::socket_base::linger{true, 0});
  ws_.async_handshake("localhost", self_.path,
                      [self = shared_from_this()](error_code result) {
                        self->on_open(result);
                      });
}

void client::on_open(error_code ec) {
  if (ec)
    return fail("upgrade: " + ec.message());
  if (!self_.awaits_hello && !self_.welcome.empty())
    send(std::move(self_.welcome));
  else if (!self_.awaits_hello && events_ != nullptr)
    events_->on_ready(*this);
  read();
}

void client::read() {
  ws_.async_read(buffer_, [self = shared_from_this()](error_code ec, size_t) {
    self->on_read(ec);
  });
}

void client::on_read(error_code ec) {
  if (ec == websocket::error::closed)
    return fail(fmt::format("closed with {} {}", ws_.reason().code,
                            ws_.reason().reason.c_str()));
  if (ec)
    return fail("read: " + ec.message());
  auto data = buffer_.cdata();
  moved_.in_bytes += data.size();
  auto frames =
      reader_.read({static_cast<const char*>(data.data()), data.size()});
  if (reader_.failed())
    return fail("a frame that is no JSON object and no array of them");
  for (const auto& each : frames) {
    if (events_ == nullptr)
      return;
    take(each);
  }
  if (unreceived_ >= recv_every) {
    unreceived_ = 0;
    send(fmt::format(R"({{"t":"recv","useq":{}}})", last_useq_));
  }
  buffer_.consume(data.size());
  read();
}

void client::take(const frame& what) {
  if (what.kind == frame_kind::hello && self_.awaits_hello)
    return send(std::move(self_.welcome));
  if (what.kind == frame_kind::ready) {
    last_useq_ = what.useq;
    return events_->on_ready(*this);
  }
  if (what.kind == frame_kind::joined)
    return events_->on_ready(*this);
  if (what.kind == frame_kind::reset || what.kind == frame_kind::reconnect)
    return fail("the server sent reset or reconnect");
  if (what.useq != 0 && what.seq != 0) {
    if (what.useq <= last_useq_)
      return fail(fmt::format("useq {} after {}", what.useq, last_useq_));
    last_useq_ = what.useq;
    ++unreceived_;
  }
  events_->on_frame(*this, what);
}

void client::send(std::string text) {
  if (events_ == nullptr)
    return;
  if (!queue_.push(std::move(text)))
    return fail("the server does not read");
  if (!is_writing_)
    write();
}

void client::write() {
  is_writing_ = queue_.size() > 0;
  if (!is_writing_)
    return;
  writing_ = queue_.pop();
  moved_.out_bytes += writing_.size();
  ws_.async_write(net::buffer(writing_),
                  [self = shared_from_this()](error_code ec, size_t) {
                    if (ec)
                      return self->fail("write: " + ec.message());
                    self->write();
                  });
}

void client::fail(const std::string& why) {
  if (events_ == nullptr)
    return;
  auto* events = std::exchange(events_, nullptr);
  error_code ignored;
  ws_.next_layer().close(ignored);
  events->on_failure(*this, why);
}

void client::abandon() {
  events_ = nullptr;
  error_code ignored;
  ws_.next_layer().close(ignored);
}

} // namespace parley::bench
