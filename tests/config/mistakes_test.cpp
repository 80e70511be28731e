#include "parley/config/load.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace parley::config;

namespace {

struct mistake {
  std::string text;
  std::vector<std::string> expected; ///< How the messages begin, in order.
};

void check(const std::vector<mistake>& table) {
  for (auto& each : table) {
    CAPTURE(each.text);
    auto read = parse(each.text, "f");
    REQUIRE(read.has_error());
    auto messages = read.error();
    REQUIRE(messages.size() == each.expected.size());
    for (auto i = size_t{0}; i < messages.size(); ++i) {
      CAPTURE(messages[i]);
      CHECK(messages[i].starts_with(each.expected[i]));
    }
  }
}

} // namespace

TEST_CASE("what is no TOML is reported with its line") {
  check({
      {"[node", {"f:1: syntax: "}},
      {"[node]\nid = ", {"f:2: syntax: "}},
      {"[node]\nid = 'a'\nid = 'b'", {"f:3: syntax: "}},
      {"[node]\n[node]", {"f:2: syntax: "}},
      {"\n\n[node]\nid = n1", {"f:4: syntax: "}},
      {"node.id = '\xff'", {"f:1: syntax: "}},
      {"node.id = \"\\ud800\"", {"f:1: syntax: "}},
      {"http.threads = 9223372036854775808", {"f:1: syntax: "}},
      {std::string(100'000, '['), {"f:1: syntax: "}},
      {"a = " + std::string(100'000, '['), {"f:1: syntax: "}},
  });
}

TEST_CASE("what no key is called is reported with what could stand there") {
  check({
      {"[nod]",
       {"f:1: nod: unknown table, expected one of actors, admin, auth, "
        "cluster, debug, discovery, http, limits, log, node, presence, push, "
        "storage"}},
      {"listen = 'x'", {"f:1: listen: unknown key, expected one of actors, "}},
      {"[log]\nlevl = 'info'",
       {"f:2: log.levl: unknown key, expected one of "
        "level"}},
      {"[log]\nLevel = 'info'", {"f:2: log.Level: unknown key, "}},
      {"[auth.externals]",
       {"f:1: auth.externals: unknown table, expected one of "
        "access_ttl, argon2_iterations, "}},
      {"[auth.external]\nkey = 'x'",
       {"f:2: auth.external.key: unknown key, expected one of algorithm, "
        "public_key_file, secret"}},
      {"[node.id]\nx = 1", {"f:1: node.id: is a table, expected 1 to 64 of "}},
      {"'node.id' = 'n1'", {"f:1: node.id: unknown key, expected one of "}},
      {"[auth]\n'external.secret' = 'n1'",
       {"f:2: auth.external.secret: unknown key, expected one of "}},
      {"'' = 1", {"f:1: unknown key, expected one of "}},
      {"\"a\\nb\\u007f\" = 1", {"f:1: a?b?: unknown key, "}},
  });
}

TEST_CASE("a value of the wrong type is reported with both types") {
  check({
      {"node = 1", {"f:1: node: is an integer, expected a table"}},
      {"[[node]]\nid = 'n'",
       {"f:1: node: is an array with other things than "
        "strings, expected a table"}},
      {"auth.external = true",
       {"f:1: auth.external: is a boolean, expected a table"}},
      {"node.id = 1", {"f:1: node.id: is an integer, expected 1 to 64 of "}},
      {"node.data_dir = []",
       {"f:1: node.data_dir: is an array, expected a path of 1 to 4096 bytes"}},
      {"http.threads = '2'",
       {"f:1: http.threads: is a string, expected an integer from 0 to 256"}},
      {"http.threads = 2.0",
       {"f:1: http.threads: is a floating-point number, expected an integer "}},
      {"http.threads = 2020-01-01",
       {"f:1: http.threads: is a date or time, expected an integer "}},
      {"http.threads = {}",
       {"f:1: http.threads: is a table, expected an integer "}},
      {"http.compression = 1",
       {"f:1: http.compression: is an integer, expected true or false"}},
      {"http.compression = 'true'",
       {"f:1: http.compression: is a string, expected true or false"}},
      {"http.ping_interval = 25",
       {"f:1: http.ping_interval: is an integer, expected a duration from 10ms "
        "to 1h, an integer with ms, s, m, h or d in quotes"}},
      {"http.ping_interval = 00:00:25",
       {"f:1: http.ping_interval: is a date or time, expected a duration "}},
      {"http.allowed_origins = 'http://a.example'",
       {"f:1: http.allowed_origins: is a string, expected an array; each "
        "entry: "
        "an origin such as "}},
      {"http.allowed_origins = ['http://a.example', 1]",
       {"f:1: http.allowed_origins: is an array with other things than "
        "strings, "
        "expected an array; each entry: an origin such as "}},
      {"auth.registration = true",
       {"f:1: auth.registration: is a boolean, expected one of \"open\", "
        "\"closed\""}},
      {"cluster.partitions = '128'",
       {"f:1: cluster.partitions: is a string, expected a power of two "}},
  });
}

TEST_CASE("a number or duration out of range is reported with the range") {
  check({
      {"http.threads = -1",
       {"f:1: http.threads: is out of range, expected an "
        "integer from 0 to 256"}},
      {"http.threads = 257", {"f:1: http.threads: is out of range, "}},
      {"http.threads = 4294967296", {"f:1: http.threads: is out of range, "}},
      {"http.threads = -9223372036854775808",
       {"f:1: http.threads: is out of range, "}},
      {"http.connections_max = 0",
       {"f:1: http.connections_max: is out of range, expected an integer from "
        "1 "
        "to 10000000"}},
      {"http.ping_interval = '9ms'",
       {"f:1: http.ping_interval: is out of range, expected a duration from "
        "10ms "
        "to 1h"}},
      {"http.ping_interval = '3600001ms'",
       {"f:1: http.ping_interval: is out of range, "}},
      {"http.ping_interval = '99999999999d'",
       {"f:1: http.ping_interval: is not a duration, "}},
      {"auth.access_ttl = '0s'",
       {"f:1: auth.access_ttl: is out of range, expected a duration from 1s to "
        "30d"}},
      {"auth.access_ttl = '1500ms'",
       {"f:1: auth.access_ttl: is not a whole number of seconds, "}},
      {"storage.disk_refuse_percent = 101",
       {"f:1: storage.disk_refuse_percent: is out of range, "}},
      {"cluster.partitions = 0",
       {"f:1: cluster.partitions: is not valid, expected a power of two from 1 "
        "to 65536"}},
      {"cluster.partitions = 100", {"f:1: cluster.partitions: is not valid, "}},
      {"cluster.partitions = -128",
       {"f:1: cluster.partitions: is not valid, "}},
      {"cluster.partitions = 131072",
       {"f:1: cluster.partitions: is not valid, "}},
      {"cluster.partitions = -9223372036854775808",
       {"f:1: cluster.partitions: is not valid, "}},
  });
}

TEST_CASE("a text that does not fit is reported with what does") {
  auto many = std::string{"http.allowed_origins = ["};
  for (auto i = 0; i < 65; ++i)
    many += "'http://a.example',";
  check({
      {"node.id = ''", {"f:1: node.id: is not valid, expected 1 to 64 of "}},
      {"node.id = 'a b'", {"f:1: node.id: is not valid, "}},
      {"node.id = 'ä'", {"f:1: node.id: is not valid, "}},
      {"node.id = '" + std::string(65, 'a') + "'",
       {"f:1: node.id: is not valid, "}},
      {"node.data_dir = ''", {"f:1: node.data_dir: is not valid, "}},
      {"node.data_dir = \"a\\u0000b\"", {"f:1: node.data_dir: is not valid, "}},
      {"http.listen = 'localhost:8080'",
       {"f:1: http.listen: is not valid, expected an IP address and a port, "
        "such "
        "as \"127.0.0.1:8080\" or \"[::1]:8080\""}},
      {"http.listen = '8080'", {"f:1: http.listen: is not valid, "}},
      {"http.public_url = 'example.org'",
       {"f:1: http.public_url: is not valid, expected an origin such as "}},
      {"http.allowed_origins = ['http://a.example', 'http://a.example/']",
       {"f:1: http.allowed_origins: entry 2 is not valid, expected an "
        "origin "}},
      {many + "]",
       {"f:1: http.allowed_origins: has 65 entries, expected at most 64"}},
      {"auth.registration = 'Open'",
       {"f:1: auth.registration: is not valid, expected one of \"open\", "
        "\"closed\""}},
      {"actors.policy = ''",
       {"f:1: actors.policy: is not valid, expected one of \"sharing\", "
        "\"stealing\""}},
      {"admin.socket = '" + std::string(108, 's') + "'",
       {"f:1: admin.socket: is not valid, expected a path of 0 to 107 bytes"}},
      {"log.level = 'verbose'",
       {"f:1: log.level: is not valid, expected one of \"trace\", "}},
      {"cluster.mode = 'raft'",
       {"f:1: cluster.mode: is not valid, expected one of \"standalone\", "
        "\"zookeeper\""}},
      {"cluster.servers = ['zoo1:2181,zoo2:2181']",
       {"f:1: cluster.servers: entry 1 is not valid, expected a name or an "
        "address and a port, such as \"zoo1.example.org:2181\""}},
      {"cluster.servers = ['zoo1']",
       {"f:1: cluster.servers: entry 1 is not valid, "}},
      {"cluster.servers = [':2181']",
       {"f:1: cluster.servers: entry 1 is not valid, "}},
      {"cluster.servers = ['zoo1:0']",
       {"f:1: cluster.servers: entry 1 is not valid, "}},
      {"discovery.continents = ['EU=north', 'XX=south']",
       {"f:1: discovery.continents: entry 2 is not valid, expected one of AF, "
        "AN, AS, EU, NA, OC and SA, =, and a region"}},
      {"discovery.continents = ['F =x']",
       {"f:1: discovery.continents: entry 1 is not valid, "}},
      {"discovery.countries = ['de=north']",
       {"f:1: discovery.countries: entry 1 is not valid, expected the two "
        "capitals of a country's ISO 3166 code, =, and a region"}},
      {"discovery.countries = ['DE=']",
       {"f:1: discovery.countries: entry 1 is not valid, "}},
      {"discovery.countries = ['DEU=north']",
       {"f:1: discovery.countries: entry 1 is not valid, "}},
      {"http.ping_interval = '25'",
       {"f:1: http.ping_interval: is not a duration, expected a duration "}},
      {"http.ping_interval = 'soon'",
       {"f:1: http.ping_interval: is not a duration, "}},
  });
}

TEST_CASE("only what the token library can verify is taken as an algorithm") {
  for (std::string name : {"none", "hs256", "EdDSA", "PS256", "HS1"})
    check({{"[auth.external]\nalgorithm = '" + name + "'\nsecret = 's'",
            {"f:2: auth.external.algorithm: is not valid, expected one of "
             "\"\", \"HS256\", \"HS384\", \"HS512\", \"RS256\", \"ES256\""}}});
}

TEST_CASE("keys that contradict each other are reported on their own line") {
  check({
      {"[auth.external]\nsecret = 's'",
       {"f:2: auth.external.secret: is set without an algorithm, expected "}},
      {"[auth.external]\npublic_key_file = 'p'",
       {"f:2: auth.external.public_key_file: is set without an algorithm, "}},
      {"[auth.external]\nalgorithm = 'HS256'",
       {"f:2: auth.external.algorithm: has no key, expected "
        "auth.external.secret beside it"}},
      {"[auth.external]\nalgorithm = 'RS256'",
       {"f:2: auth.external.algorithm: has no key, expected "
        "auth.external.public_key_file beside it"}},
      {"[auth.external]\nalgorithm = 'HS256'\nsecret = 's'\n"
       "public_key_file = 'p'",
       {"f:4: auth.external.public_key_file: does not go with this "
        "algorithm, "}},
      {"[auth.external]\nalgorithm = 'ES256'\nsecret = 's'\n"
       "public_key_file = 'p'",
       {"f:3: auth.external.secret: does not go with this algorithm, "}},
      {"[auth.external]\nalgorithm = 'ES256'\nsecret = 's'",
       {"f:2: auth.external.algorithm: has no key, ",
        "f:3: auth.external.secret: does not go with this algorithm, "}},
      {"[auth]\nargon2_memory_kib = 31\nargon2_parallelism = 4",
       {"f:2: auth.argon2_memory_kib: is too little, expected 8 or more "}},
      {"[discovery]\ngeoip_database = 'g'",
       {"f:2: discovery.geoip_database: says only in which country a client "
        "is, expected discovery.countries or discovery.continents "}},
      {"[discovery]\ncontinents = ['EU=e']",
       {"f:2: discovery.continents: is of no use alone, expected "
        "discovery.geoip_database beside it"}},
      {"[discovery]\ncountries = ['DE=e']",
       {"f:2: discovery.countries: is of no use alone, "}},
      {"[discovery]\ngeoip_database = 'g'\ncontinents = ['EU=e', 'EU=f']\n"
       "countries = ['DE=e', 'FR=f', 'DE=f']",
       {"f:3: discovery.continents: has EU twice, expected each code once",
        "f:4: discovery.countries: has DE twice, "}},
      {"[cluster]\nreplicas = 1",
       {"f:2: cluster.min_in_sync: is more than there are, expected at most "
        "cluster.replicas"}},
      {"[cluster.tls]\nkey = 'k'",
       {"f:2: cluster.tls.cert: is not all that TLS needs, expected cert, key "
        "and ca or none of them"}},
      {"[push.webhook]\nurl = 'https://h.example'",
       {"f:2: push.webhook.secret: stands without the other, expected "
        "push.webhook.url and push.webhook.secret or neither"}},
      {"[push.webhook]\nurl = 'ftp://h.example'\nsecret = 's'",
       {"f:2: push.webhook.url: is not valid, expected an address that begins "
        "with \"https://\" or \"http://\", or nothing"}},
      {"[push.apns]\nkey_id = 'k'",
       {"f:2: push.apns.key_file: is not all that APNs needs, expected "
        "key_file, key_id, team_id and topic or none of them"}},
      {"[push]\ncontact = 'ops@example.org'",
       {"f:2: push.contact: is not valid, expected \"mailto:…\" or "
        "\"https://…\" of at most 256 bytes, or nothing"}},
      {"[cluster]\nmode = 'zookeeper'",
       {"f:2: cluster.servers: is empty, expected one of ZooKeeper's servers "
        "or more"}},
      {"[cluster]\npartitions = 32768\nmode = 'zookeeper'\nservers = ['z:1']",
       {"f:2: cluster.partitions: is more than ZooKeeper can watch, expected "
        "at most 16384"}},
      {"[cluster]\nservers = ['z:1']\nmode = 'zookeeper'\nlisten = "
       "'0.0.0.0:7080'",
       {"f:4: cluster.listen: is nowhere that other nodes could connect to, "
        "expected an address of this machine and a port"}},
      {"[cluster]\nservers = ['z:1']\nmode = 'zookeeper'\nlisten = '[::]:7080'",
       {"f:4: cluster.listen: is nowhere that other nodes could connect to, "}},
      {"[cluster]\nservers = ['z:1']\nmode = 'zookeeper'\nlisten = "
       "'10.0.0.1:0'",
       {"f:4: cluster.listen: is nowhere that other nodes could connect to, "}},
      {"[storage]\n\ndisk_refuse_percent = 50",
       {"f:3: storage.disk_warn_percent: warns after sends are refused, "}},
  });
}

TEST_CASE("the echo service is refused where strangers reach it") {
  constexpr auto refusal = "debug.echo: answers strangers, expected true only "
                           "with a loopback address in http.listen";
  check({
      {"[debug]\necho = true", {std::string{"f:2: "} + refusal}},
      {"http.listen = '[::]:80'\ndebug.echo = true",
       {std::string{"f:2: "} + refusal}},
      {"debug.echo = true\nhttp.listen = '10.0.0.1:80'",
       {std::string{"f:1: "} + refusal}},
  });
  CHECK(
      parse("debug.echo = true\nhttp.listen = '127.0.0.1:80'", "").has_value());
  CHECK(
      parse("debug.echo = false\nhttp.listen = '0.0.0.0:80'", "").has_value());
}

TEST_CASE("all mistakes are reported at once, in the order of their lines") {
  check({{R"([storage]
readers = 1000
[http]
lisen = "127.0.0.1:1"
listen = "nowhere"
threads = 2.5
[debug]
echo = true
[frobnicate]
a = 1
[auth]
access_ttl = "1y"
[auth.external]
algorithm = "HS256"
)",
          {"f:2: storage.readers: is out of range",
           "f:4: http.lisen: unknown key", "f:5: http.listen: is not valid",
           "f:6: http.threads: is a floating-point number",
           "f:9: frobnicate: unknown table",
           "f:12: auth.access_ttl: is not a duration",
           "f:14: auth.external.algorithm: has no key"}}});
}

TEST_CASE("a key that is itself wrong is not blamed for a contradiction") {
  check({
      {"[auth.external]\nalgorithm = 'HS0'\nsecret = 's'",
       {"f:2: auth.external.algorithm: is not valid"}},
      {"debug.echo = true\nhttp.listen = 'x'",
       {"f:2: http.listen: is not valid"}},
  });
}

TEST_CASE("no message repeats a secret") {
  constexpr auto secret = "correct horse battery staple";
  for (std::string text :
       {"[auth.external]\nsecret = ", "[auth.external]\nalgorithm = ",
        "[auth.external]\npublic_key_file = ", "auth.externl = "}) {
    auto read = parse(text + "'" + secret + "'", "f");
    REQUIRE(read.has_error());
    for (auto& each : read.error())
      CHECK(each.find(secret) == std::string::npos);
  }
}
