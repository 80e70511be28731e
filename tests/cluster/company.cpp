#include "cluster/company.hpp"

#include "support/doctest.hpp"
#include "support/recording.hpp"

#include <algorithm>
#include <cstdlib>
#include <future>
#include <numeric>
#include <stdexcept>

namespace parley::test {

namespace {

constexpr size_t in_flight_max = 8;

/// How many times as long the talks are, by PARLEY_TEST_LENGTH.
size_t length() {
  const char* text = std::getenv("PARLEY_TEST_LENGTH");
  return text ? std::max(std::stoul(text), 1UL) : 1;
}

} // namespace

company::company(node_cluster& at)
    : at_(at), people_(register_accounts(at.node(0), "user", 4)) {
  for (const auto& person : people_)
    clients_.emplace_back(person, "phone");
  clients_.emplace_back(people_[0], "tablet");
  acks_.resize(clients_.size());
  size_t i = 0;
  for (auto& x : clients_)
    CHECK(x.connect(at.node(i++ % at.size()).where()));
  all_.push_back(
      {create_group(people_[0], {people_.begin() + 1, people_.end()}),
       people_});
  for (size_t n = 0; n + 1 < people_.size(); ++n)
    all_.push_back(
        {direct(people_[n], people_[n + 1]), {people_[n], people_[n + 1]}});
}

void company::talk_while(const std::function<void()>& happens) {
  meeting_.emplace();
  std::vector<std::future<void>> talks;
  size_t i = 0;
  for (auto& x : clients_)
    talks.push_back(std::async(std::launch::async,
                               [this, &x, i = i++] { keep_talking(x, i); }));
  try {
    happens();
  } catch (...) {
    given_up_ = true;
    throw;
  }
  meeting_->stop_sending();
  for (auto& x : talks)
    x.get();
}

bool company::wait_acks(size_t more) {
  return meeting_->wait_acks(meeting_->acks() + length() * more,
                             2 * length() * patience);
}

bool company::wait_acks_of_each(size_t more) {
  const std::vector<size_t> before{acks_.begin(), acks_.end()};
  const auto all_have_them = [&] {
    return std::equal(
        acks_.begin(), acks_.end(), before.begin(),
        [=](size_t now, size_t then) { return now >= then + length() * more; });
  };
  return eventually(all_have_them, 2 * length() * patience);
}

size_t company::overtaken() const {
  return std::accumulate(
      clients_.begin(), clients_.end(), size_t{0},
      [](size_t sum, const auto& x) { return sum + x.overtaken(); });
}

std::string company::verdict() {
  const auto histories = read_all();
  client_records others;
  std::vector<const durable_client*> all;
  size_t i = 0;
  for (auto& x : clients_) {
    if (!x.connected())
      CHECK(x.connect(at_.running(i).where()));
    if (!read_to_the_end(x, histories))
      FAIL_CHECK(x.user() << " on " << x.device() << " lacks something, "
                          << (x.connected() ? "connected" : "disconnected")
                          << "\n"
                          << at_.account_of_itself());
    all.push_back(&x);
    ++i;
  }
  for (const auto& person : people_)
    merge(others,
          read_whole_inbox(at_.running(i++).where(), person, histories));
  return test::verdict(all, std::move(others), histories);
}

/// Leaders still move for a while. A reader who is told that one is
/// unavailable asks again.
std::vector<reading> company::read_all() {
  std::vector<reading> all;
  std::string why;
  const auto read = [&] {
    try {
      all = read_histories(all_);
      return true;
    } catch (const std::exception& failed) {
      why = failed.what();
      if (why.find("\"unavailable\"") == std::string::npos)
        throw;
      return false;
    }
  };
  if (!eventually(read))
    throw std::runtime_error(why);
  return all;
}

void company::keep_talking(durable_client& client, size_t which) {
  auto at = which;
  std::vector<std::string> convs;
  for (const auto& [conv, readers] : all_)
    if (std::any_of(readers.begin(), readers.end(),
                    [&](const auto& x) { return x.user() == client.user(); }))
      convs.push_back(conv);
  const auto goes_on = [&] {
    return !given_up_ && (meeting_->sending() || client.unanswered() > 0);
  };
  for (size_t n = 0; goes_on(); ++n) {
    const auto before = client.acknowledged();
    if (!client.connected()) {
      client.connect(at_.node(at++ % at_.size()).where());
    } else if (meeting_->sending() && client.unanswered() < in_flight_max) {
      client.post(convs[n % convs.size()], "message " + std::to_string(n));
      client.read(milliseconds(1));
    } else {
      client.read(milliseconds(50));
    }
    meeting_->count_acks(client.acknowledged() - before);
    acks_[which] += client.acknowledged() - before;
  }
}

} // namespace parley::test
