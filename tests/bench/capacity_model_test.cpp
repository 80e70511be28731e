#include "capacity_measure.hpp"
#include "capacity_model.hpp"
#include "capacity_report.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>

using namespace parley::bench;

namespace {

/// Round figures, so that the cases can be followed by hand.
unit_costs round_costs() {
  return {.connect_us = 100,
          .idle_us_per_s = 1,
          .direct_us = 50,
          .group_us = 20.3,
          .group_size = 101,
          .presence_us = 10,
          .watch_us = 5,
          .session_bytes = 10'000,
          .user_bytes = 4000,
          .conversation_bytes = 8000,
          .kernel_bytes = 2000,
          .body_bytes = 100,
          .sent_bytes = 200,
          .direct_bytes = 300,
          .group_bytes = 250,
          .presence_bytes = 60,
          .message_disk_bytes = 150,
          .inbox_disk_bytes = 50,
          .user_disk_bytes = 1000};
}

/// 864,000 users who send one message a day: ten a second.
assumptions ten_a_second() {
  assumptions x;
  x.daily_users = 864'000;
  x.online_share = 0.5;
  x.devices = 1;
  x.visits_per_day = 0;
  x.sent_per_day = 1;
  x.group_share = 0;
  x.body_bytes = 100;
  x.peak_to_mean = 1;
  x.contacts = 0;
  x.pushes_per_day = 0;
  x.days = 10;
  x.replicas = 1;
  x.link_us = 0;
  x.replica_write_us = 0;
  x.link_bytes = 0;
  x.push_us = 0;
  x.packet_bytes = 0;
  x.core_worth = 1;
  x.spare_share = 0;
  return x;
}

std::string refusal(const std::string& text) {
  assumptions x;
  try {
    assume(x, text);
    check(x);
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "";
}

std::string refusal(const unit_costs& x) {
  try {
    check(x);
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "";
}

using doctest::Approx;

} // namespace

TEST_CASE("direct messages of one session each") {
  auto x = compute(round_costs(), ten_a_second());
  CHECK(x.sessions == 432'000);
  CHECK(x.messages_per_s == Approx(10));
  CHECK(x.deliveries_per_s == Approx(10));
  // A message and its delivery: 50 us, ten times a second.
  CHECK(x.cpu.messages + x.cpu.deliveries == Approx(500e-6));
  // A microsecond each second.
  CHECK(x.cpu.sessions == Approx(0.432));
  CHECK(x.cores == Approx(0.4325));
  CHECK(x.memory.sessions == Approx(4.32e9));
  CHECK(x.memory.kernel == Approx(0.864e9));
  // 20 events a second among 864,000: within 20 s nearly 400 are awake.
  CHECK(x.memory.users == Approx(400 * 4000).epsilon(0.001));
  CHECK(x.memory.conversations == Approx(200 * 8000));
  CHECK(x.network.from_clients == Approx(10 * 200));
  // 250 an event, and what a direct message has more is its ack.
  CHECK(x.network.to_clients == Approx(10 * 300));
  CHECK(x.disk.messages == Approx(864'000.0 * 10 * 150));
  CHECK(x.disk.inboxes == Approx(864'000.0 * 10 * 2 * 50));
  CHECK(x.disk.users == Approx(864'000.0 * 1000));
}

TEST_CASE("a group's message costs one message and many deliveries") {
  // 100 deliveries at 20.3 are 2030; less a direct message's 50, 99 deliveries
  // are 1980: 20 each, and 30 a message.
  auto by = ten_a_second();
  by.group_share = 1;
  by.group_size = 11;
  auto x = compute(round_costs(), by);
  CHECK(x.deliveries_per_s == Approx(100));
  CHECK(x.cpu.messages == Approx(10 * 30e-6));
  CHECK(x.cpu.deliveries == Approx(100 * 20e-6));
  by.group_share = 0.5;
  CHECK(compute(round_costs(), by).deliveries_per_s == Approx(55));
}

TEST_CASE("what a group costs more than a direct message is all delivery") {
  auto costs = round_costs();
  costs.group_us = 90;
  auto x = compute(costs, ten_a_second());
  CHECK(x.cpu.messages == 0);
  CHECK(x.cpu.deliveries == Approx(500e-6));
}

TEST_CASE("the peak counts for what is busy, the mean for what is kept") {
  auto by = ten_a_second();
  by.peak_to_mean = 3;
  auto x = compute(round_costs(), by);
  CHECK(x.messages_per_s == Approx(30));
  CHECK(x.network.to_clients == Approx(9000));
  CHECK(x.disk.messages == Approx(864'000.0 * 10 * 150));
  // 3,000 bytes a second, over a month.
  CHECK(x.egress_tb == Approx(3000 * 86'400.0 * 365 / 12 / 1e12));
}

TEST_CASE("each further device is written to, the sender's as well") {
  auto by = ten_a_second();
  by.devices = 2;
  auto x = compute(round_costs(), by);
  CHECK(x.sessions == 864'000);
  CHECK(x.cpu.messages == Approx(10 * 30e-6));
  CHECK(x.cpu.deliveries == Approx(30 * 20e-6));
}

TEST_CASE("messages between nodes and to followers") {
  auto by = ten_a_second();
  by.replicas = 3;
  by.link_us = 4;
  by.replica_write_us = 6;
  by.link_bytes = 10;
  auto x = compute(round_costs(), by);
  // append, appended; deliver and taken of both members; one event.
  auto links = 10 * (2 + 4 + 1);
  // The conversation's record and both inboxes', to two followers.
  auto records = 10 * 3 * 2;
  CHECK(x.link_messages_per_s == Approx(links + records));
  CHECK(x.cpu.links == Approx(links * 4e-6));
  CHECK(x.cpu.replication == Approx(records * 10e-6));
  // A body in the append, two delivers, an event, and at two followers.
  CHECK(x.network.between_nodes
        == Approx((links + records) * 10 + 10 * 6 * 100));
  CHECK(x.disk.messages == Approx(3 * 864'000.0 * 10 * 150));
}

TEST_CASE("visits cost a connect, a watch list and two changes of status") {
  auto by = ten_a_second();
  by.visits_per_day = 2;
  by.contacts = 10;
  auto x = compute(round_costs(), by);
  CHECK(x.connects_per_s == Approx(20));
  CHECK(x.cpu.connects == Approx(20 * 150e-6));
  // 40 changes a second, each told to the half of ten.
  CHECK(x.presence_per_s == Approx(200));
  CHECK(x.cpu.presence == Approx(200 * 10e-6));
}

TEST_CASE("notifications, headers and pings") {
  auto by = ten_a_second();
  by.pushes_per_day = 5;
  by.push_us = 200;
  CHECK(compute(round_costs(), by).cpu.push == Approx(50 * 200e-6));
  by.packet_bytes = 60;
  // Send and ack, event, and a ping and its pong of each session in 25 s.
  CHECK(compute(round_costs(), by).network.from_clients
        == Approx(2000 + 60 * (20 + 10 + 2 * 432'000 / 25.0)));
}

TEST_CASE("an inbox keeps 30 days or 10,000 rows, whichever is more") {
  auto by = ten_a_second();
  auto kept = [&](double days, double sent) {
    by.days = days;
    by.sent_per_day = sent;
    return compute(round_costs(), by).disk.inboxes / 864'000 / 50;
  };
  CHECK(kept(100, 1) == Approx(200));
  CHECK(kept(10'000, 1) == Approx(10'000));
  CHECK(kept(365, 20) == Approx(10'000));
  CHECK(kept(365, 500) == Approx(30'000));
}

TEST_CASE("nodes go by what is scarcest") {
  auto by = ten_a_second();
  by.node_sessions = 100'000;
  auto x = compute(round_costs(), by);
  CHECK(x.binding == resource::sessions);
  CHECK(x.nodes == 5);
  by.spare_share = 0.5;
  CHECK(compute(round_costs(), by).nodes == 8);
  by.node_cores = 1;
  by.cpu_target = 0.02;
  x = compute(round_costs(), by);
  CHECK(x.binding == resource::cpu);
  CHECK(x.nodes_for[0] == 33); // 22 and half as many
  by = ten_a_second();
  by.node_disk_tb = 0.001;
  by.disk_target = 0.5;
  x = compute(round_costs(), by);
  CHECK(x.binding == resource::disk);
  CHECK(x.nodes == 7); // 3.024 GB on half a GB each
  by = ten_a_second();
  by.replicas = 5;
  by.node_sessions = 1e8;
  x = compute(round_costs(), by);
  CHECK(x.binding == resource::replicas);
  CHECK(x.nodes == 5);
}

TEST_CASE("the price is of nodes, disks and what goes out") {
  auto by = ten_a_second();
  by.disk_target = 0.5;
  by.node_sessions = 144'000;
  by.node_month_price = 100;
  by.disk_tb_month_price = 10;
  by.egress_tb_price = 2;
  auto x = compute(round_costs(), by);
  CHECK(x.nodes_price == Approx(300));
  CHECK(x.disk_price == Approx(x.disk.sum() / 1e12 * 2 * 10));
  CHECK(x.egress_price == Approx(x.egress_tb * 2));
  CHECK(x.price() == Approx(x.nodes_price + x.disk_price + x.egress_price));
}

TEST_CASE("ten times as many users need ten times as much") {
  auto by = ten_a_second();
  by.visits_per_day = 3;
  by.contacts = 5;
  auto one = compute(round_costs(), by);
  by.daily_users *= 10;
  auto ten = compute(round_costs(), by);
  CHECK(ten.cores == Approx(10 * one.cores));
  CHECK(ten.memory.sum() == Approx(10 * one.memory.sum()));
  CHECK(ten.network.to_clients == Approx(10 * one.network.to_clients));
  CHECK(ten.disk.sum() == Approx(10 * one.disk.sum()));
}

TEST_CASE("an assumption is set by its key") {
  assumptions x;
  assume(x, "daily_users=2e6");
  assume(x, "group_share=0.125");
  CHECK(x.daily_users == 2e6);
  CHECK(x.group_share == 0.125);
}

TEST_CASE("assumptions that make no sense are refused, and why is said") {
  CHECK(refusal("daily_users=5").empty());
  CHECK(refusal("daily_user=5").starts_with("daily_user: no such assumption"));
  CHECK(refusal("").starts_with(": no such"));
  CHECK(refusal("replicas") == "replicas: expected replicas=VALUE");
  CHECK(refusal("replicas=") == "replicas: '' is no number");
  CHECK(refusal("replicas=three") == "replicas: 'three' is no number");
  CHECK(refusal("replicas=3x") == "replicas: '3x' is no number");
  CHECK(refusal("replicas=0") == "replicas is 0, expected 1 to 9");
  CHECK(refusal("replicas=2.5") == "replicas is 2.5, expected a whole number");
  CHECK(refusal("online_share=1.5") == "online_share is 1.5, expected 0 to 1");
  CHECK(refusal("peak_to_mean=-2") == "peak_to_mean is -2, expected 1 to 100");
  CHECK(refusal("sent_per_day=nan").starts_with("sent_per_day is nan"));
  CHECK(refusal("sent_per_day=inf").starts_with("sent_per_day is inf"));
  CHECK(refusal("node_base_gib=100").starts_with("node_base_gib leaves no"));
  assumptions x;
  x.days = 0;
  x.devices = std::numeric_limits<double>::quiet_NaN();
  CHECK_THROWS_WITH(
      check(x), "devices is nan, expected 1 to 100; days is 0, expected 1 to "
                "36500");
}

TEST_CASE("costs that make no sense are refused") {
  CHECK(refusal(round_costs()).empty());
  auto costs = round_costs();
  costs.direct_us = 0;
  CHECK(refusal(costs).starts_with("direct_us is 0"));
  costs = round_costs();
  costs.user_bytes = -1;
  CHECK(refusal(costs).starts_with("user_bytes is -1"));
  CHECK_THROWS(compute(costs, assumptions{}));
}

TEST_CASE("every figure has a key of its own, and a default in its range") {
  for (const auto& each : assumption_figures()) {
    CAPTURE(each.key);
    auto same = 0;
    for (const auto& other : assumption_figures())
      same += other.key == each.key || other.at == each.at;
    CHECK(same == 1);
  }
  CHECK(assumption_figures().size() * sizeof(double) == sizeof(assumptions));
  CHECK(cost_figures().size() * sizeof(double) == sizeof(unit_costs));
  check(assumptions{});
}

TEST_CASE("the assumption that matters most comes first") {
  auto by = ten_a_second();
  by.node_sessions = 1000;
  by.node_month_price = 1000;
  auto swings = sensitivity(round_costs(), by);
  REQUIRE(!swings.empty());
  CHECK((swings.front().key == "node_sessions"
         || swings.front().key == "online_share"));
  for (size_t i = 1; i < swings.size(); ++i) {
    auto moves = [&](size_t k) {
      return std::abs(swings[k].at_high.price() - swings[k].at_low.price());
    };
    CHECK(moves(i - 1) >= moves(i));
  }
  for (const auto& each : swings)
    if (each.key == "online_share") {
      CHECK(each.low == 0.25);
      CHECK(each.high == 1);
      CHECK(each.at_high.nodes == 864);
    }
}

TEST_CASE("what a run measured can be read again") {
  auto made = capacity_report::make(round_costs(), ten_a_second());
  auto json = made.to_json();
  auto again = read_costs(json);
  for (const auto& each : cost_figures())
    CHECK(again.*each.at == made.costs.*each.at);
  json["measured"].as_object().erase("direct_us");
  CHECK_THROWS_WITH(read_costs(json), "measured.direct_us: expected a number");
  json["measured"] = "much";
  CHECK_THROWS(read_costs(json));
  CHECK_THROWS(read_costs(boost::json::value{}));
}

TEST_CASE("the report shows what it computed") {
  auto text = capacity_report::make(round_costs(), ten_a_second()).text();
  CHECK(text.find("| sessions | 432,000 |") != std::string::npos);
  CHECK(text.find("| `daily_users` | 864,000 |") != std::string::npos);
  CHECK(text.find("| `direct_us` | 50 |") != std::string::npos);
  CHECK(text.find("| of a daily user |") != std::string::npos);
}
