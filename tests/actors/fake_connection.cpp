#include "actors/fake_connection.hpp"

namespace parley::test {

void fake_connection::push(std::vector<protocol::outgoing> pushed) {
  if (is_cut || close_code != 0)
    return;
  for (const auto& x : pushed) {
    auto text = x.own + std::string{x.shared.view()};
    objects.push_back(json::parse(text).as_object());
  }
}

void fake_connection::close(protocol::close_code code) {
  if (!is_cut && close_code == 0)
    close_code = static_cast<uint16_t>(code);
}

} // namespace parley::test
