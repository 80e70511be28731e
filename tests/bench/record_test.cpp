#include "record.hpp"

#include <doctest/doctest.h>

using namespace parley::bench;

namespace {

instant at(int ns) {
  return instant{std::chrono::nanoseconds{ns}};
}

} // namespace

TEST_CASE("a message is complete when the last recipient has it") {
  send_record record{3, 8, false};
  CHECK(record.send(at(5)) == 0);
  CHECK(record.undelivered() == 1);
  CHECK_FALSE(record.delivered(1, 0, 9).complete);
  CHECK_FALSE(record.delivered(0, 0, 9).complete);
  auto last = record.delivered(2, 0, 9);
  CHECK(last.what == fault::none);
  CHECK(last.complete);
  CHECK(last.sent == at(5));
  CHECK(record.undelivered() == 0);
  CHECK(record.open() == 0);
}

TEST_CASE("a message stays open until it is acknowledged, too") {
  send_record record{1, 8, true};
  record.send(at(0));
  CHECK(record.delivered(0, 0, 1).complete);
  CHECK(record.undelivered() == 0);
  CHECK(record.open() == 1);
  CHECK(record.acked(0, 1) == fault::none);
  CHECK(record.open() == 0);
}

TEST_CASE("an ack may come before the deliveries, and out of order") {
  send_record record{1, 8, true};
  record.send(at(0));
  record.send(at(1));
  CHECK(record.acked(1, 2) == fault::none);
  CHECK(record.acked(0, 1) == fault::none);
  CHECK(record.open() == 2);
  CHECK(record.delivered(0, 0, 1).what == fault::none);
  CHECK(record.delivered(0, 1, 2).what == fault::none);
  CHECK(record.open() == 0);
}

TEST_CASE("no more messages are open than the record holds") {
  send_record record{1, 2, true};
  CHECK(record.send(at(0)) == 0);
  CHECK(record.send(at(0)) == 1);
  CHECK_FALSE(record.send(at(0)));
  record.delivered(0, 0, 1);
  CHECK_FALSE(record.send(at(0)));
  record.acked(0, 1);
  CHECK(record.send(at(0)) == 2);
  CHECK(record.sent() == 3);
}

TEST_CASE("what was never sent is a phantom") {
  send_record record{2, 8, true};
  CHECK(record.acked(0, 1) == fault::phantom);
  CHECK(record.delivered(0, 0, 1).what == fault::phantom);
  record.send(at(0));
  CHECK(record.delivered(2, 0, 1).what == fault::phantom);
}

TEST_CASE("I3, I4: a second delivery or ack of a message is found") {
  send_record record{2, 8, true};
  record.send(at(0));
  record.delivered(0, 0, 1);
  CHECK(record.delivered(0, 0, 1).what == fault::doubled);
  CHECK(record.delivered(1, 0, 1).what == fault::none);
  CHECK(record.acked(0, 1) == fault::none);
  CHECK(record.delivered(1, 0, 1).what == fault::doubled);
  CHECK(record.acked(0, 1) == fault::doubled);
}

TEST_CASE("I4: a lost message and a wrong order are found") {
  send_record record{1, 8, false};
  record.send(at(0));
  record.send(at(0));
  CHECK(record.delivered(0, 1, 2).what == fault::skipped);
  CHECK(record.delivered(0, 0, 1).what == fault::none);
  CHECK(record.open() == 1);
}

TEST_CASE("I2: two seq of one message are found, whoever tells them") {
  send_record record{2, 8, true};
  record.send(at(0));
  record.acked(0, 4);
  CHECK(record.delivered(0, 0, 5).what == fault::inconsistent);
  CHECK(record.delivered(1, 0, 4).what == fault::none);
  record.send(at(0));
  record.delivered(0, 1, 6);
  CHECK(record.acked(1, 7) == fault::inconsistent);
}

TEST_CASE("I2: events and own acks together leave no gap") {
  sequence_check check;
  CHECK(check.event(1));
  check.own(3);
  check.own(2);
  CHECK(check.last() == 3);
  CHECK(check.event(4));
  check.own(6);
  CHECK(check.last() == 4);
  CHECK(check.beyond() == 1);
  CHECK(check.event(5));
  CHECK(check.last() == 6);
  CHECK(check.beyond() == 0);
}

TEST_CASE("I2: a gap, a repeat and an overtaken ack are found") {
  sequence_check gap;
  CHECK(gap.event(1));
  CHECK_FALSE(gap.event(3));
  CHECK(gap.event(4));

  sequence_check repeat;
  CHECK(repeat.event(1));
  CHECK_FALSE(repeat.event(1));
  CHECK(repeat.event(2));

  sequence_check overtaken;
  CHECK(overtaken.event(1));
  CHECK_FALSE(overtaken.event(3));
  overtaken.own(2);
  CHECK(overtaken.last() == 3);
  CHECK(overtaken.beyond() == 0);
}
