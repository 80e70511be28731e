#include "support/temporary_directory.hpp"

#include "parley/config/load.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <functional>

using namespace parley::config;
using namespace std::chrono_literals;

namespace {

struct sample {
  std::string text;
  std::function<void(settings&)> change; ///< What `text` does to the defaults.
};

/// One line per key, each with a value that is not the default.
const std::vector<sample> samples = {
    {"node.id = 'Node_7.a-b'",
     [](auto& x) {
       x.node.id = "Node_7.a-b";
     }},
    {"node.data_dir = '/var/lib/p'",
     [](auto& x) {
       x.node.data_dir = "/var/lib/p";
     }},
    {"node.region = 'eu-1'",
     [](auto& x) {
       x.node.region = "eu-1";
     }},
    {"http.listen = '[::1]:0'",
     [](auto& x) {
       x.http.listen = "[::1]:0";
     }},
    {"http.public_url = 'https://c.example'",
     [](auto& x) {
       x.http.public_url = "https://c.example";
     }},
    {"http.allowed_origins = ['http://a.example', 'http://b.example:81']",
     [](auto& x) {
       x.http.allowed_origins = {"http://a.example", "http://b.example:81"};
     }},
    {"http.threads = 256",
     [](auto& x) {
       x.http.threads = 256;
     }},
    {"http.connections_max = 1",
     [](auto& x) {
       x.http.connections_max = 1;
     }},
    {"http.compression = true",
     [](auto& x) {
       x.http.compression = true;
     }},
    {"http.user_search = false",
     [](auto& x) {
       x.http.user_search = false;
     }},
    {"http.ping_interval = '1h'",
     [](auto& x) {
       x.http.ping_interval = 1h;
     }},
    {"http.auth_timeout = '10ms'",
     [](auto& x) {
       x.http.auth_timeout = 10ms;
     }},
    {"http.header_timeout = '10m'",
     [](auto& x) {
       x.http.header_timeout = 10min;
     }},
    {"http.window_timeout = '7s'",
     [](auto& x) {
       x.http.window_timeout = 7s;
     }},
    {"discovery = {geoip_database = '/g.mmdb', continents = ['EU=eu-north', "
     "'OC=asia']}",
     [](auto& x) {
       x.discovery.geoip_database = "/g.mmdb";
       x.discovery.continents = {"EU=eu-north", "OC=asia"};
     }},
    {"discovery = {geoip_database = 'g', countries = ['DE=eu_1']}",
     [](auto& x) {
       x.discovery.geoip_database = "g";
       x.discovery.countries = {"DE=eu_1"};
     }},
    {"auth.registration = 'closed'",
     [](auto& x) {
       x.auth.registration_open = false;
     }},
    {"auth.token_secret_file = 'k'",
     [](auto& x) {
       x.auth.token_secret_file = "k";
     }},
    {"auth.access_ttl = '2000ms'",
     [](auto& x) {
       x.auth.access_ttl = 2s;
     }},
    {"auth.refresh_ttl = '3650d'",
     [](auto& x) {
       x.auth.refresh_ttl = std::chrono::days{3650};
     }},
    {"auth.expiry_grace = '0s'",
     [](auto& x) {
       x.auth.expiry_grace = 0s;
     }},
    {"auth.argon2_memory_kib = 8",
     [](auto& x) {
       x.auth.argon2_memory_kib = 8;
     }},
    {"auth.argon2_iterations = 1",
     [](auto& x) {
       x.auth.argon2_iterations = 1;
     }},
    {"auth.argon2_parallelism = 64",
     [](auto& x) {
       x.auth.argon2_parallelism = 64;
     }},
    {"auth.argon2_threads = 3",
     [](auto& x) {
       x.auth.argon2_threads = 3;
     }},
    {"auth.argon2_queue = 1",
     [](auto& x) {
       x.auth.argon2_queue = 1;
     }},
    {"auth.external = {algorithm = 'HS384', secret = 's'}",
     [](auto& x) {
       x.auth.external.algorithm = "HS384";
       x.auth.external.secret = "s";
     }},
    {"auth.external = {algorithm = 'ES256', public_key_file = 'p.pem'}",
     [](auto& x) {
       x.auth.external.algorithm = "ES256";
       x.auth.external.public_key_file = "p.pem";
     }},
    {"limits.sends_per_s = 0",
     [](auto& x) {
       x.limits.sends_per_s = 0;
     }},
    {"limits.sends_burst = 1",
     [](auto& x) {
       x.limits.sends_burst = 1;
     }},
    {"limits.connections_per_address = 9",
     [](auto& x) {
       x.limits.connections_per_address = 9;
     }},
    {"presence.coalesce = '0ms'",
     [](auto& x) {
       x.presence.coalesce = 0ms;
     }},
    {"presence.node_grace = '20s'",
     [](auto& x) {
       x.presence.node_grace = 20s;
     }},
    {"presence.changes_per_s = 7",
     [](auto& x) {
       x.presence.changes_per_s = 7;
     }},
    {"presence.writes_per_s = 8",
     [](auto& x) {
       x.presence.writes_per_s = 8;
     }},
    {"presence.writes_waiting_max = 9",
     [](auto& x) {
       x.presence.writes_waiting_max = 9;
     }},
    {"presence.last_active_interval = '1d'",
     [](auto& x) {
       x.presence.last_active_interval = 24h;
     }},
    {"storage.block_cache_mb = 1",
     [](auto& x) {
       x.storage.block_cache_mb = 1;
     }},
    {"storage.write_buffer_mb = 2",
     [](auto& x) {
       x.storage.write_buffer_mb = 2;
     }},
    {"storage.readers = 3",
     [](auto& x) {
       x.storage.readers = 3;
     }},
    {"storage.reader_queue = 4",
     [](auto& x) {
       x.storage.reader_queue = 4;
     }},
    {"storage.blob_min_bytes = 0",
     [](auto& x) {
       x.storage.blob_min_bytes = 0;
     }},
    {"storage.inbox_days = 0",
     [](auto& x) {
       x.storage.inbox_days = 0;
     }},
    {"storage.inbox_rows = 1",
     [](auto& x) {
       x.storage.inbox_rows = 1;
     }},
    {"storage.disk_warn_percent = 90",
     [](auto& x) {
       x.storage.disk_warn_percent = 90;
     }},
    {"storage.disk_refuse_percent = 85",
     [](auto& x) {
       x.storage.disk_refuse_percent = 85;
     }},
    {"actors.threads = 1",
     [](auto& x) {
       x.actors.threads = 1;
     }},
    {"actors.policy = 'stealing'",
     [](auto& x) {
       x.actors.policy = "stealing";
     }},
    {"actors.throughput = 1",
     [](auto& x) {
       x.actors.throughput = 1;
     }},
    {"actors.passivate_after = '10ms'",
     [](auto& x) {
       x.actors.passivate_after = 10ms;
     }},
    {"actors.answer_timeout = '11s'",
     [](auto& x) {
       x.actors.answer_timeout = 11s;
     }},
    {"actors.hold_timeout = '6s'",
     [](auto& x) {
       x.actors.hold_timeout = 6s;
     }},
    {"actors.leaderless_timeout = '21s'",
     [](auto& x) {
       x.actors.leaderless_timeout = 21s;
     }},
    {"admin.socket = '/run/p.sock'",
     [](auto& x) {
       x.admin.socket = "/run/p.sock";
     }},
    {"log.level = 'trace'",
     [](auto& x) {
       x.log.level = "trace";
     }},
    {"cluster.mode = 'standalone'",
     [](auto& x) {
       x.cluster.mode = "standalone";
     }},
    {"cluster = {mode = 'zookeeper', servers = ['zoo1:2181']}",
     [](auto& x) {
       x.cluster.mode = "zookeeper";
       x.cluster.servers = {"zoo1:2181"};
     }},
    {"cluster.name = 'chat'",
     [](auto& x) {
       x.cluster.name = "chat";
     }},
    {"cluster.servers = ['zoo1.example:2181', '[::1]:2182']",
     [](auto& x) {
       x.cluster.servers = {"zoo1.example:2181", "[::1]:2182"};
     }},
    {"cluster.session_timeout = '5m'",
     [](auto& x) {
       x.cluster.session_timeout = 5min;
     }},
    {"cluster.replicas = 5",
     [](auto& x) {
       x.cluster.replicas = 5;
     }},
    {"cluster.min_in_sync = 3",
     [](auto& x) {
       x.cluster.min_in_sync = 3;
     }},
    {"cluster.listen = '10.0.0.1:7080'",
     [](auto& x) {
       x.cluster.listen = "10.0.0.1:7080";
     }},
    {"cluster.zone = 'rack-7'",
     [](auto& x) {
       x.cluster.zone = "rack-7";
     }},
    {"cluster.weight = 0",
     [](auto& x) {
       x.cluster.weight = 0;
     }},
    {"cluster.copy_bytes_per_s = 0",
     [](auto& x) {
       x.cluster.copy_bytes_per_s = 0;
     }},
    {"cluster.tls = {cert = 'c.pem', key = 'k.pem', ca = 'a.pem'}",
     [](auto& x) {
       x.cluster.tls = {"c.pem", "k.pem", "a.pem"};
     }},
    {"cluster.partitions = 65536",
     [](auto& x) {
       x.cluster.partitions = 65'536;
     }},
    {"push.enabled = false",
     [](auto& x) {
       x.push.enabled = false;
     }},
    {"push.delay = '0s'",
     [](auto& x) {
       x.push.delay = 0ms;
     }},
    {"push.include_text = true",
     [](auto& x) {
       x.push.include_text = true;
     }},
    {"push.contact = 'mailto:ops@example.org'",
     [](auto& x) {
       x.push.contact = "mailto:ops@example.org";
     }},
    {"push.allow_private_endpoints = true",
     [](auto& x) {
       x.push.allow_private_endpoints = true;
     }},
    {"push.ttl = '0s'",
     [](auto& x) {
       x.push.ttl = 0s;
     }},
    {"push.give_up_after = '28d'",
     [](auto& x) {
       x.push.give_up_after = std::chrono::days{28};
     }},
    {"push.in_flight = 1",
     [](auto& x) {
       x.push.in_flight = 1;
     }},
    {"push.in_flight_per_host = 2",
     [](auto& x) {
       x.push.in_flight_per_host = 2;
     }},
    {"push.waiting_max = 100",
     [](auto& x) {
       x.push.waiting_max = 100;
     }},
    {"push.webhook = {url = 'http://localhost:9/x', secret = 'whsec_AA=='}",
     [](auto& x) {
       x.push.webhook = {"http://localhost:9/x", "whsec_AA=="};
     }},
    {"push.apns = {key_file = 'k.p8', key_id = 'K', team_id = 'T', topic = "
     "'a'}",
     [](auto& x) {
       x.push.apns.key_file = "k.p8";
       x.push.apns.key_id = "K";
       x.push.apns.team_id = "T";
       x.push.apns.topic = "a";
     }},
    {"push.apns.url = 'https://api.sandbox.push.apple.com'",
     [](auto& x) {
       x.push.apns.url = "https://api.sandbox.push.apple.com";
     }},
    {"push.fcm.service_account_file = 'account.json'",
     [](auto& x) {
       x.push.fcm.service_account_file = "account.json";
     }},
    {"storage.device_days = 1",
     [](auto& x) {
       x.storage.device_days = 1;
     }},
    {"debug.echo = true\nhttp.listen = '127.0.0.1:0'",
     [](auto& x) {
       x.debug.echo = true;
       x.http.listen = "127.0.0.1:0";
     }},
};

/// A file of its own that goes with the test.
class scratch_file {
  parley::test::temporary_directory folder_;

public:
  explicit scratch_file(std::string_view content) {
    std::ofstream{path, std::ios::binary} << content;
  }

  std::filesystem::path path = folder_.file("parley.toml");
};

} // namespace

TEST_CASE("each key changes its own setting and nothing else") {
  for (auto& each : samples) {
    CAPTURE(each.text);
    auto expected = settings{};
    each.change(expected);
    auto read = parse(each.text, "f");
    REQUIRE(read.has_value());
    CHECK(*read == expected);
  }
}

TEST_CASE("an empty file gives the defaults") {
  auto read = parse("", "f");
  REQUIRE(read.has_value());
  CHECK(*read == settings{});
}

TEST_CASE("each algorithm of an external login service takes its own key") {
  for (std::string name : {"HS256", "HS384", "HS512"})
    CHECK(parse("[auth.external]\nsecret = 's'\nalgorithm = '" + name + "'", "")
              .has_value());
  for (std::string name : {"RS256", "ES256"})
    CHECK(parse("[auth.external]\npublic_key_file = 'p'\nalgorithm = '" + name
                    + "'",
                "")
              .has_value());
}

TEST_CASE("a file is read from disk and named in its mistakes") {
  auto good = scratch_file{"[node]\nid = 'n9'\n"};
  auto read = load(good.path);
  REQUIRE(read.has_value());
  CHECK(read->node.id == "n9");

  auto bad = scratch_file{"[node]\n\nid = 9\n"};
  auto refused = load(bad.path);
  REQUIRE(refused.has_error());
  CHECK(refused.error()
        == std::vector{bad.path.string()
                       + ":3: node.id: is an integer, expected 1 to 64 of "
                         "A-Z a-z 0-9 . _ -"});
}

TEST_CASE("a file that cannot be read is a mistake, not a default") {
  auto folder = std::filesystem::temp_directory_path();
  for (auto path : {folder / "parley-no-such-folder" / "x.toml", folder}) {
    auto read = load(path);
    REQUIRE(read.has_error());
    REQUIRE(read.error().size() == 1);
    CHECK(read.error()[0].starts_with(path.string() + ": cannot be read: "));
  }
}

TEST_CASE("I8: a file over 1 MiB is refused") {
  auto comment = "#" + std::string(1024 * 1024 - 1, 'x');
  CHECK(load(scratch_file{comment}.path).has_value());
  auto refused = load(scratch_file{comment + "x"}.path);
  REQUIRE(refused.has_error());
  CHECK(refused.error()[0].ends_with(
      ": is too large, expected at most 1048576 bytes"));
}
