#include "support/push_server.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include <algorithm>
#include <memory>

namespace parley::test {

namespace net = boost::asio;
namespace http = boost::beast::http;
using net::ip::tcp;

push_server::push_server()
    : acceptor_(io_, {net::ip::make_address("127.0.0.1"), 0}) {
  take_connections();
  thread_ = std::thread{[this] {
    io_.run();
  }};
}

push_server::~push_server() {
  io_.stop();
  thread_.join();
}

std::string push_server::url(const std::string& path) const {
  return "http://127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port())
         + "/" + path;
}

void push_server::answer(unsigned status, header_list headers) {
  std::lock_guard guard{lock_};
  reply_ = {status, std::move(headers), false};
}

void push_server::hang() {
  std::lock_guard guard{lock_};
  reply_.hangs = true;
}

std::vector<push_server::received> push_server::all() const {
  std::lock_guard guard{lock_};
  return all_;
}

push_server::received
push_server::wait_for(const std::function<bool(const received&)>& fits) {
  std::unique_lock guard{lock_};
  auto found = all_.end();
  if (!came_.wait_for(guard, patience, [&] {
        found = std::find_if(all_.begin(), all_.end(), fits);
        return found != all_.end();
      }))
    throw timed_out("no such notification came");
  return *found;
}

push_server::received push_server::wait_for(const std::string& target) {
  return wait_for([&](const received& x) { return x.target == "/" + target; });
}

std::vector<push_server::received> push_server::wait_count(size_t count) {
  std::unique_lock guard{lock_};
  if (!came_.wait_for(guard, patience, [&] { return all_.size() >= count; }))
    throw timed_out("too few notifications came");
  return all_;
}

void push_server::take_connections() {
  net::co_spawn(
      io_,
      [this]() -> net::awaitable<void> {
        for (;;)
          serve(co_await acceptor_.async_accept(net::use_awaitable));
      },
      net::detached);
}

void push_server::serve(tcp::socket over) {
  auto socket = std::make_shared<tcp::socket>(std::move(over));
  net::co_spawn(
      io_,
      [this, socket]() -> net::awaitable<void> {
        boost::beast::flat_buffer buffer;
        for (;;) {
          http::request<http::string_body> in;
          co_await http::async_read(*socket, buffer, in, net::use_awaitable);
          received one{std::string{in.target()}, {}, in.body()};
          for (const auto& field : in) {
            std::string name{field.name_string()};
            std::transform(name.begin(), name.end(), name.begin(),
                           [](unsigned char c) { return std::tolower(c); });
            one.headers[name] = std::string{field.value()};
          }
          reply with;
          {
            std::lock_guard guard{lock_};
            all_.push_back(std::move(one));
            with = reply_;
          }
          came_.notify_all();
          if (with.hangs) {
            net::steady_timer forever{io_};
            forever.expires_at(net::steady_timer::time_point::max());
            co_await forever.async_wait(net::use_awaitable);
          }
          http::response<http::empty_body> out{
              static_cast<http::status>(with.status), in.version()};
          for (const auto& [name, value] : with.headers)
            out.set(name, value);
          out.prepare_payload();
          co_await http::async_write(*socket, out, net::use_awaitable);
        }
      },
      // A connection that the node closes ends with an error.
      net::detached);
}

} // namespace parley::test
