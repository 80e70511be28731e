#include "actors/client.hpp"

#include "actors/fake_connection.hpp"
#include "actors/node.hpp"
#include "support/session.hpp"

#include <algorithm>
#include <iterator>
#include <stdexcept>
#include <utility>

namespace parley::test {

client::client(line to, std::string user, std::string device)
    : line_(std::move(to)),
      user_(std::move(user)),
      device_(std::move(device)) {}

client::~client() = default;

void client::say(const json::object& object) {
  line_.send(json::serialize(object));
}

void client::say_all(const std::vector<json::object>& objects) {
  json::array all;
  for (const auto& x : objects)
    all.push_back(x);
  line_.send(json::serialize(all));
}

int64_t client::start(json::object request) {
  request["id"] = ++last_id_;
  say(request);
  return last_id_;
}

json::object client::request(json::object request) {
  const auto what = json::serialize(request);
  const auto id = start(std::move(request));
  line_.at->run();
  take();
  const auto reply =
      std::find_if(unread_.begin(), unread_.end(), [&](const auto& x) {
        return x.contains("id") && number_of(x, "id") == id;
      });
  if (reply == unread_.end())
    throw std::runtime_error("no reply to " + what);
  auto result = std::move(*reply);
  unread_.erase(reply);
  return result;
}

int64_t client::post(const std::string& conv, const std::string& body) {
  const auto ack = request(send_frame(conv, fresh_cid(), body));
  if (text_of(ack, "t") != "ack")
    throw std::runtime_error("no ack but " + json::serialize(ack));
  return number_of(ack, "seq");
}

void client::take() {
  auto& came = line_.connection->objects;
  for (const auto& x : came)
    if (is_durable_event(x))
      newest_useq_ = std::max(newest_useq_, number_of(x, "useq"));
  std::move(came.begin(), came.end(), std::back_inserter(unread_));
  came.clear();
}

std::vector<json::object> client::heard() {
  take();
  return std::exchange(unread_, {});
}

std::vector<json::object> client::events() {
  auto all = heard();
  std::erase_if(all, [](const auto& x) { return !is_durable_event(x); });
  return all;
}

void client::acknowledge() {
  say({{"t", "recv"}, {"useq", newest_useq_}});
}

bool client::is_open() const {
  return !ended_ && !line_.connection->is_cut
         && line_.connection->close_code == 0;
}

uint16_t client::close_code() const {
  return line_.connection->close_code;
}

void client::hang_up() {
  ended_ = true;
  line_.connection->cut();
}

json::object send_frame(const std::string& conv, const std::string& cid,
                        const std::string& body) {
  return {{"t", "send"}, {"conv", conv}, {"cid", cid}, {"body", body}};
}

} // namespace parley::test
