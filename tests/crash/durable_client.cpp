#include "crash/durable_client.hpp"

#include "support/recording.hpp"

#include <algorithm>
#include <stdexcept>

namespace parley::test {

durable_client::durable_client(const account& user, std::string device,
                               std::optional<int64_t> since)
    : user_(user.user()),
      token_(user.token()),
      device_(std::move(device)),
      last_useq_(since) {}

bool durable_client::connect(const endpoint& where) {
  session_options options{.device = device_,
                          .since = last_useq_,
                          .acknowledges = false,
                          .catches_up = false};
  try {
    session_.emplace(where, token_, options);
  } catch (const std::exception&) {
    session_.reset();
    return false;
  }
  ++connections_;
  newest_.clear();
  if (!last_useq_)
    last_useq_ = number_of(session_->ready(), "useq");
  transmit_all();
  return connected();
}

void durable_client::post(const std::string& conv, const std::string& body) {
  const auto cid = device_ + "-" + std::to_string(++posted_);
  unanswered_.push_back({conv, cid, body, 0});
  records_.sent.push_back({user_, conv, cid, body});
  if (connected())
    transmit(unanswered_.back());
}

void durable_client::transmit(pending& message) {
  ++message.attempts;
  try {
    session_->start({{"t", "send"},
                     {"cid", message.cid},
                     {"conv", message.conv},
                     {"body", message.body}});
  } catch (const std::exception&) {
    lose_connection();
  }
}

void durable_client::transmit_all() {
  retries_ = false;
  for (size_t i = 0; connected() && i < unanswered_.size(); ++i)
    transmit(unanswered_[i]);
}

bool durable_client::read(milliseconds limit) {
  if (connected() && retries_)
    transmit_all();
  if (!connected())
    return false;
  const auto before = last_useq_;
  for (auto object = session_->poll(limit); object;
       object = session_->poll(milliseconds(0)))
    handle(*object);
  if (!session_->open()) {
    lose_connection();
    return false;
  }
  if (last_useq_ != before) {
    try {
      session_->send({{"t", "recv"}, {"useq", *last_useq_}});
    } catch (const std::exception&) {
      lose_connection();
    }
  }
  return connected();
}

void durable_client::handle(const json::object& object) {
  const auto type = text_of(object, "t");
  if (type == "ack") {
    handle_ack(object);
  } else if (type == "error") {
    if (field(object, "retryable") != true)
      throw std::runtime_error("refused: " + json::serialize(object));
    retries_ = true;
  } else if (type == "reset") {
    throw std::runtime_error("cannot resume: " + json::serialize(object));
  } else if (is_durable_event(object)) {
    delivery event{user_,
                   device_,
                   connections_,
                   number_of(object, "useq"),
                   text_of(object, "conv"),
                   to_entry(object)};
    seen_.emplace(event.conv, event.entry.seq);
    auto& newest = newest_[event.conv];
    newest = std::max(newest, event.entry.seq);
    last_useq_ = std::max(*last_useq_, event.useq);
    records_.deliveries.push_back(std::move(event));
  }
}

void durable_client::handle_ack(const json::object& ack) {
  const auto conv = text_of(ack, "conv");
  const auto cid = text_of(ack, "cid");
  const auto seq = number_of(ack, "seq");
  records_.acks.push_back({user_, device_, conv, cid, seq});
  seen_.emplace(conv, seq);
  repeats_ += ack.contains("dup");
  std::erase_if(unanswered_, [&](const pending& each) {
    if (each.conv != conv || each.cid != cid)
      return false;
    overtaken_ += each.attempts == 1 && newest_[conv] > seq;
    return true;
  });
}

} // namespace parley::test
