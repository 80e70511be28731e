#include "parley/push/dispatch_queue.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <random>
#include <string>
#include <vector>

using namespace parley;
using namespace parley::push;
using std::chrono::milliseconds;
using std::chrono::seconds;
using fate = dispatch_queue::news::fate;

namespace {

class dice final : public random_source {
public:
  explicit dice(unsigned seed) : engine_(seed) {}

  void fill(void* to, size_t bytes) noexcept override {
    for (size_t i = 0; i < bytes; ++i)
      static_cast<unsigned char*>(to)[i] =
          static_cast<unsigned char>(engine_());
  }

private:
  std::mt19937 engine_;
};

dispatch_queue::job job(const std::string& user, uint64_t version,
                        const std::string& host = "https://a",
                        service by = service::web_push,
                        const std::string& conv = "c") {
  return {{user, conv, "s"},
          version,
          0,
          by,
          host,
          std::make_shared<notification>(),
          {}};
}

outcome said(verdict what, std::optional<seconds> retry_after = {}) {
  return {what, retry_after, {}};
}

struct bench {
  explicit bench(dispatch_limits with = {}) : queue(with, random) {}

  std::vector<dispatch_queue::sending> take(size_t max = 1'000'000) {
    return queue.take(now, max, told);
  }

  auto finish(uint64_t ticket, verdict what,
              std::optional<seconds> retry_after = {}) {
    return queue.finish(ticket, said(what, retry_after), now);
  }

  dice random{7};
  timestamp now = 0;
  std::vector<dispatch_queue::news> told;
  dispatch_queue queue;
};

} // namespace

TEST_CASE("what is taken is over, and whoever offered it hears so") {
  bench x;
  CHECK(x.queue.offer(job("ann", 3)));
  auto sent = x.take();
  REQUIRE(sent.size() == 1);
  CHECK(x.queue.in_flight() == 1);
  auto news = x.finish(sent[0].ticket, verdict::taken);
  REQUIRE(news.has_value());
  CHECK(news->what == fate::taken);
  CHECK(news->version == 3);
  CHECK(news->key.user == "ann");
  CHECK(x.queue.waiting() == 0);
  CHECK(x.queue.lanes() == 0);
  CHECK_FALSE(x.finish(sent[0].ticket, verdict::taken).has_value());
}

TEST_CASE("what is refused and what is gone is over, too") {
  for (auto [how, what] : {std::pair{verdict::refused, fate::refused},
                           {verdict::gone, fate::gone}}) {
    bench x;
    x.queue.offer(job("ann", 1));
    auto news = x.finish(x.take().at(0).ticket, how);
    REQUIRE(news.has_value());
    CHECK(news->what == what);
    CHECK(x.queue.waiting() == 0);
  }
}

TEST_CASE("a newer one takes the place of one that waits, an older one never") {
  bench x;
  x.queue.offer(job("ann", 2));
  x.queue.offer(job("bob", 1));
  x.queue.offer(job("ann", 5));
  x.queue.offer(job("ann", 4));
  CHECK(x.queue.waiting() == 2);
  auto sent = x.take();
  REQUIRE(sent.size() == 2);
  CHECK(sent[0].what.key.user == "ann");
  CHECK(sent[0].what.version == 5);
}

TEST_CASE("a newer one waits for the end of one that is being sent, and is "
          "sent then") {
  bench x;
  x.queue.offer(job("ann", 1));
  auto first = x.take();
  x.queue.offer(job("ann", 1)); // The same once more.
  x.queue.offer(job("ann", 2));
  x.queue.offer(job("ann", 3));
  CHECK(x.take().empty());
  auto news = x.finish(first.at(0).ticket, verdict::taken);
  REQUIRE(news.has_value());
  CHECK(news->version == 1);
  auto second = x.take();
  REQUIRE(second.size() == 1);
  CHECK(second[0].what.version == 3);
  x.finish(second[0].ticket, verdict::taken);
  CHECK(x.queue.waiting() == 0);
}

TEST_CASE("what is withdrawn is not sent, and of what is being sent nothing is "
          "heard") {
  bench x;
  x.queue.offer(job("ann", 1));
  x.queue.offer(job("ann", 1, "https://a", service::web_push, "d"));
  x.queue.withdraw("ann", "c", {});
  auto sent = x.take();
  REQUIRE(sent.size() == 1);
  CHECK(sent[0].what.key.conv == "d");
  x.queue.withdraw("ann", {}, {});
  CHECK_FALSE(x.finish(sent[0].ticket, verdict::later).has_value());
  CHECK(x.queue.waiting() == 0);
  x.queue.withdraw("ann", {}, {});
}

TEST_CASE("what is withdrawn while it is sent and offered anew is sent anew") {
  bench x;
  x.queue.offer(job("ann", 1));
  auto sent = x.take();
  x.queue.withdraw("ann", "c", "s");
  x.queue.offer(job("ann", 2));
  x.finish(sent.at(0).ticket, verdict::taken);
  REQUIRE(x.take().size() == 1);
}

TEST_CASE("what is to come later comes later and later, not before it may, and "
          "not all at once") {
  bench x;
  x.queue.offer(job("ann", 1));
  milliseconds sum{0};
  for (int tries = 0; tries < 5; ++tries) {
    auto sent = x.take();
    REQUIRE(sent.size() == 1);
    CHECK_FALSE(x.finish(sent[0].ticket, verdict::later).has_value());
    auto due = x.queue.next_due();
    REQUIRE(due.has_value());
    auto wait = *due - x.now;
    CHECK(wait >= 500 << tries);
    CHECK(wait <= 1000 << tries);
    x.now = *due - 1;
    CHECK(x.take().empty());
    x.now = *due;
  }
  auto sent = x.take();
  x.finish(sent.at(0).ticket, verdict::later, seconds{120});
  CHECK(*x.queue.next_due() >= x.now + 120'000);
  dice random{1};
  std::vector<int64_t> waits;
  for (int i = 0; i < 20; ++i)
    waits.push_back(back_off(40, random, milliseconds{0}).count());
  CHECK(*std::max_element(waits.begin(), waits.end()) <= 15 * 60'000);
  CHECK(*std::min_element(waits.begin(), waits.end()) >= 15 * 30'000);
  std::sort(waits.begin(), waits.end());
  CHECK(std::unique(waits.begin(), waits.end()) - waits.begin() > 10);
}

TEST_CASE("what is too old is given up, before it is sent or after") {
  dispatch_limits with;
  with.give_up_after = milliseconds{1000};
  bench x{with};
  x.queue.offer(job("ann", 1));
  auto sent = x.take();
  x.now = 1000;
  auto news = x.finish(sent.at(0).ticket, verdict::later);
  REQUIRE(news.has_value());
  CHECK(news->what == fate::given_up);
  x.queue.offer(job("bob", 1));
  CHECK(x.take().empty());
  REQUIRE(x.told.size() == 1);
  CHECK(x.told[0].what == fate::given_up);
  CHECK(x.queue.waiting() == 0);
  CHECK(x.queue.lanes() == 0);
}

TEST_CASE("no more wait than may (I8)") {
  dispatch_limits with;
  with.waiting = 3;
  bench x{with};
  for (auto user : {"a", "b", "c"})
    CHECK(x.queue.offer(job(user, 1)));
  CHECK_FALSE(x.queue.offer(job("d", 1)));
  CHECK(x.queue.offer(job("a", 2)));
  x.finish(x.take().at(0).ticket, verdict::taken);
  CHECK(x.queue.offer(job("d", 1)));
}

TEST_CASE("a host that hangs, a service that hangs and 10,000 that wait for "
          "them hold nothing else up (I8)") {
  bench x;
  for (int i = 0; i < 5000; ++i) {
    x.queue.offer(job("w" + std::to_string(i), 1, "https://hangs"));
    x.queue.offer(job("h" + std::to_string(i), 1, "", service::webhook));
  }
  x.queue.offer(job("ann", 1, "https://works"));
  x.queue.offer(job("ben", 1, "", service::apns));
  std::map<std::pair<service, std::string>, int> flying;
  for (const auto& s : x.take())
    ++flying[{s.what.by, s.what.host}];
  CHECK(flying[{service::web_push, "https://hangs"}] == 32);
  CHECK(flying[{service::webhook, ""}] == 256);
  CHECK(flying[{service::web_push, "https://works"}] == 1);
  CHECK(flying[{service::apns, ""}] == 1);
  CHECK(x.take().empty());
  x.queue.offer(job("cyd", 1, "https://works"));
  CHECK(x.take().size() == 1);
}

TEST_CASE(
    "a service that puts off, refuses, or has forgotten each of 10,000 "
    "holds nothing else up, and is asked no more than it has to be (I8)") {
  for (auto how : {verdict::later, verdict::refused, verdict::gone}) {
    CAPTURE(how);
    bench x;
    constexpr size_t broken = 10'000;
    for (size_t i = 0; i < broken; ++i)
      x.queue.offer(job("b" + std::to_string(i), 1, "https://broken"));
    size_t asked = 0;
    size_t over = 0;
    for (int turn = 0; asked < broken; ++turn) {
      // Somebody else's comes meanwhile, and goes at once.
      x.queue.offer(job("ann" + std::to_string(turn), 1, "https://works"));
      size_t served = 0;
      for (const auto& s : x.take()) {
        auto works = s.what.host == "https://works";
        auto news =
            x.finish(s.ticket, works ? verdict::taken : how, seconds{3600});
        served += works;
        asked += !works;
        over += !works && news.has_value();
      }
      REQUIRE(served == 1);
    }
    CHECK(asked == broken);
    CHECK(over == (how == verdict::later ? 0 : broken));
    // Who was put off for an hour is not asked within it.
    x.now += 3'599'000;
    CHECK(x.take().empty());
    CHECK(x.queue.waiting() == broken - over);
  }
}

TEST_CASE("hosts take turns, and each is served in the order of its offers") {
  dispatch_limits with;
  with.in_flight = 4;
  bench x{with};
  for (int i = 0; i < 8; ++i)
    x.queue.offer(job("a" + std::to_string(i), 1, "https://a"));
  for (int i = 0; i < 8; ++i)
    x.queue.offer(job("b" + std::to_string(i), 1, "https://b"));
  std::vector<std::string> users;
  for (const auto& s : x.take())
    users.push_back(s.what.key.user);
  CHECK(users == std::vector<std::string>{"a0", "b0", "a1", "b1"});
}

TEST_CASE("in any order of things nothing is lost, doubled or kept") {
  for (unsigned seed = 1; seed <= 200; ++seed) {
    CAPTURE(seed);
    dispatch_limits with;
    with.in_flight = 6;
    with.in_flight_per_host = 2;
    with.waiting = 20;
    bench x{with};
    std::mt19937 random{seed};
    std::map<delivery_key, uint64_t> open; ///< The newest that was offered.
    std::map<uint64_t, dispatch_queue::job> flying;
    auto hear = [&](const dispatch_queue::news& news) {
      auto at = open.find(news.key);
      if (at != open.end()
          && (at->second == news.version || news.what == fate::gone))
        open.erase(at);
    };
    auto end_one = [&](verdict how) {
      auto at = flying.begin();
      auto ticket = at->first;
      flying.erase(at);
      if (auto news = x.finish(ticket, how))
        hear(*news);
    };
    uint64_t version = 0;
    for (int step = 0; step < 400; ++step) {
      x.now += random() % 400;
      auto what = random() % 10;
      auto user = std::string(1, static_cast<char>('a' + random() % 8));
      auto conv = std::string(1, static_cast<char>('p' + random() % 3));
      if (what < 4) {
        auto made =
            job(user, ++version, "https://" + user, service::web_push, conv);
        made.made = x.now;
        auto key = made.key;
        if (x.queue.offer(std::move(made)))
          open[key] = version;
      } else if (what == 4) {
        x.queue.withdraw(user, conv, {});
        open.erase({user, conv, "s"});
      } else if (what < 7) {
        for (auto& s : x.take(1 + random() % 4)) {
          for (const auto& [ticket, other] : flying)
            REQUIRE(other.key != s.what.key); // Never two of one at once.
          flying.emplace(s.ticket, s.what);
        }
      } else if (!flying.empty()) {
        end_one(static_cast<verdict>(random() % 4));
      }
      REQUIRE(x.queue.waiting() <= with.waiting);
      REQUIRE(x.queue.in_flight() == flying.size());
      REQUIRE(flying.size() <= with.in_flight);
    }
    for (int i = 0; i < 100; ++i) {
      x.now += 3'600'000;
      for (auto& s : x.take())
        flying.emplace(s.ticket, s.what);
      for (const auto& news : x.told)
        hear(news);
      x.told.clear();
      while (!flying.empty())
        end_one(verdict::taken);
    }
    CHECK(open.empty());
    CHECK(x.queue.waiting() == 0);
    CHECK(x.queue.lanes() == 0);
    CHECK(x.queue.in_flight() == 0);
  }
}
