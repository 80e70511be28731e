#include "cluster/samples.hpp"

#include <tuple>
#include <type_traits>
#include <variant>

namespace parley::test {

namespace rep = model::replication;

namespace {

auto head_of(const rep::header& x) {
  return std::tie(x.partition, x.from, x.incarnation, x.epoch);
}

auto rest_of(const rep::append& x) {
  return std::tie(x.prev, x.high_watermark, x.round, x.entries);
}
auto rest_of(const rep::appended& x) {
  return std::tie(x.match, x.end, x.round);
}
auto rest_of(const rep::locate& x) {
  return std::tie(x.last);
}
auto rest_of(const rep::located& x) {
  return std::tie(x.asked, x.boundary);
}
auto rest_of(const rep::too_old& x) {
  return std::tie(x.asked);
}
auto rest_of(const rep::refused&) {
  return std::tie();
}

} // namespace

bool same(const rep::message& a, const rep::message& b) {
  return a.index() == b.index()
         && std::visit(
             [&b](const auto& x) {
               const auto& y = std::get<std::decay_t<decltype(x)>>(b);
               return head_of(x.head) == head_of(y.head)
                      && rest_of(x) == rest_of(y);
             },
             a);
}

} // namespace parley::test
