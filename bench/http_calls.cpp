#include "http_calls.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/json/parse.hpp>
#include <fmt/core.h>

#include <algorithm>
#include <exception>
#include <stdexcept>

namespace parley::bench {

namespace {

namespace http = boost::beast::http;

/// Connections that calls go over; the server commits theirs together.
constexpr size_t lanes_max = 32;
constexpr std::chrono::seconds answer_wait_max{60};

struct call_list {
  const tcp::endpoint& server;
  size_t count;
  const std::function<http_call(size_t)>& make;
  const std::function<void(size_t, boost::json::value&)>& take;
  size_t next = 0;
  size_t done = 0;
};

http::request<http::string_body> request_of(http_call call) {
  http::request<http::string_body> result{call.verb, call.path, 11};
  result.set(http::field::host, "localhost");
  if (!call.token.empty())
    result.set(http::field::authorization, "Bearer " + call.token);
  if (!call.body.empty()) {
    result.set(http::field::content_type, "application/json");
    result.body() = std::move(call.body);
  }
  result.prepare_payload();
  return result;
}

net::awaitable<void> run_lane(call_list& list) {
  auto io = co_await net::this_coro::executor;
  tcp::socket socket{io};
  co_await socket.async_connect(list.server, net::use_awaitable);
  socket.set_option(tcp::no_delay{true});
  beast::flat_buffer buffer;
  while (list.next < list.count) {
    auto index = list.next++;
    auto request = request_of(list.make(index));
    co_await http::async_write(socket, request, net::use_awaitable);
    http::response<http::string_body> response;
    co_await http::async_read(socket, buffer, response, net::use_awaitable);
    if (response.result_int() / 100 != 2)
      throw std::runtime_error{
          fmt::format("{} {}: {} {}", std::string{request.method_string()},
                      std::string{request.target()}, response.result_int(),
                      response.body())};
    auto body = response.body().empty() ? boost::json::value{}
                                        : boost::json::parse(response.body());
    list.take(index, body);
    ++list.done;
  }
}

} // namespace

void call_all(loop& runner, const tcp::endpoint& server, size_t count,
              const std::function<http_call(size_t)>& make,
              const std::function<void(size_t, boost::json::value&)>& take) {
  call_list list{server, count, make, take};
  std::exception_ptr failure;
  size_t running = std::min(lanes_max, count);
  for (size_t i = std::min(lanes_max, count); i > 0; --i)
    net::co_spawn(runner.io(), run_lane(list), [&](std::exception_ptr error) {
      --running;
      if (error)
        failure = error;
    });
  while (running > 0) {
    auto before = list.done;
    auto moved = [&] {
      return running == 0 || list.done != before;
    };
    if (!runner.run_until(moved, answer_wait_max))
      throw std::runtime_error{"the server does not answer HTTP calls"};
  }
  if (failure)
    std::rethrow_exception(failure);
}

tcp::endpoint endpoint_of(loop& runner, const std::string& url) {
  constexpr std::string_view scheme = "http://";
  auto colon = url.rfind(':');
  if (!url.starts_with(scheme) || colon < scheme.size())
    throw std::runtime_error{"not of the form http://HOST:PORT: " + url};
  auto host = url.substr(scheme.size(), colon - scheme.size());
  auto port = url.substr(colon + 1);
  while (!port.empty() && port.back() == '/')
    port.pop_back();
  tcp::resolver resolver{runner.io()};
  return *resolver.resolve(host, port).begin();
}

} // namespace parley::bench
