#include "admin/fake_node.hpp"

#include "parley/admin/catalog.hpp"
#include "parley/admin/commands.hpp"
#include "parley/base/log.hpp"

#include <boost/json.hpp>
#include <doctest/doctest.h>

#include <algorithm>

namespace parley::admin {

namespace {

namespace json = boost::json;

errc refusal(const result<reply>& x) {
  return x ? errc::none : x.error().code;
}

std::vector<std::string> column(const result<reply>& x, std::string_view key) {
  REQUIRE(x.has_value());
  std::vector<std::string> values;
  for (const auto& row : x->rows)
    values.emplace_back(row.at(key).as_string());
  return values;
}

using names = std::vector<std::string>;

} // namespace

TEST_CASE("every command of the catalog is carried out by something") {
  fake_node node;
  for (const auto& x : catalog()) {
    CAPTURE(x.name);
    auto refused = node.run(x.name, {{"no such argument", 1}});
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().message
          == "unknown argument for " + std::string{x.name});
  }
  CHECK(refusal(node.run("users drop")) == errc::bad_request);
}

TEST_CASE("status shows the node, its load and its storage") {
  fake_node node;
  auto shown = node.run("status");
  REQUIRE(shown.has_value());
  CHECK(shown->rows.empty());
  CHECK(shown->last.at("node") == "n1");
  CHECK(shown->last.at("version") == "1.2.3");
  CHECK(shown->last.at("starts") == 9);
  CHECK(shown->last.at("partitions") == 4);
  CHECK(shown->last.at("messages_per_s") == 2.5);
  CHECK(shown->last.at("refuses_sends") == false);
  for (auto key : {"region", "uptime_s", "connections", "sessions", "messages",
                   "storage_bytes", "disk_free_bytes", "journal_queue",
                   "reader_queue", "password_queue", "user_actors"})
    CHECK(shown->last.contains(key));
  node.context->refuses_sends = true;
  CHECK(node.run("status")->last.at("refuses_sends") == true);
}

TEST_CASE("users are listed by name over all partitions, by prefix, cut") {
  fake_node node;
  for (auto user : {"carl", "al", "bo", "alice", "alina"})
    node.add_account(user);
  auto all = node.run("users list");
  CHECK(column(all, "user") == names{"al", "alice", "alina", "bo", "carl"});
  CHECK(all->last == json::object{{"count", 5}, {"more", false}});
  auto some = node.run("users list", {{"prefix", "al"}, {"limit", 2}});
  CHECK(column(some, "user") == names{"al", "alice"});
  CHECK(some->last == json::object{{"count", 2}, {"more", true}});
  auto exact = node.run("users list", {{"prefix", "al"}, {"limit", 3}});
  CHECK(exact->last == json::object{{"count", 3}, {"more", false}});
  CHECK(node.run("users list", {{"prefix", "x"}})->rows.empty());
}

TEST_CASE("a user is shown without the hash of the password") {
  fake_node node;
  node.add_account("al");
  node.add_account("ext", "");
  auto shown = node.run("users show", {{"user", "al"}});
  REQUIRE(shown.has_value());
  CHECK(shown->last
        == json::object{{"user", "al"},
                        {"display_name", "The al"},
                        {"created", 1'700'000'000'000},
                        {"disabled", false},
                        {"external", false},
                        {"about", ""}});
  CHECK(node.run("users show", {{"user", "ext"}})->last.at("external") == true);
  CHECK(refusal(node.run("users show", {{"user", "bo"}})) == errc::not_found);
  CHECK(refusal(node.run("users show", {{"user", "B O"}}))
        == errc::bad_request);
}

TEST_CASE("a user is created with a hash, never with the password") {
  fake_node node;
  node.add_account("taken");
  CHECK(node.run("users create", {{"user", "al"}, {"password", "12345678"}})
            .has_value());
  CHECK(node.run("users create", {{"user", "bo"},
                                  {"password", "12345678"},
                                  {"display_name", "Bo!"}})
            .has_value());
  CHECK(
      node.world.done
      == names{"create al al hash(12345678)", "create bo Bo! hash(12345678)"});
  auto refused = [&](json::object args) {
    return refusal(node.run("users create", std::move(args)));
  };
  CHECK(refused({{"user", "taken"}, {"password", "12345678"}})
        == errc::conflict);
  CHECK(refused({{"user", "A"}, {"password", "12345678"}})
        == errc::bad_request);
  CHECK(refused({{"user", "al"}, {"password", "1234567"}})
        == errc::bad_request);
  CHECK(refused({{"user", "al"}, {"password", std::string(1025, 'x')}})
        == errc::bad_request);
  CHECK(refused(
            {{"user", "al"}, {"password", "12345678"}, {"display_name", "\n"}})
        == errc::bad_request);
  CHECK(node.world.done.size() == 2);
}

TEST_CASE("a full password pool refuses and asks nobody") {
  fake_node node;
  node.with.hash = [](std::string, auto done) {
    done(error{errc::unavailable, "the queue is full", 0});
  };
  CHECK(refusal(node.run("users create",
                         {{"user", "al"}, {"password", "12345678"}}))
        == errc::unavailable);
  CHECK(node.world.done.empty());
}

TEST_CASE("a user is disabled, allowed again, and given a new password") {
  fake_node node;
  node.add_account("al");
  CHECK(node.run("users disable", {{"user", "al"}}).has_value());
  CHECK(node.run("users disable", {{"user", "al"}, {"off", true}}).has_value());
  CHECK(node.run("users password", {{"user", "al"}, {"password", "87654321"}})
            .has_value());
  CHECK(node.world.done
        == names{"disable al on", "disable al off",
                 "password al hash(87654321)"});
  CHECK(refusal(node.run("users disable", {{"user", "no"}}))
        == errc::not_found);
}

TEST_CASE("sessions are listed over all partitions, of one user, cut") {
  fake_node node;
  for (auto user : {"al", "bo", "carl", "dora", "eve"})
    node.add_session(user, std::string{"s-"} + user, "phone");
  node.add_session("al", "s-2", "laptop");
  auto all = node.run("sessions list");
  auto users = column(all, "user");
  std::ranges::sort(users);
  CHECK(users == names{"al", "al", "bo", "carl", "dora", "eve"});
  CHECK(all->last == json::object{{"count", 6}, {"more", false}});
  auto cut = node.run("sessions list", {{"limit", 4}});
  CHECK(cut->last == json::object{{"count", 4}, {"more", true}});
  auto exact = node.run("sessions list", {{"limit", 6}});
  CHECK(exact->last == json::object{{"count", 6}, {"more", false}});
  auto one = node.run("sessions list", {{"user", "al"}});
  CHECK(column(one, "session") == names{"s-al", "s-2"});
  CHECK(one->rows[0]
        == json::object{{"user", "al"},
                        {"session", "s-al"},
                        {"device", "phone"},
                        {"status", "online"},
                        {"since", 1000},
                        {"node", "n1"}});
}

TEST_CASE("sessions are kicked by user, by device, by id; none is not found") {
  fake_node node;
  for (auto device : {"d1", "d2", "d3", "d4"})
    node.add_session("al", std::string{"s-"} + device, device);
  node.add_session("bo", "s-bo", "d1");
  auto ended = [&](json::object args) {
    auto x = node.run("sessions kick", std::move(args));
    return x ? x->last.at("ended").as_int64() : -1;
  };
  CHECK(ended({{"user", "al"}, {"device", "d1"}}) == 1);
  CHECK(ended({{"user", "al"}, {"session", "s-d2"}}) == 1);
  CHECK(ended({{"user", "al"}, {"session", "s-bo"}}) == -1);
  CHECK(ended({{"user", "al"}}) == 2);
  CHECK(refusal(node.run("sessions kick", {{"user", "al"}}))
        == errc::not_found);
  CHECK(node.world.sessions.size() == 1);
}

TEST_CASE("a conversation is shown to the operator, who is no member") {
  fake_node node;
  auto shown = node.run("groups show", {{"conv", "dm:al:bo"}});
  REQUIRE(shown.has_value());
  CHECK(shown->last.at("last_seq") == 3);
  CHECK(shown->last.at("members").as_array().size() == 1);
  CHECK(refusal(node.run("groups show", {{"conv", "dm:al:carl"}}))
        == errc::not_found);
  CHECK(refusal(node.run("groups show", {{"conv", "lunch"}}))
        == errc::bad_request);
}

TEST_CASE("the log's level changes at once, and only to one that exists") {
  fake_node node;
  auto before = log::current();
  CHECK(node.run("log-level", {{"level", "error"}}).has_value());
  CHECK(log::current() == log::level::error);
  CHECK(refusal(node.run("log-level", {{"level", "loud"}}))
        == errc::bad_request);
  CHECK(log::current() == log::level::error);
  CHECK(node.run("log-level", {{"level", "info"}}).has_value());
  CHECK(log::current() == before);
}

TEST_CASE("a shutdown begins after its answer, not before") {
  fake_node node;
  auto stopped = node.stopped.get_future();
  auto x = node.run("shutdown");
  REQUIRE(x.has_value());
  CHECK(stopped.wait_for(std::chrono::seconds{0})
        == std::future_status::timeout);
  x->after();
  CHECK(stopped.wait_for(std::chrono::seconds{0}) == std::future_status::ready);
}

TEST_CASE("partitions that are gone read as unavailable") {
  fake_node node;
  caf::scoped_actor self{node.sys};
  for (const auto& x : node.context->partitions) {
    caf::anon_send_exit(x, caf::exit_reason::kill);
    self->wait_for(x);
  }
  CHECK(refusal(node.run("users show", {{"user", "al"}})) == errc::unavailable);
  CHECK(refusal(node.run("sessions list")) == errc::unavailable);
}

} // namespace parley::admin
