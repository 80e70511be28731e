#include "support/http_client.hpp"

#include "support/asio_run.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include <algorithm>
#include <cctype>
#include <future>
#include <memory>

namespace parley::test {

namespace asio = boost::asio;
namespace http = boost::beast::http;

namespace {

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(),
                 [](unsigned char c) { return std::tolower(c); });
  return result;
}

http::request<http::string_body> encode(const http_request& request) {
  http::request<http::string_body> result;
  result.version(11);
  result.method_string(request.method);
  result.target(request.target);
  result.set(http::field::host, "localhost");
  result.set(http::field::connection, "close");
  if (!request.token.empty())
    result.set(http::field::authorization, "Bearer " + request.token);
  if (!request.body.empty())
    result.set(http::field::content_type, "application/json");
  for (const auto& [name, value] : request.headers)
    result.set(name, value);
  result.body() = request.body;
  result.prepare_payload();
  return result;
}

http_response decode(http::response<http::string_body>&& response) {
  http_response result;
  result.status = response.result_int();
  for (const auto& header : response)
    result.headers[lower(header.name_string())] = header.value();
  result.body = std::move(response.body());
  return result;
}

} // namespace

http_response fetch(const endpoint& where, const http_request& request) {
  asio::io_context io;
  asio::ip::tcp::socket socket(io);
  const auto what = request.method + " " + request.target;
  demand(complete(io, what,
                  [&](auto handler) {
                    socket.async_connect(
                        {asio::ip::make_address(where.host), where.port},
                        handler);
                  }),
         what + ": connect");
  const auto encoded = encode(request);
  // A node may refuse a large request before all of it is written; its answer
  // counts, not the broken write.
  complete(io, what + ": write",
           [&](auto handler) { http::async_write(socket, encoded, handler); });
  boost::beast::flat_buffer buffer;
  http::response_parser<http::string_body> parser;
  parser.body_limit(boost::none);
  parser.skip(request.method == "HEAD");
  demand(complete(io, what + ": read",
                  [&](auto handler) {
                    http::async_read(socket, buffer, parser, handler);
                  }),
         what + ": read");
  return decode(parser.release());
}

std::vector<http_response> fetch_together(const endpoint& where,
                                          const http_request& request,
                                          size_t count) {
  std::vector<std::future<http_response>> under_way;
  for (size_t i = 0; i < count; ++i)
    under_way.push_back(
        std::async(std::launch::async, [&] { return fetch(where, request); }));
  std::vector<http_response> result;
  for (auto& each : under_way)
    result.push_back(each.get());
  return result;
}

std::string http_response::header(const std::string& name) const {
  const auto found = headers.find(lower(name));
  return found == headers.end() ? std::string() : found->second;
}

json::value http_response::value() const {
  boost::system::error_code mistake;
  auto result = json::parse(body, mistake);
  if (mistake)
    throw std::runtime_error("no JSON in the answer " + std::to_string(status)
                             + ": " + body);
  return result;
}

json::object http_response::object() const {
  auto result = value();
  if (!result.is_object())
    throw std::runtime_error("not an object: " + body);
  return result.get_object();
}

std::vector<json::object> http_response::list() const {
  return objects_of({{"items", value()}}, "items");
}

std::string problem(const http_response& response) {
  const auto got = std::to_string(response.status);
  if (!response.header("content-type").starts_with("application/problem+json"))
    return got + " as " + response.header("content-type") + ": "
           + response.body;
  const auto document = response.object();
  if (const auto* status = document.if_contains("status");
      status && *status != response.status)
    return got + " with another status inside: " + response.body;
  return got + " " + text_of(document, "code");
}

std::string percent_encoded(std::string_view text) {
  static constexpr std::string_view digits = "0123456789ABCDEF";
  std::string result;
  for (unsigned char c : text) {
    if (std::isalnum(c)
        || std::string_view("-._~").find(static_cast<char>(c))
               != std::string_view::npos) {
      result += static_cast<char>(c);
    } else {
      result += '%';
      result += digits[c >> 4];
      result += digits[c & 15];
    }
  }
  return result;
}

} // namespace parley::test
