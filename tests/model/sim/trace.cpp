#include "model/sim/trace.hpp"

#include <fmt/format.h>

namespace parley::sim {

namespace rep = model::replication;

namespace {

std::string at(const rep::position& x) {
  return fmt::format("({},{})", x.epoch, x.index);
}

std::string by(const rep::header& x) {
  return fmt::format("n{}.{} e{}", x.from, x.incarnation, x.epoch);
}

std::string words(const rep::append& x) {
  return fmt::format("append {} after {} +{} hw {}", by(x.head), at(x.prev),
                     x.entries.size(), x.high_watermark);
}
std::string words(const rep::appended& x) {
  return fmt::format("appended {} match {} end {}", by(x.head), x.match, x.end);
}
std::string words(const rep::locate& x) {
  return fmt::format("locate {} last {}", by(x.head), at(x.last));
}
std::string words(const rep::located& x) {
  return fmt::format("located {} asked {} boundary {}", by(x.head), at(x.asked),
                     at(x.boundary));
}
std::string words(const rep::too_old& x) {
  return fmt::format("too_old {} asked {}", by(x.head), at(x.asked));
}
std::string words(const rep::refused& x) {
  return fmt::format("refused {}", by(x.head));
}

std::string words(const rep::send& x) {
  return fmt::format("-> n{} {}", x.to, text_of(x.what));
}
std::string words(const rep::send_entries& x) {
  return fmt::format("-> n{} {} upto {}", x.to, words(x.what), at(x.last));
}
std::string words(const rep::persist& x) {
  return fmt::format("persist #{}{}{} +{}", x.ticket,
                     x.epoch ? fmt::format(" epoch {}", *x.epoch) : "",
                     x.truncate ? fmt::format(" cut to {}", *x.truncate) : "",
                     x.entries.size());
}
std::string words(const rep::apply& x) {
  return fmt::format("apply {}..{}", x.first, x.last);
}
std::string words(const rep::compare_and_set& x) {
  return fmt::format("cas #{} {} expecting {}", x.token, text_of(x.record),
                     x.expected.value_or(0));
}
std::string words(const rep::read_record& x) {
  return fmt::format("read #{}", x.token);
}
std::string words(const rep::fetch_snapshot& x) {
  return fmt::format("fetch from n{}", x.from);
}
std::string words(const rep::install& x) {
  return fmt::format("install #{} {}", x.ticket, at(x.base));
}
std::string words(const rep::lead& x) {
  return fmt::format("LEAD e{}", x.epoch);
}
std::string words(const rep::stepped_down&) {
  return "step down";
}
std::string words(const rep::reads_confirmed& x) {
  return fmt::format("reads confirmed #{}", x.ticket);
}
std::string words(const rep::retire&) {
  return "retire";
}
std::string words(const rep::halt& x) {
  return fmt::format("HALT {}", static_cast<int>(x.reason));
}

} // namespace

std::string text_of(const rep::message& x) {
  return std::visit([](const auto& m) { return words(m); }, x);
}

std::string text_of(const rep::effect& x) {
  return std::visit([](const auto& m) { return words(m); }, x);
}

std::string text_of(const rep::partition_record& x) {
  auto out = fmt::format("{{e{} leader {} isr", x.epoch, x.leader);
  for (const auto& each : x.isr)
    out += fmt::format(" {}.{}", each.node, each.incarnation);
  out += " of";
  for (auto each : x.replicas)
    out += fmt::format(" {}", each);
  return out + (x.leaving == 0 ? "}" : fmt::format(" less {}}}", x.leaving));
}

std::string text_of(const rep::replica& x) {
  return fmt::format("[e{} role {} last {} synced {} hw {} applied {}]",
                     x.epoch(), static_cast<int>(x.role()), at(x.log().last()),
                     x.last_synced().index, x.high_watermark(), x.applied());
}

} // namespace parley::sim
