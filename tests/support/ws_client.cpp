#include "support/ws_client.hpp"

#include "support/asio_run.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket.hpp>

#include <algorithm>
#include <deque>

namespace parley::test {

namespace asio = boost::asio;
namespace websocket = boost::beast::websocket;
namespace http = boost::beast::http;

namespace {

constexpr int abnormal_close = 1006;

/// A frame in a message for people: not all of 400 KB.
std::string shortened(const json::object& frame) {
  auto text = json::serialize(frame);
  return text.size() <= 300 ? text : text.substr(0, 300) + "…";
}

/// The objects in a message of the contract; none if it is something else.
std::vector<json::object> objects_in(const ws_client::message& message) {
  boost::system::error_code mistake;
  auto value = json::parse(message.payload, mistake);
  if (mistake || message.binary)
    return {};
  if (value.is_object())
    return {std::move(value.get_object())};
  std::vector<json::object> result;
  if (value.is_array())
    for (auto& element : value.get_array())
      result.push_back(std::move(element.as_object()));
  return result;
}

http_response to_response(const websocket::response_type& answer) {
  http_response result;
  result.status = answer.result_int();
  for (const auto& header : answer) {
    std::string name(header.name_string());
    std::transform(name.begin(), name.end(), name.begin(),
                   [](unsigned char c) { return std::tolower(c); });
    result.headers[name] = header.value();
  }
  result.body = answer.body();
  return result;
}

} // namespace

upgrade_refused::upgrade_refused(http_response answer)
    : std::runtime_error("upgrade refused: " + std::to_string(answer.status)
                         + " " + answer.body),
      response(std::move(answer)) {}

struct ws_client::state {
  explicit state(const endpoint& where, const ws_options& options)
      : socket(io) {
    auto& tcp = socket.next_layer();
    tcp.open(asio::ip::tcp::v4());
    if (options.receive_buffer_bytes)
      tcp.set_option(
          asio::socket_base::receive_buffer_size(options.receive_buffer_bytes));
    demand(complete(io, "connect",
                    [&](auto handler) {
                      tcp.async_connect(
                          {asio::ip::make_address(where.host), where.port},
                          handler);
                    }),
           "connect");
    tcp.set_option(asio::ip::tcp::no_delay(true));
    prepare(options);
    upgrade(options.target);
  }

  void prepare(const ws_options& options) {
    socket.read_message_max(64 << 20);
    socket.auto_fragment(false);
    websocket::permessage_deflate deflate;
    deflate.client_enable = options.compression;
    socket.set_option(deflate);
    socket.set_option(websocket::stream_base::decorator(
        [options](websocket::request_type& request) {
          if (!options.subprotocol.empty())
            request.set(http::field::sec_websocket_protocol,
                        options.subprotocol);
          if (!options.origin.empty())
            request.set(http::field::origin, options.origin);
          for (const auto& [name, value] : options.headers)
            request.set(name, value);
        }));
    socket.control_callback(
        [this](websocket::frame_type kind, boost::beast::string_view payload) {
          if (kind == websocket::frame_type::pong)
            pongs.emplace_back(payload);
        });
  }

  void upgrade(const std::string& target) {
    websocket::response_type answer;
    const auto outcome = complete(io, "upgrade", [&](auto handler) {
      socket.async_handshake(answer, "localhost", target, handler);
    });
    handshake = to_response(answer);
    if (outcome == websocket::error::upgrade_declined)
      throw upgrade_refused(handshake);
    demand(outcome, "upgrade");
  }

  asio::io_context io;
  websocket::stream<asio::ip::tcp::socket> socket;
  http_response handshake;
  boost::beast::flat_buffer buffer;
  bool reading = false;
  std::optional<int> close_code;
  std::deque<message> incoming; ///< Read, not yet looked at.
  std::deque<json::object> objects;
  std::deque<message> messages;
  std::deque<std::string> pongs;
  std::vector<json::object> transcript;
};

ws_client::ws_client(const endpoint& where, const ws_options& options)
    : state_(std::make_unique<state>(where, options)) {}

ws_client::ws_client(ws_client&&) noexcept = default;
ws_client& ws_client::operator=(ws_client&&) noexcept = default;
ws_client::~ws_client() = default;

const http_response& ws_client::handshake() const {
  return state_->handshake;
}

void ws_client::read_more() {
  if (state_->reading || state_->close_code)
    return;
  state_->reading = true;
  state_->socket.async_read(
      state_->buffer, [s = state_.get()](auto outcome, size_t) {
        s->reading = false;
        if (outcome == websocket::error::closed)
          s->close_code = s->socket.reason().code;
        else if (outcome)
          s->close_code = abnormal_close;
        else
          s->incoming.push_back(
              {s->socket.got_binary(),
               boost::beast::buffers_to_string(s->buffer.data())});
        s->buffer.clear();
      });
}

/// Sorts what was read into objects of the contract and other messages.
void ws_client::absorb() {
  while (!state_->incoming.empty()) {
    auto newest = std::move(state_->incoming.front());
    state_->incoming.pop_front();
    auto objects = objects_in(newest);
    if (objects.empty()) {
      state_->messages.push_back(std::move(newest));
      continue;
    }
    auto& transcript = state_->transcript;
    transcript.insert(transcript.end(), objects.begin(), objects.end());
    on_objects(objects);
    std::move(objects.begin(), objects.end(),
              std::back_inserter(state_->objects));
  }
}

/// Reads until `done` holds. @returns whether it came to hold in time and
/// before the end of the connection.
bool ws_client::pump(milliseconds limit, const std::function<bool()>& done) {
  const auto deadline = clock::now() + limit;
  for (;;) {
    absorb();
    if (done())
      return true;
    read_more();
    const auto pongs = state_->pongs.size();
    const auto news = [&] {
      return !state_->reading || state_->pongs.size() > pongs;
    };
    if (!state_->reading || !run_until(state_->io, deadline, news))
      return false;
  }
}

std::string ws_client::describe() const {
  std::string result =
      state_->close_code ? "closed with " + std::to_string(*state_->close_code)
                         : std::string("open");
  result += "; the last objects that came:";
  const auto& all = state_->transcript;
  for (size_t i = all.size() - std::min<size_t>(all.size(), 8); i < all.size();
       ++i)
    result += "\n  " + shortened(all[i]);
  return result;
}

void ws_client::must(bool in_time, const std::string& what) const {
  if (in_time)
    return;
  const auto text = what + " did not come; the connection is " + describe();
  if (state_->close_code)
    throw std::runtime_error(text);
  throw timed_out(text);
}

void ws_client::send(const json::object& object) {
  send_text(json::serialize(object));
}

void ws_client::send_array(const json::array& objects) {
  send_text(json::serialize(objects));
}

void ws_client::send_text(std::string_view payload) {
  send_fragments({payload});
}

void ws_client::send_binary(std::string_view payload) {
  state_->socket.binary(true);
  send_fragments({payload});
  state_->socket.binary(false);
}

void ws_client::send_fragments(const std::vector<std::string_view>& parts) {
  for (size_t i = 0; i < parts.size(); ++i)
    demand(complete(state_->io, "write",
                    [&](auto handler) {
                      state_->socket.async_write_some(
                          i + 1 == parts.size(),
                          asio::buffer(parts[i].data(), parts[i].size()),
                          handler);
                    }),
           "write");
}

void ws_client::send_ping(std::string_view payload) {
  demand(complete(state_->io, "ping",
                  [&](auto handler) {
                    state_->socket.async_ping(
                        websocket::ping_data(boost::beast::string_view(
                            payload.data(), payload.size())),
                        handler);
                  }),
         "ping");
}

bool ws_client::send_bytes(std::string_view bytes) {
  const auto outcome = complete(state_->io, "write", [&](auto handler) {
    asio::async_write(state_->socket.next_layer(),
                      asio::buffer(bytes.data(), bytes.size()), handler);
  });
  return !outcome;
}

json::object ws_client::next(milliseconds limit) {
  must(pump(limit, [this] { return !state_->objects.empty(); }), "any object");
  auto result = std::move(state_->objects.front());
  state_->objects.pop_front();
  return result;
}

std::optional<json::object> ws_client::poll(milliseconds limit) {
  if (!pump(limit, [this] { return !state_->objects.empty(); }))
    return std::nullopt;
  return next();
}

json::object ws_client::wait_for(const json::object& part, milliseconds limit) {
  auto& objects = state_->objects;
  size_t looked_at = 0;
  const auto found = [&] {
    while (looked_at < objects.size() && !includes(objects[looked_at], part))
      ++looked_at;
    return looked_at < objects.size();
  };
  must(pump(limit, found), json::serialize(part));
  auto result = std::move(objects[looked_at]);
  objects.erase(objects.begin() + static_cast<std::ptrdiff_t>(looked_at));
  return result;
}

void ws_client::await(const std::function<bool()>& done, milliseconds limit) {
  must(pump(limit, done), "what was awaited");
}

ws_client::message ws_client::next_message(milliseconds limit) {
  must(pump(limit, [this] { return !state_->messages.empty(); }),
       "any message");
  auto result = std::move(state_->messages.front());
  state_->messages.pop_front();
  return result;
}

std::string ws_client::wait_pong(milliseconds limit) {
  must(pump(limit, [this] { return !state_->pongs.empty(); }), "any pong");
  auto result = std::move(state_->pongs.front());
  state_->pongs.pop_front();
  return result;
}

int ws_client::wait_close(milliseconds limit) {
  pump(limit, [] { return false; });
  if (!state_->close_code)
    throw timed_out("no close came; the connection is " + describe());
  return *state_->close_code;
}

bool ws_client::open() const {
  return !state_->close_code;
}

void ws_client::close() {
  complete(state_->io, "close", [&](auto handler) {
    state_->socket.async_close(websocket::close_code::normal, handler);
  });
  state_->close_code = 1000;
}

const std::vector<json::object>& ws_client::transcript() const {
  return state_->transcript;
}

std::vector<json::object> ws_client::seen(const json::object& part) const {
  std::vector<json::object> result;
  for (const auto& object : state_->transcript)
    if (includes(object, part))
      result.push_back(object);
  return result;
}

} // namespace parley::test
