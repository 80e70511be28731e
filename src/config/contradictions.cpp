#include "config/keys.hpp"

#include "parley/config/address.hpp"

#include <fmt/format.h>

#include <set>
#include <string>
#include <utility>

/// What settings that are right one by one may not say together.
namespace parley::config {

namespace {

/// What the entries of all partitions fit into that ZooKeeper's client sends
/// at once, when it renews its watches.
constexpr uint32_t zookeeper_partitions_max = 16'384;

void refuse_in_cluster(const cluster_settings& x, const auto& refuse) {
  refuse(x.min_in_sync > x.replicas,
         {"cluster.min_in_sync", "cluster.replicas"},
         "is more than there are, expected at most cluster.replicas");
  auto set = int{!x.tls.cert.empty()} + int{!x.tls.key.empty()}
             + int{!x.tls.ca.empty()};
  refuse(set != 0 && set != 3,
         {"cluster.tls.cert", "cluster.tls.key", "cluster.tls.ca"},
         "is not all that TLS needs, expected cert, key and ca or none of "
         "them");
  if (x.mode != "zookeeper")
    return;
  refuse(x.servers.empty(), {"cluster.servers", "cluster.mode"},
         "is empty, expected one of ZooKeeper's servers or more");
  refuse(x.partitions > zookeeper_partitions_max,
         {"cluster.partitions", "cluster.mode"},
         fmt::format("is more than ZooKeeper can watch, expected at most {}",
                     zookeeper_partitions_max));
  auto at = parse_listen(x.listen);
  refuse(at && (at->host == "0.0.0.0" || at->host == "::" || at->port == 0),
         {"cluster.listen", "cluster.mode"},
         "is nowhere that other nodes could connect to, expected an address "
         "of this machine and a port");
}

/// A code that stands in front of two regions; else nothing.
std::string_view twice(const std::vector<std::string>& assignments) {
  auto seen = std::set<std::string_view>{};
  for (std::string_view x : assignments)
    if (auto code = x.substr(0, x.find('=')); !seen.insert(code).second)
      return code;
  return {};
}

void refuse_in_discovery(const discovery_settings& x, const auto& refuse) {
  constexpr auto database = "discovery.geoip_database";
  constexpr auto continents = "discovery.continents";
  constexpr auto countries = "discovery.countries";
  auto maps = !x.continents.empty() || !x.countries.empty();
  refuse(!x.geoip_database.empty() && !maps, {database, continents, countries},
         "says only in which country a client is, expected discovery.countries "
         "or discovery.continents beside it");
  refuse(x.geoip_database.empty() && !x.continents.empty(),
         {continents, database},
         "is of no use alone, expected discovery.geoip_database beside it");
  refuse(x.geoip_database.empty() && !x.countries.empty(),
         {countries, database},
         "is of no use alone, expected discovery.geoip_database beside it");
  for (const auto& [key, all] :
       {std::pair{continents, &x.continents}, {countries, &x.countries}})
    if (auto code = twice(*all); !code.empty())
      refuse(true, {key},
             fmt::format("has {} twice, expected each code once", code));
}

void refuse_in_push(const push_settings& x, const auto& refuse) {
  refuse(x.webhook.url.empty() != x.webhook.secret.empty(),
         {"push.webhook.secret", "push.webhook.url"},
         "stands without the other, expected push.webhook.url and "
         "push.webhook.secret or neither");
  const auto& apns = x.apns;
  auto set = int{!apns.key_file.empty()} + int{!apns.key_id.empty()}
             + int{!apns.team_id.empty()} + int{!apns.topic.empty()};
  refuse(set != 0 && set != 4,
         {"push.apns.key_file", "push.apns.key_id", "push.apns.team_id",
          "push.apns.topic"},
         "is not all that APNs needs, expected key_file, key_id, team_id and "
         "topic or none of them");
}

} // namespace

std::vector<contradiction> contradictions(const settings& x) {
  auto result = std::vector<contradiction>{};
  auto& external = x.auth.external;
  auto shared_secret = external.algorithm.starts_with("HS");
  auto refuse = [&](bool wrong, std::vector<std::string_view> keys,
                    std::string text) {
    if (wrong)
      result.push_back({std::move(keys), std::move(text)});
  };
  constexpr auto algorithm = "auth.external.algorithm";
  constexpr auto secret = "auth.external.secret";
  constexpr auto public_key = "auth.external.public_key_file";
  refuse(external.algorithm.empty() && !external.secret.empty(),
         {secret, algorithm},
         "is set without an algorithm, expected auth.external.algorithm = "
         "\"HS256\", \"HS384\" or \"HS512\" beside it");
  refuse(external.algorithm.empty() && !external.public_key_file.empty(),
         {public_key, algorithm},
         "is set without an algorithm, expected auth.external.algorithm = "
         "\"RS256\" or \"ES256\" beside it");
  refuse(shared_secret && external.secret.empty(), {algorithm, secret},
         "has no key, expected auth.external.secret beside it");
  refuse(shared_secret && !external.public_key_file.empty(),
         {public_key, algorithm},
         "does not go with this algorithm, expected auth.external.secret "
         "alone");
  auto key_pair = !external.algorithm.empty() && !shared_secret;
  refuse(key_pair && external.public_key_file.empty(), {algorithm, public_key},
         "has no key, expected auth.external.public_key_file beside it");
  refuse(key_pair && !external.secret.empty(), {secret, algorithm},
         "does not go with this algorithm, expected "
         "auth.external.public_key_file alone");
  refuse(x.auth.argon2_memory_kib < 8 * x.auth.argon2_parallelism,
         {"auth.argon2_memory_kib", "auth.argon2_parallelism"},
         "is too little, expected 8 or more for each of "
         "auth.argon2_parallelism");
  refuse(x.storage.disk_warn_percent > x.storage.disk_refuse_percent,
         {"storage.disk_warn_percent", "storage.disk_refuse_percent"},
         "warns after sends are refused, expected at most "
         "storage.disk_refuse_percent");
  refuse_in_discovery(x.discovery, refuse);
  refuse_in_cluster(x.cluster, refuse);
  refuse_in_push(x.push, refuse);
  auto listen = parse_listen(x.http.listen);
  refuse(x.debug.echo && !(listen && listen->loopback),
         {"debug.echo", "http.listen"},
         "answers strangers, expected true only with a loopback address in "
         "http.listen");
  return result;
}

} // namespace parley::config
