#include "actors/session.hpp"

#include <utility>

namespace parley {

using protocol::close_code;

session_work& session_state::busy() {
  if (!work)
    work = std::make_unique<session_work>();
  return *work;
}

void session_state::start(context_ptr with, outbox_ptr to) {
  node = std::move(with);
  connection = std::move(to);
  rate = {node->settings.limits.sends_per_s, node->settings.limits.sends_burst};
  say(protocol::encode_hello(
      {node->settings.node.id, node->settings.http.ping_interval.count()}));
  speak();
}

void session_state::on_end(const end_session& x) {
  end(static_cast<close_code>(x.code));
}

/// Hands the connection what this turn has to say, all at once.
void session_state::speak() {
  if (!out.empty() && connection)
    connection->push(std::move(out));
  out = {};
}

void session_state::end(close_code code) {
  if (at == phase::ended)
    return;
  at = phase::ended;
  speak();
  if (connection)
    connection->close(code);
}

void session_state::leave() {
  if (home)
    self->send(*home, to_user{user}, detach{id});
  at = phase::ended;
  connection.reset();
  self->quit();
}

} // namespace parley
