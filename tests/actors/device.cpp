#include "actors/device.hpp"

#include "support/recording.hpp"
#include "support/session.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace parley::test {

device::device(std::string user, std::string name, client_records& to)
    : user_(std::move(user)), name_(std::move(name)), records_(to) {}

void device::connect(node& to, std::optional<int64_t> since) {
  hang_up();
  at_ = &to;
  line_ = to.open(user_, name_);
  ++connection_;
  last_id_ = 0;
  came_ = told_ = 0;
  placed_.clear();
  json::object auth{{"t", "auth"},
                    {"id", ++last_id_},
                    {"token", "token-" + user_},
                    {"device", name_}};
  if (since)
    auth["since"] = *since;
  line_->say(auth);
  for (auto& x : unanswered_)
    transmit(x);
}

void device::hang_up() {
  if (!line_)
    return;
  look();
  line_->hang_up();
  line_.reset();
}

void device::post(const std::string& conv, const std::string& body) {
  const auto cid = name_ + '-' + std::to_string(++posts_);
  records_.sent.push_back({user_, conv, cid, body});
  unanswered_.push_back({send_frame(conv, cid, body), 0, true});
  if (is_connected())
    transmit(unanswered_.back());
}

void device::act(json::object request) {
  acted_ = true;
  request["cid"] = name_ + '-' + std::to_string(++posts_);
  unanswered_.push_back({std::move(request), 0, false});
  if (is_connected())
    transmit(unanswered_.back());
}

void device::transmit(pending& x) {
  x.id = ++last_id_;
  x.frame["id"] = x.id;
  line_->say(x.frame);
}

void device::look() {
  if (!line_)
    return;
  for (const auto& x : line_->heard()) {
    const auto type = text_of(x, "t");
    if (is_durable_event(x))
      on_event(x);
    else if (type == "ack")
      on_ack(x);
    else if (type == "error")
      on_error(x);
    else if (type == "reset")
      surprises_.push_back(json::serialize(x));
  }
  const auto code = line_->close_code();
  constexpr uint16_t replaced = 4510;
  constexpr uint16_t draining = 4000;
  const auto sent_away = may_be_sent_away_ && code == draining;
  if (code != 0 && code != replaced && !sent_away)
    surprises_.push_back("closed with " + std::to_string(code));
  if (!lazy_ && came_ != told_ && is_connected())
    line_->say({{"t", "recv"}, {"useq", told_ = came_}});
}

void device::on_event(const json::object& event) {
  const auto useq = number_of(event, "useq");
  newest_ = std::max(newest_, useq);
  came_ = useq;
  seen_.push_back(useq);
  // An ack stood for it: it is known, and may come out of its order now.
  if (acked_.contains({text_of(event, "conv"), number_of(event, "seq")}))
    return;
  auto entry = to_entry(event);
  // A later deletion may wipe the bodies of edits, and then the history cannot
  // tell what they were.
  if (entry.edited || entry.kind == "edited")
    entry.body.reset();
  records_.deliveries.push_back({user_, name_, connection_, useq,
                                 text_of(event, "conv"), std::move(entry)});
}

void device::on_ack(const json::object& ack) {
  const auto id = number_of(ack, "id");
  const auto x = find_pending(id);
  if (x == unanswered_.end()) {
    surprises_.push_back(json::serialize(ack));
    return;
  }
  const auto conv = text_of(ack, "conv");
  const auto seq = number_of(ack, "seq");
  acked_.emplace(conv, seq);
  if (x->is_message)
    records_.acks.push_back({user_, name_, conv, text_of(ack, "cid"), seq});
  if (!ack.contains("dup"))
    check_order(conv, id, seq);
  unanswered_.erase(x);
}

/// What one session sends to one conversation keeps its order; a repeat stands
/// where its first copy is.
void device::check_order(const std::string& conv, int64_t id, int64_t seq) {
  auto& all = placed_[conv];
  const auto here = all.emplace(id, seq).first;
  if ((here != all.begin() && std::prev(here)->second >= seq)
      || (std::next(here) != all.end() && std::next(here)->second <= seq))
    surprises_.push_back("out of order: " + conv + " seq "
                         + std::to_string(seq));
}

void device::on_error(const json::object& why) {
  const auto code = text_of(why, "code");
  const auto x = find_pending(why.contains("id") ? number_of(why, "id") : 0);
  if (x == unanswered_.end()) {
    surprises_.push_back(json::serialize(why));
  } else if (code == "unavailable") {
    transmit(*x);
  } else {
    if (code != "forbidden" && code != "not_found")
      surprises_.push_back(json::serialize(why));
    unanswered_.erase(x);
  }
}

std::deque<device::pending>::iterator device::find_pending(int64_t id) {
  return std::find_if(unanswered_.begin(), unanswered_.end(),
                      [id](const auto& y) { return y.id == id; });
}

std::optional<reading> read_history(client& as, const std::string& conv) {
  reading all{as.user(), conv, {}};
  for (;;) {
    const auto after = all.entries.empty() ? 0 : all.entries.back().seq;
    const auto page = as.request(
        {{"t", "history"}, {"conv", conv}, {"after", after}, {"limit", 200}});
    if (error_code(page) == "not_found")
      return std::nullopt;
    for (const auto& item : objects_of(page, "items"))
      all.entries.push_back(to_entry(item));
    if (field(page, "complete").as_bool())
      return all;
  }
}

} // namespace parley::test
