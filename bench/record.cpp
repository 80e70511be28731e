#include "record.hpp"

#include <algorithm>

namespace parley::bench {

std::string_view to_string(fault what) {
  switch (what) {
    case fault::none:
      return "none";
    case fault::phantom:
      return "phantom";
    case fault::doubled:
      return "doubled";
    case fault::skipped:
      return "lost or out of order";
    case fault::inconsistent:
      return "inconsistent seq";
    case fault::leaked:
      return "leaked";
  }
  return "unknown";
}

send_record::send_record(uint32_t recipients, uint32_t capacity,
                         bool expects_acks)
    : slots_(capacity), expected_(recipients), expects_acks_{expects_acks} {}

std::optional<uint64_t> send_record::send(instant at_time) {
  if (open() == slots_.size())
    return std::nullopt;
  at(next_) = slot{at_time, 0, static_cast<uint32_t>(expected_.size()), false};
  return next_++;
}

fault send_record::acked(uint64_t number, uint64_t seq) {
  if (number >= next_)
    return fault::phantom;
  if (!is_open(number) || at(number).acked)
    return fault::doubled;
  auto& s = at(number);
  s.acked = true;
  auto result = agree(s, seq) ? fault::none : fault::inconsistent;
  retire();
  return result;
}

send_record::delivery send_record::delivered(uint32_t recipient,
                                             uint64_t number, uint64_t seq) {
  if (number >= next_ || recipient >= expected_.size())
    return {.what = fault::phantom};
  if (number < expected_[recipient])
    return {.what = fault::doubled};
  if (number > expected_[recipient])
    return {.what = fault::skipped};
  ++expected_[recipient];
  auto& s = at(number);
  if (!agree(s, seq))
    return {.what = fault::inconsistent};
  delivery result{fault::none, s.sent, --s.missing == 0};
  if (result.complete)
    ++complete_;
  retire();
  return result;
}

bool send_record::agree(slot& s, uint64_t seq) {
  if (seq == 0)
    return true;
  if (s.seq == 0)
    s.seq = seq;
  return s.seq == seq;
}

void send_record::retire() {
  while (oldest_ < next_ && at(oldest_).missing == 0
         && (at(oldest_).acked || !expects_acks_))
    ++oldest_;
}

bool sequence_check::event(uint64_t seq) {
  absorb();
  bool is_next = seq == last_ + 1;
  last_ = std::max(last_, seq);
  absorb();
  return is_next;
}

void sequence_check::own(uint64_t seq) {
  own_.push(seq);
  absorb();
}

void sequence_check::absorb() {
  while (!own_.empty() && own_.top() <= last_ + 1) {
    last_ = std::max(last_, own_.top());
    own_.pop();
  }
}

} // namespace parley::bench
