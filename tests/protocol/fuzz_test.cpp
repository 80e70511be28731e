#include "parley/base/limits.hpp"
#include "parley/protocol/events.hpp"
#include "parley/protocol/http_bodies.hpp"
#include "parley/protocol/requests.hpp"
#include "parley/protocol/text.hpp"

#include <boost/json.hpp>
#include <doctest/doctest.h>

#include <array>
#include <random>
#include <string>

using namespace parley;
using namespace parley::protocol;

namespace {

constexpr std::array<std::string_view, 8> seeds{
    R"({"t":"auth","id":1,"token":"a.b","device":"Phone-1","since":12})",
    R"({"t":"send","id":2,"cid":"018f-2","to":"bob","body":"a\nb\ud83d\ude00"})",
    R"([{"t":"send","id":3,"cid":"c","conv":"dm:a:b","body":"x","reply_to":1},)"
    R"({"t":"recv","useq":88},{"t":"typing","conv":"dm:a:b"}])",
    R"({"t":"react","id":4,"conv":"g:1","seq":7,"emoji":"\u2764","on":true})",
    R"({"t":"watch","id":5,"users":["a","b","c"]})",
    R"({"t":"history","id":6,"conv":"g:1","before":9,"after":2,"limit":50})",
    R"([{"x":[[{"y":"\ud800"}]],"t":"ping"},7,{"t":"ping","id":1}])",
    R"({"name":"Team","members":["a","b"],"muted_until":null,"about":"\udc00"})",
};

constexpr std::array<std::string_view, 20> pieces{
    "{",       "}",        "[",    "]",    ",",
    ":",       "\"",       "\\",   "\\u",  "\\ud83d",
    "\\ude00", "null",     "-1",   "1e3",  std::string_view{"\0", 1},
    "\"t\":",  "\"id\":1", "\xc3", "\xff", "999999999999999999999"};

class mutator {
public:
  explicit mutator(uint32_t seed) : random_(seed) {}

  std::string next() {
    std::string text{seeds[below(seeds.size())]};
    for (auto rounds = 1 + below(4); rounds > 0; --rounds)
      change(text);
    return text;
  }

private:
  size_t below(size_t end) {
    return std::uniform_int_distribution<size_t>{0, end - 1}(random_);
  }

  void change(std::string& text) {
    auto at = below(text.size() + 1);
    switch (below(5)) {
      case 0:
        text.insert(at, pieces[below(pieces.size())]);
        break;
      case 1:
        text.erase(at, 1 + below(8));
        break;
      case 2:
        if (at < text.size())
          text[at] = static_cast<char>(below(256));
        break;
      case 3:
        text.insert(at, text.substr(below(text.size() + 1), below(30)));
        break;
      default:
        text.resize(at);
    }
  }

  std::mt19937 random_;
};

/// What must hold of every request, whatever it was read from.
void check(const request& x) {
  if (auto bad = std::get_if<invalid_request>(&x.body)) {
    REQUIRE(bad->why.code != errc::none);
    REQUIRE_FALSE(bad->why.message.empty());
  }
  if (auto send = std::get_if<send_request>(&x.body)) {
    REQUIRE(x.id);
    REQUIRE(send->conv.size() <= limits::reference_bytes_max);
    REQUIRE(send->to.size() <= limits::reference_bytes_max);
    REQUIRE_FALSE(send->body.empty());
    REQUIRE(send->body.find('\0') == std::string::npos);
  }
  if (auto react = std::get_if<react_request>(&x.body))
    REQUIRE(valid_emoji(react->emoji));
}

/// Text of characters that an encoder may stumble over.
std::string odd_text(std::mt19937& random) {
  constexpr std::array<std::string_view, 12> parts{
      "a",    "\"", "\\",       "\n",           "\x01", "\x1f",
      "\x7f", "/",  "\xc3\xa9", "\xe2\x80\xa8", "{",    "\xf0\x9f\x98\x80"};
  std::string out;
  for (auto length = random() % 40; length > 0; --length)
    out += parts[random() % parts.size()];
  return out;
}

} // namespace

TEST_CASE("a mutated frame gives requests or errors, never a crash") {
  for (uint32_t seed = 0; seed < 20'000; ++seed) {
    CAPTURE(seed);
    auto text = mutator{seed}.next();
    auto all = parse_frame(text);
    REQUIRE_FALSE(all.empty());
    REQUIRE(all.size() <= limits::requests_per_frame_max);
    for (auto& each : all)
      check(each);
  }
}

TEST_CASE("a frame is bad exactly if another parser refuses it") {
  boost::json::parse_options options;
  options.max_depth = limits::json_depth_max;
  size_t good = 0;
  for (uint32_t seed = 0; seed < 20'000; ++seed) {
    CAPTURE(seed);
    auto text = mutator{seed}.next();
    CAPTURE(text);
    boost::json::error_code ec;
    auto tree = boost::json::parse(text, ec, {}, options);
    // Half a surrogate pair makes that parser fail, and only a request here.
    if (!valid_utf8(text) || (ec && text.find("\\u") != std::string::npos))
      continue;
    auto usable =
        !ec
        && (tree.is_object() || (tree.is_array() && !tree.as_array().empty()));
    auto all = parse_frame(text);
    auto bad = std::get_if<invalid_request>(&all.front().body);
    auto is_bad = bad && bad->why.code == errc::bad_frame;
    if (!usable) {
      REQUIRE(is_bad);
      REQUIRE(all.size() == 1);
      continue;
    }
    ++good;
    if (tree.is_object())
      REQUIRE_FALSE(is_bad);
    else
      REQUIRE(all.size() == tree.as_array().size());
  }
  CHECK(good > 500);
}

TEST_CASE("a mutated HTTP body gives a value or an error, never a crash") {
  size_t good = 0;
  for (uint32_t seed = 0; seed < 5000; ++seed) {
    CAPTURE(seed);
    auto text = mutator{seed}.next();
    good += parse_group(text).has_value();
    good += parse_message(text).has_value();
    good += parse_users(text).has_value();
    good += parse_settings(text).has_value();
    good += parse_profile_patch(text).has_value();
  }
  CHECK(good > 0);
}

TEST_CASE("what is written reads back") {
  std::mt19937 random{1};
  for (int i = 0; i < 2000; ++i) {
    CAPTURE(i);
    item x;
    x.what.kind = static_cast<entry_kind>(1 + random() % 7);
    x.what.seq = random();
    x.what.from = odd_text(random);
    x.what.cid = odd_text(random);
    x.what.body = odd_text(random);
    x.what.text = odd_text(random);
    x.what.ref = random() % 3;
    x.what.gone = random() % 4 == 0;
    x.edited_ts = random() % 2;
    x.what.members = {odd_text(random), odd_text(random)};
    x.reactions = {{odd_text(random) + "1", odd_text(random), 1},
                   {odd_text(random) + "2", odd_text(random), 2}};
    auto conv = odd_text(random);
    auto event = encode_event(x.what.kind, 5, encode_tail(conv, x));
    auto read =
        boost::json::parse(event.own + std::string{event.shared.view()});
    REQUIRE(read.at("t").as_string() == type_of(x.what.kind));
    REQUIRE(read.at("conv").as_string() == conv);
    REQUIRE(read.at("seq").to_number<uint64_t>() == x.what.seq);
    if (x.what.kind == entry_kind::msg && !x.what.gone) {
      REQUIRE(read.at("body").as_string() == x.what.body);
      REQUIRE(read.at("reactions").as_object().size() == 2);
    }
  }
}
