#include "gateway/exchange.hpp"

#include "gateway/problem.hpp"

namespace parley::gateway {

const std::string& exchange::param(std::string_view name) const {
  static const std::string none;
  for (const auto& [key, value] : request_.params)
    if (key == name)
      return value;
  return none;
}

void exchange::reply(http_reply x) {
  if (auto to = std::exchange(to_, nullptr))
    to->respond(std::move(x));
}

void exchange::json(unsigned status, std::string body) {
  http_reply x;
  x.status = status;
  x.body = std::move(body);
  reply(std::move(x));
}

void exchange::fields(unsigned status, const answer& x) {
  auto bytes = x.fields.view();
  std::string body;
  body.reserve(bytes.size() + 2);
  body += '{';
  body += bytes;
  body += '}';
  json(status, std::move(body));
}

void exchange::done(const answer& x) {
  if (!x.fields.empty()) {
    fields(200, x);
    return;
  }
  http_reply nothing;
  nothing.status = 204;
  reply(std::move(nothing));
}

void exchange::fail(const error& why) {
  reply(problem(why));
}

std::function<void(result<answer>)> as_fields(exchange_ptr x) {
  return or_fail<answer>(x, [x](const answer& y) { x->fields(200, y); });
}

std::function<void(result<answer>)> as_done(exchange_ptr x) {
  return or_fail<answer>(x, [x](const answer& y) { x->done(y); });
}

} // namespace parley::gateway
