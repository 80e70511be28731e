#include "parley/protocol/events.hpp"

#include <boost/json.hpp>
#include <doctest/doctest.h>

#include <string>

using namespace parley;
using namespace parley::protocol;

namespace {

item item_of(entry_kind kind) {
  item x;
  x.what.kind = kind;
  x.what.seq = 4;
  x.what.ts = 1'700'000'000'123;
  x.what.from = "alice";
  return x;
}

item message() {
  auto x = item_of(entry_kind::msg);
  x.what.cid = "c1";
  x.what.body = "hi \"bob\"\n";
  return x;
}

/// The item of the history, as its text.
std::string text_of(const item& x) {
  std::string out;
  append_item(out, x.what.kind, encode_tail("dm:alice:bob", x).view());
  return out;
}

constexpr std::string_view head =
    R"("conv":"dm:alice:bob","seq":4,"from":"alice","ts":1700000000123,)";

std::string expected(std::string_view type, std::string_view rest) {
  std::string out = R"({"t":")";
  return out.append(type).append("\",").append(head).append(rest).append("}");
}

std::string joined(const outgoing& x) {
  return x.own + std::string{x.shared.view()};
}

} // namespace

TEST_CASE("a message is written as the contract's table has it") {
  CHECK(text_of(message())
        == expected("msg", R"("cid":"c1","body":"hi \"bob\"\n")"));
  auto reply = message();
  reply.what.ref = 2;
  CHECK(text_of(reply)
        == expected("msg", R"("cid":"c1","body":"hi \"bob\"\n","reply_to":2)"));
}

TEST_CASE("a message shows its edit and its reactions") {
  auto x = message();
  x.what.body = "new";
  x.edited_ts = 1'700'000'000'456;
  x.reactions = {{"\xe2\x9d\xa4", "bob", 5},
                 {"\"\\", "bob", 6},
                 {"\xe2\x9d\xa4", "alice", 7}};
  CHECK(text_of(x)
        == expected("msg", "\"cid\":\"c1\",\"body\":\"new\","
                           "\"edited_ts\":1700000000456,\"reactions\":"
                           "{\"\xe2\x9d\xa4\":[\"bob\",\"alice\"],"
                           "\"\\\"\\\\\":[\"bob\"]}"));
}

TEST_CASE("a deleted message keeps its place and nothing of its content") {
  auto x = message();
  x.what.gone = true;
  x.what.ref = 2;
  x.edited_ts = 1;
  x.reactions = {{"x", "bob", 5}};
  CHECK(text_of(x)
        == expected("msg", R"("cid":"c1","deleted":true,"reply_to":2)"));
}

TEST_CASE("acts on a message name it, and their cid if the client gave one") {
  auto edited = item_of(entry_kind::edited);
  edited.what.ref = 3;
  edited.what.body = "new";
  CHECK(text_of(edited) == expected("edited", R"("ref":3,"body":"new")"));
  edited.what.cid = "c2";
  CHECK(text_of(edited)
        == expected("edited", R"("cid":"c2","ref":3,"body":"new")"));
  edited.what.gone = true;
  CHECK(text_of(edited)
        == expected("edited", R"("cid":"c2","ref":3,"deleted":true)"));
  auto deleted = item_of(entry_kind::deleted);
  deleted.what.ref = 3;
  CHECK(text_of(deleted) == expected("deleted", R"("ref":3)"));
  auto reacted = item_of(entry_kind::reacted);
  reacted.what.ref = 3;
  reacted.what.text = "+1";
  CHECK(text_of(reacted)
        == expected("reacted", R"("ref":3,"emoji":"+1","on":false)"));
  reacted.what.on = true;
  CHECK(text_of(reacted)
        == expected("reacted", R"("ref":3,"emoji":"+1","on":true)"));
}

TEST_CASE("a group's entry tells its name, its first members or its end") {
  auto x = item_of(entry_kind::group);
  x.what.text = "The team";
  CHECK(text_of(x) == expected("group", R"("name":"The team")"));
  x.what.members = {"alice", "bob"};
  CHECK(text_of(x)
        == expected("group", R"("name":"The team","members":["alice","bob"])"));
  x.what.gone = true;
  CHECK(text_of(x) == expected("group", R"("deleted":true)"));
}

TEST_CASE("a member's entry has a role where it gives one") {
  auto x = item_of(entry_kind::member);
  x.what.text = "bob";
  x.what.as = role::admin;
  CHECK(
      text_of(x)
      == expected("member", R"("user":"bob","change":"added","role":"admin")"));
  x.what.change = member_change::role;
  x.what.as = role::owner;
  CHECK(
      text_of(x)
      == expected("member", R"("user":"bob","change":"role","role":"owner")"));
  x.what.change = member_change::removed;
  CHECK(text_of(x) == expected("member", R"("user":"bob","change":"removed")"));
  x.what.change = member_change::left;
  CHECK(text_of(x) == expected("member", R"("user":"bob","change":"left")"));
}

TEST_CASE("a lost number has its conversation and its seq only") {
  CHECK(text_of(item_of(entry_kind::lost))
        == R"({"t":"lost","conv":"dm:alice:bob","seq":4})");
}

TEST_CASE("an event is an item with a useq, and shares its bytes") {
  auto tail = encode_tail("dm:alice:bob", message());
  auto event = encode_event(entry_kind::msg, 88, tail);
  CHECK(event.own == R"({"t":"msg","useq":88)");
  CHECK(event.shared.view().data() == tail.view().data());
  CHECK(event.size() == event.own.size() + tail.size());
  auto item_text = text_of(message());
  CHECK(joined(event)
        == R"({"t":"msg","useq":88)" + item_text.substr(item_text.find(',')));
}

TEST_CASE("items of a page are separated") {
  std::string page = "[";
  auto tail = encode_tail("dm:alice:bob", message());
  append_item(page, entry_kind::msg, tail.view());
  append_item(page, entry_kind::msg, tail.view());
  page += "]";
  CHECK(boost::json::parse(page).as_array().size() == 2);
}

TEST_CASE("what is for one session is written as the contract has it") {
  CHECK(encode_hello({"n1", 25'000})
        == R"({"t":"hello","v":1,"node":"n1","ping_ms":25000,"limits":)"
           R"({"body_chars":100000,"frame_bytes":1310720,)"
           R"("group_members":100,"window":256}})");
  CHECK(encode_ready(1, "alice", "s1", 88)
        == R"({"t":"ready","id":1,"user":"alice","session":"s1","useq":88})");
  CHECK(encode_caught_up(88) == R"({"t":"caught_up","useq":88})");
  CHECK(encode_reset("too_far", 9)
        == R"({"t":"reset","reason":"too_far","useq":9})");
  CHECK(encode_pong(0) == R"({"t":"pong","useq":0})");
  CHECK(encode_cursor(true, "g:1", "bob", 5)
        == R"({"t":"read","conv":"g:1","user":"bob","seq":5})");
  CHECK(encode_cursor(false, "g:1", "bob", 5)
        == R"({"t":"delivered","conv":"g:1","user":"bob","seq":5})");
  CHECK(encode_typing("g:1", "bob")
        == R"({"t":"typing","conv":"g:1","user":"bob"})");
  CHECK(
      encode_reconnect(5000, {"wss://a", "wss://b"})
      == R"({"t":"reconnect","within_ms":5000,"urls":["wss://a","wss://b"]})");
  CHECK(encode_reconnect(0, {})
        == R"({"t":"reconnect","within_ms":0,"urls":[]})");
}

TEST_CASE("an ack has what its request is known by") {
  CHECK(encode_ack({1, "c", "g:1", 5, 17, false})
        == R"({"t":"ack","id":1,"cid":"c","conv":"g:1","seq":5,"ts":17})");
  CHECK(encode_ack({-2, "", "g:1", 5, 17, true})
        == R"({"t":"ack","id":-2,"conv":"g:1","seq":5,"ts":17,"dup":true})");
}

TEST_CASE("an error says whether and when to try again") {
  CHECK(encode_error(5, {errc::not_found, "no such user"})
        == R"({"t":"error","id":5,"code":"not_found",)"
           R"("message":"no such user","retryable":false})");
  CHECK(encode_error({}, {errc::rate_limited, "slow down", 250})
        == R"({"t":"error","code":"rate_limited","message":"slow down",)"
           R"("retryable":true,"retry_after_ms":250})");
}

TEST_CASE("a reply has its id and the fields that it was given") {
  CHECK(joined(encode_reply("history", 5, R"("items":[],"complete":true)"))
        == R"({"t":"history","id":5,"items":[],"complete":true})");
  CHECK(joined(encode_reply("ok", 5, "")) == R"({"t":"ok","id":5})");
}

TEST_CASE("presence leaves out when someone never was there") {
  std::vector<presence_item> items{{"a", presence_status::online, 17},
                                   {"b", presence_status::away, 16},
                                   {"c", presence_status::offline, 0}};
  auto list = R"([{"user":"a","status":"online","last_active":17},)"
              R"({"user":"b","status":"away","last_active":16},)"
              R"({"user":"c","status":"offline"}])";
  CHECK(encode_presence_items(items) == list);
  CHECK(encode_presence(items)
        == R"({"t":"presence","items":)" + std::string{list} + "}");
  CHECK(encode_presence({}) == R"({"t":"presence","items":[]})");
}
