#include "config/keys.hpp"

#include "config/duration.hpp"

#include "parley/base/limits.hpp"
#include "parley/config/address.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <bit>

namespace parley::config {

namespace {

using namespace std::chrono_literals;
using days = std::chrono::days;
using problem = std::optional<std::string>;
using taker = std::function<problem(const value&)>;

problem wrong_type(const value& x, std::string_view expected) {
  return fmt::format("is {}, expected {}", type_name(x), expected);
}

/// Which texts a key takes, and how a message names them.
struct text_rule {
  std::function<bool(std::string_view)> accepts;
  std::string expected;
};

taker text(std::string& to, text_rule rule) {
  return [&to, rule = std::move(rule)](const value& x) -> problem {
    auto given = std::get_if<std::string>(&x);
    if (!given)
      return wrong_type(x, rule.expected);
    if (!rule.accepts(*given))
      return fmt::format("is not valid, expected {}", rule.expected);
    to = *given;
    return std::nullopt;
  };
}

taker texts(std::vector<std::string>& to, size_t count_max, text_rule rule) {
  return [&to, count_max, rule = std::move(rule)](const value& x) -> problem {
    auto given = std::get_if<std::vector<std::string>>(&x);
    if (!given)
      return wrong_type(x, "an array; each entry: " + rule.expected);
    if (given->size() > count_max)
      return fmt::format("has {} entries, expected at most {}", given->size(),
                         count_max);
    for (auto i = size_t{0}; i < given->size(); ++i)
      if (!rule.accepts((*given)[i]))
        return fmt::format("entry {} is not valid, expected {}", i + 1,
                           rule.expected);
    to = *given;
    return std::nullopt;
  };
}

taker number(uint32_t& to, uint32_t min, uint32_t max) {
  return [&to, min, max](const value& x) -> problem {
    auto expected = fmt::format("an integer from {} to {}", min, max);
    auto given = std::get_if<int64_t>(&x);
    if (!given)
      return wrong_type(x, expected);
    if (*given < min || *given > max)
      return fmt::format("is out of range, expected {}", expected);
    to = static_cast<uint32_t>(*given);
    return std::nullopt;
  };
}

/// 0 stands for no bound.
taker number_or_none(uint32_t& to, uint32_t min, uint32_t max) {
  return [&to, min, max](const value& x) -> problem {
    auto expected = fmt::format("0 or an integer from {} to {}", min, max);
    auto given = std::get_if<int64_t>(&x);
    if (!given)
      return wrong_type(x, expected);
    if (*given != 0 && (*given < min || *given > max))
      return fmt::format("is out of range, expected {}", expected);
    to = static_cast<uint32_t>(*given);
    return std::nullopt;
  };
}

taker power_of_two(uint32_t& to, uint32_t max) {
  return [&to, max](const value& x) -> problem {
    auto expected = fmt::format("a power of two from 1 to {}", max);
    auto given = std::get_if<int64_t>(&x);
    if (!given)
      return wrong_type(x, expected);
    if (*given < 1 || *given > max
        || !std::has_single_bit(static_cast<uint64_t>(*given)))
      return fmt::format("is not valid, expected {}", expected);
    to = static_cast<uint32_t>(*given);
    return std::nullopt;
  };
}

taker flag(bool& to) {
  return [&to](const value& x) -> problem {
    auto given = std::get_if<bool>(&x);
    if (!given)
      return wrong_type(x, "true or false");
    to = *given;
    return std::nullopt;
  };
}

template <class Duration>
taker duration(Duration& to, milliseconds min, milliseconds max) {
  return [&to, min, max](const value& x) -> problem {
    auto expected = fmt::format(
        "a duration from {} to {}, an integer with ms, s, m, h or d in quotes",
        format_duration(min), format_duration(max));
    auto given = std::get_if<std::string>(&x);
    if (!given)
      return wrong_type(x, expected);
    auto read = parse_duration(*given);
    if (!read)
      return fmt::format("is not a duration, expected {}", expected);
    if (*read < min || *read > max)
      return fmt::format("is out of range, expected {}", expected);
    auto rounded = std::chrono::duration_cast<Duration>(*read);
    if (rounded != *read)
      return fmt::format("is not a whole number of seconds, expected {}",
                         expected);
    to = rounded;
    return std::nullopt;
  };
}

text_rule one_of(std::vector<std::string_view> names, std::string note = {}) {
  auto expected =
      fmt::format("one of \"{}\"{}", fmt::join(names, "\", \""), note);
  return {[names = std::move(names)](std::string_view x) {
            return std::find(names.begin(), names.end(), x) != names.end();
          },
          std::move(expected)};
}

/// One of two words that stand for true and false.
taker choice(bool& to, std::string_view yes, std::string_view no) {
  return [&to, yes, rule = one_of({yes, no})](const value& x) -> problem {
    auto word = std::string{};
    auto wrong = text(word, rule)(x);
    if (!wrong)
      to = word == yes;
    return wrong;
  };
}

text_rule bytes(size_t min, size_t max, std::string_view what) {
  return {[min, max](std::string_view x) {
            return x.size() >= min && x.size() <= max
                   && x.find('\0') == std::string_view::npos;
          },
          fmt::format("{} of {} to {} bytes", what, min, max)};
}

bool is_label(std::string_view x) {
  constexpr auto allowed =
      std::string_view{"abcdefghijklmnopqrstuvwxyz"
                       "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-"};
  return !x.empty() && x.size() <= 64
         && x.find_first_not_of(allowed) == std::string_view::npos;
}

text_rule label() {
  return {is_label, "1 to 64 of A-Z a-z 0-9 . _ -"};
}

/// Length of the codes of continents and countries.
constexpr size_t code_chars = 2;

/// "EU=eu-north": a code, and the region of those who are there.
bool is_assignment(std::string_view x) {
  return x.size() > code_chars && x[code_chars] == '='
         && is_label(x.substr(code_chars + 1));
}

text_rule continent() {
  return {[](std::string_view x) {
            constexpr std::string_view codes = "AF AN AS EU NA OC SA";
            return is_assignment(x) && x[0] != ' ' && x[1] != ' '
                   && codes.find(x.substr(0, code_chars)) != codes.npos;
          },
          "one of AF, AN, AS, EU, NA, OC and SA, =, and a region"};
}

text_rule country() {
  return {[](std::string_view x) {
            auto capital = [](char c) {
              return c >= 'A' && c <= 'Z';
            };
            return is_assignment(x) && capital(x[0]) && capital(x[1]);
          },
          "the two capitals of a country's ISO 3166 code, =, and a region"};
}

text_rule address() {
  return {[](std::string_view x) { return parse_listen(x).has_value(); },
          "an IP address and a port, such as \"127.0.0.1:8080\" or "
          "\"[::1]:8080\""};
}

text_rule server() {
  return {is_server, "a name or an address and a port, such as "
                     "\"zoo1.example.org:2181\""};
}

text_rule origin() {
  return {is_origin, "an origin such as \"https://chat.example.org\": http or "
                     "https, host in lower case, no path, a port only if it "
                     "is not the scheme's own"};
}

/// Who a push service may turn to; see RFC 8292.
text_rule contact() {
  return {
      [](std::string_view x) {
        return x.empty()
               || (x.size() <= 256
                   && (x.starts_with("mailto:") || x.starts_with("https://")));
      },
      "\"mailto:…\" or \"https://…\" of at most 256 bytes, or nothing"};
}

text_rule link() {
  return {
      [](std::string_view x) {
        return x.empty()
               || (x.size() <= 2048
                   && (x.starts_with("https://") || x.starts_with("http://"))
                   && x.find_first_of(std::string_view{" \t\r\n#\0", 6})
                          == std::string_view::npos);
      },
      "an address that begins with \"https://\" or \"http://\", or nothing"};
}

/// Lower bound of timeouts: one that is far too short for an operator suits a
/// test that waits for it.
constexpr auto timeout_min = 10ms;

} // namespace

std::string_view type_name(const value& x) {
  struct visitor {
    std::string_view operator()(bool) { return "a boolean"; }
    std::string_view operator()(int64_t) { return "an integer"; }
    std::string_view operator()(const std::string&) { return "a string"; }
    std::string_view operator()(const std::vector<std::string>&) {
      return "an array";
    }
    std::string_view operator()(const other_value& x) { return x.type; }
  };
  return std::visit(visitor{}, x);
}

std::vector<key> keys_of(settings& to) {
  auto& [node, http, discovery, auth, limits, presence, storage, actors, admin,
         log, cluster, push, debug] = to;
  auto& external = auth.external;
  return {
      {"node.id", text(node.id, label())},
      {"node.data_dir", text(node.data_dir, bytes(1, 4096, "a path"))},
      {"node.region", text(node.region, label())},

      {"http.listen", text(http.listen, address())},
      {"http.public_url", text(http.public_url, origin())},
      {"http.allowed_origins", texts(http.allowed_origins, 64, origin())},
      {"http.threads", number(http.threads, 0, 256)},
      {"http.connections_max", number(http.connections_max, 1, 10'000'000)},
      {"http.compression", flag(http.compression)},
      {"http.user_search", flag(http.user_search)},
      {"http.ping_interval", duration(http.ping_interval, timeout_min, 1h)},
      {"http.auth_timeout", duration(http.auth_timeout, timeout_min, 10min)},
      {"http.header_timeout",
       duration(http.header_timeout, timeout_min, 10min)},
      {"http.window_timeout", duration(http.window_timeout, timeout_min, 1h)},

      {"discovery.geoip_database",
       text(discovery.geoip_database, bytes(0, 4096, "a path"))},
      {"discovery.continents", texts(discovery.continents, 7, continent())},
      {"discovery.countries", texts(discovery.countries, 300, country())},

      {"auth.registration", choice(auth.registration_open, "open", "closed")},
      {"auth.token_secret_file",
       text(auth.token_secret_file, bytes(0, 4096, "a path"))},
      {"auth.access_ttl", duration(auth.access_ttl, 1s, days{30})},
      {"auth.refresh_ttl", duration(auth.refresh_ttl, 1s, days{3650})},
      {"auth.expiry_grace", duration(auth.expiry_grace, 0s, 1h)},
      {"auth.argon2_memory_kib", number(auth.argon2_memory_kib, 8, 4'194'304)},
      {"auth.argon2_iterations", number(auth.argon2_iterations, 1, 1000)},
      {"auth.argon2_parallelism", number(auth.argon2_parallelism, 1, 64)},
      {"auth.argon2_threads", number(auth.argon2_threads, 0, 256)},
      {"auth.argon2_queue", number(auth.argon2_queue, 1, 65'536)},

      {"auth.external.algorithm",
       text(external.algorithm,
            one_of({"", "HS256", "HS384", "HS512", "RS256", "ES256"}))},
      {"auth.external.secret", text(external.secret, bytes(0, 4096, "a text"))},
      {"auth.external.public_key_file",
       text(external.public_key_file, bytes(0, 4096, "a path"))},

      {"limits.sends_per_s", number(limits.sends_per_s, 0, 1'000'000)},
      {"limits.sends_burst", number(limits.sends_burst, 1, 10'000'000)},
      {"limits.connections_per_address",
       number(limits.connections_per_address, 0, 10'000'000)},

      {"presence.coalesce",
       duration(presence.coalesce, milliseconds{0}, std::chrono::minutes{5})},
      {"presence.node_grace",
       duration(presence.node_grace, milliseconds{0}, std::chrono::minutes{5})},
      {"presence.changes_per_s", number(presence.changes_per_s, 1, 10'000'000)},
      {"presence.writes_per_s", number(presence.writes_per_s, 1, 10'000'000)},
      {"presence.writes_waiting_max",
       number(presence.writes_waiting_max, 1, 100'000'000)},
      {"presence.last_active_interval",
       duration(presence.last_active_interval, timeout_min, days{1})},

      {"storage.block_cache_mb", number(storage.block_cache_mb, 1, 1'048'576)},
      {"storage.write_buffer_mb", number(storage.write_buffer_mb, 1, 16'384)},
      {"storage.readers", number(storage.readers, 0, 256)},
      {"storage.reader_queue", number(storage.reader_queue, 1, 1'048'576)},
      {"storage.blob_min_bytes", number(storage.blob_min_bytes, 0, 1'048'576)},
      {"storage.inbox_days", number(storage.inbox_days, 0, 36'500)},
      {"storage.inbox_rows", number(storage.inbox_rows, 1, 10'000'000)},
      {"storage.device_days", number(storage.device_days, 1, 36'500)},
      {"storage.disk_warn_percent", number(storage.disk_warn_percent, 1, 100)},
      {"storage.disk_refuse_percent",
       number(storage.disk_refuse_percent, 1, 100)},

      {"actors.threads", number(actors.threads, 0, 256)},
      {"actors.policy", text(actors.policy, one_of({"sharing", "stealing"}))},
      {"actors.throughput", number(actors.throughput, 1, 1'000'000)},
      {"actors.passivate_after",
       duration(actors.passivate_after, timeout_min, days{1})},
      {"actors.answer_timeout",
       duration(actors.answer_timeout, timeout_min, 10min)},
      {"actors.hold_timeout",
       duration(actors.hold_timeout, timeout_min, 10min)},
      {"actors.leaderless_timeout",
       duration(actors.leaderless_timeout, timeout_min, 10min)},

      // A longer path does not fit in sockaddr_un.
      {"admin.socket", text(admin.socket, bytes(0, 107, "a path"))},

      {"log.level", text(log.level, one_of({"trace", "debug", "info", "warn",
                                            "error", "off"}))},

      {"cluster.mode", text(cluster.mode, one_of({"standalone", "zookeeper"}))},
      {"cluster.name", text(cluster.name, label())},
      {"cluster.servers", texts(cluster.servers, 16, server())},
      {"cluster.session_timeout", duration(cluster.session_timeout, 1s, 5min)},
      {"cluster.partitions",
       power_of_two(cluster.partitions, limits::partitions_max)},
      {"cluster.replicas", number(cluster.replicas, 1, 5)},
      {"cluster.min_in_sync", number(cluster.min_in_sync, 1, 5)},
      {"cluster.listen", text(cluster.listen, address())},
      {"cluster.zone", text(cluster.zone, label())},
      {"cluster.weight", number(cluster.weight, 0, 1000)},
      {"cluster.copy_bytes_per_s",
       number_or_none(cluster.copy_bytes_per_s, 65'536, 4'000'000'000)},

      {"cluster.tls.cert", text(cluster.tls.cert, bytes(0, 4096, "a path"))},
      {"cluster.tls.key", text(cluster.tls.key, bytes(0, 4096, "a path"))},
      {"cluster.tls.ca", text(cluster.tls.ca, bytes(0, 4096, "a path"))},

      {"push.enabled", flag(push.enabled)},
      {"push.delay", duration(push.delay, 0s, 1h)},
      {"push.include_text", flag(push.include_text)},
      {"push.vapid_key_file",
       text(push.vapid_key_file, bytes(0, 4096, "a path"))},
      {"push.contact", text(push.contact, contact())},
      {"push.allow_private_endpoints", flag(push.allow_private_endpoints)},
      {"push.ttl", duration(push.ttl, 0s, days{28})},
      {"push.give_up_after", duration(push.give_up_after, 1s, days{28})},
      {"push.in_flight", number(push.in_flight, 1, 10'000)},
      {"push.in_flight_per_host", number(push.in_flight_per_host, 1, 10'000)},
      {"push.waiting_max", number(push.waiting_max, 100, 10'000'000)},

      {"push.webhook.url", text(push.webhook.url, link())},
      {"push.webhook.secret",
       text(push.webhook.secret, bytes(0, 256, "a text"))},

      {"push.apns.key_file",
       text(push.apns.key_file, bytes(0, 4096, "a path"))},
      {"push.apns.key_id", text(push.apns.key_id, bytes(0, 64, "a text"))},
      {"push.apns.team_id", text(push.apns.team_id, bytes(0, 64, "a text"))},
      {"push.apns.topic", text(push.apns.topic, bytes(0, 256, "a text"))},
      {"push.apns.url", text(push.apns.url, origin())},

      {"push.fcm.service_account_file",
       text(push.fcm.service_account_file, bytes(0, 4096, "a path"))},

      {"debug.echo", flag(debug.echo)},
  };
}

} // namespace parley::config
