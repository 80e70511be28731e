#include "support/session.hpp"

#include <algorithm>
#include <atomic>

namespace parley::test {

session::session(const endpoint& where, const std::string& token,
                 const session_options& options)
    : ws_client(where, options.transport) {
  authenticate(token, options);
}

void session::authenticate(const std::string& token,
                           const session_options& options) {
  wait_for({{"t", "hello"}});
  acknowledges_ = options.acknowledges;
  json::object auth{
      {"t", "auth"}, {"token", token}, {"device", options.device}};
  if (options.since)
    auth["since"] = *options.since;
  ready_ = request(auth);
  if (text_of(ready_, "t") != "ready")
    throw std::runtime_error("not ready: " + json::serialize(ready_));
  if (!options.catches_up)
    return;
  await([this] {
    return !seen({{"t", "caught_up"}}).empty()
           || !seen({{"t", "reset"}}).empty();
  });
}

json::object session::request(json::object object) {
  return reply_to(start(std::move(object)));
}

int64_t session::start(json::object object) {
  object["id"] = ++last_id_;
  send(object);
  return last_id_;
}

json::object session::reply_to(int64_t id, milliseconds limit) {
  return wait_for({{"id", id}}, limit);
}

int64_t session::say(const std::string& conv, const std::string& body) {
  const auto reply = request(
      {{"t", "send"}, {"cid", fresh_cid()}, {"conv", conv}, {"body", body}});
  if (text_of(reply, "t") != "ack")
    throw std::runtime_error("no ack: " + json::serialize(reply));
  return number_of(reply, "seq");
}

void session::settle() {
  send({{"t", "ping"}});
  wait_for({{"t", "pong"}});
}

void session::acknowledge() {
  send({{"t", "recv"}, {"useq", newest_useq_}});
}

std::vector<json::object> session::events() const {
  std::vector<json::object> result;
  std::copy_if(transcript().begin(), transcript().end(),
               std::back_inserter(result), is_durable_event);
  return result;
}

void session::on_objects(const std::vector<json::object>& objects) {
  const auto before = newest_useq_;
  for (const auto& object : objects)
    if (is_durable_event(object))
      newest_useq_ = std::max(newest_useq_, number_of(object, "useq"));
  if (!acknowledges_ || newest_useq_ == before)
    return;
  try {
    acknowledge();
  } catch (const boost::system::system_error&) {
    // The node has closed meanwhile; whoever waits next is told so.
  }
}

bool is_durable_event(const json::object& object) {
  return object.contains("useq") && object.contains("seq");
}

std::string fresh_cid() {
  static std::atomic<int> count = 0;
  return "cid-" + std::to_string(++count);
}

} // namespace parley::test
