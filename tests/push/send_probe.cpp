/// Sends notifications as it is told, for tests whose servers are in another
/// language. The first line of the standard input says by which settings, each
/// other line what to send; each line of the output is an outcome.
#include "parley/push/apns.hpp"
#include "parley/push/fcm.hpp"
#include "parley/push/web_push.hpp"
#include "parley/push/webhook.hpp"

#include <boost/json.hpp>

#include <condition_variable>
#include <cstdlib>
#include <iostream>
#include <map>
#include <mutex>

using namespace parley;
using namespace parley::push;
namespace json = boost::json;

namespace {

/// An object whose members may be missing.
class fields {
public:
  explicit fields(const json::value& from) : from_(from.as_object()) {}

  std::string text(const char* key) const {
    const auto* value = from_.if_contains(key);
    return value ? json::value_to<std::string>(*value) : std::string{};
  }
  int64_t number(const char* key, int64_t otherwise) const {
    const auto* value = from_.if_contains(key);
    return value ? value->as_int64() : otherwise;
  }
  const json::value* find(const char* key) const {
    return from_.if_contains(key);
  }

private:
  const json::object& from_;
};

transport_settings transport_of(const fields& from) {
  transport_settings by;
  by.timeout =
      std::chrono::milliseconds{from.number("timeout_ms", by.timeout.count())};
  by.in_flight_per_origin_max = static_cast<size_t>(
      from.number("in_flight_per_origin_max",
                  static_cast<int64_t>(by.in_flight_per_origin_max)));
  const auto* open = from.find("allow_private");
  by.allow_private = open && open->as_bool();
  by.ca_file = from.text("ca_file");
  if (const auto* hosts = from.find("known_hosts"))
    by.known_hosts = json::value_to<std::vector<std::string>>(*hosts);
  return by;
}

notification notification_of(const fields& from) {
  notification what;
  what.id = from.text("id");
  what.user = from.text("user");
  what.conv = from.text("conv");
  what.title = from.text("title");
  what.body = from.text("body");
  what.badge = static_cast<uint64_t>(from.number("badge", 0));
  what.collapse_key = from.text("collapse_key");
  what.ttl = std::chrono::seconds{from.number("ttl", 0)};
  what.ts_ms = from.number("ts_ms", 0);
  return what;
}

std::optional<target> target_of(const std::string& provider,
                                const fields& from) {
  if (provider == "web_push")
    return web_push_target{from.text("endpoint"), from.text("p256dh"),
                           from.text("auth")};
  if (provider == "apns")
    return apns_target{from.text("token")};
  if (provider == "fcm")
    return fcm_target{from.text("token")};
  return std::nullopt;
}

const char* name_of(verdict x) {
  constexpr const char* names[] = {"taken", "gone", "later", "refused"};
  return names[static_cast<size_t>(x)];
}

class probe {
public:
  explicit probe(const fields& settings) {
    auto by = value_or_exit(
        transport::start(transport_of(fields{*settings.find("transport")})));
    transport_ = std::move(by);
    if (const auto* from = settings.find("web_push"))
      add("web_push",
          make_web_push(
              *transport_,
              value_or_exit(vapid_keys::open(fields{*from}.text("key_file"))),
              {fields{*from}.text("contact")}, clock_, system_random()));
    if (const auto* from = settings.find("webhook"))
      add("webhook", make_webhook(*transport_,
                                  {fields{*from}.text("url"),
                                   fields{*from}.text("secret")},
                                  clock_));
    if (const auto* from = settings.find("apns")) {
      fields x{*from};
      add("apns", make_apns(*transport_,
                            {x.text("key_file"), x.text("key_id"),
                             x.text("team_id"), x.text("topic"), x.text("url")},
                            clock_));
    }
    if (const auto* from = settings.find("fcm"))
      add("fcm", make_fcm(*transport_,
                          {fields{*from}.text("service_account_file"),
                           fields{*from}.text("url")},
                          clock_));
  }

  void send(const fields& order) {
    auto number = order.number("n", 0);
    auto name = order.text("provider");
    auto what = notification_of(fields{*order.find("notification")});
    static const json::value none = json::object{};
    const auto* given = order.find("target");
    auto to = target_of(name, fields{given ? *given : none});
    {
      std::lock_guard held{lock_};
      ++open_;
    }
    providers_.at(name)->send(
        what, to ? &*to : nullptr,
        [this, number](const outcome& x) { tell(number, x); });
  }

  void wait() {
    std::unique_lock held{lock_};
    told_.wait(held, [this] { return open_ == 0; });
  }

private:
  template <class T>
  static T value_or_exit(result<T> from) {
    if (!from) {
      std::cerr << from.error().message << std::endl;
      std::exit(1);
    }
    return std::move(*from);
  }

  void add(const char* name, result<std::unique_ptr<provider>> made) {
    providers_[name] = value_or_exit(std::move(made));
  }

  void tell(int64_t number, const outcome& x) {
    json::object line{
        {"n", number}, {"said", name_of(x.said)}, {"detail", x.detail}};
    if (x.retry_after)
      line["retry_after"] = x.retry_after->count();
    std::lock_guard held{lock_};
    std::cout << json::serialize(line) << std::endl;
    --open_;
    told_.notify_all();
  }

  system_wall_clock clock_;
  std::unique_ptr<transport> transport_;
  std::map<std::string, std::unique_ptr<provider>> providers_;
  std::mutex lock_;
  std::condition_variable told_;
  size_t open_ = 0;
};

} // namespace

int main() {
  std::string line;
  if (!std::getline(std::cin, line))
    return 1;
  auto settings = json::parse(line);
  probe told{fields{settings}};
  while (std::getline(std::cin, line)) {
    auto order = json::parse(line);
    told.send(fields{order});
  }
  told.wait();
}
