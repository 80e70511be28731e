#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

/// What an operator can set, as plain values with their defaults. The file
/// `config/parley.toml` says the same with a sentence for each key; a test
/// holds the two together.
namespace parley::config {

using std::chrono::milliseconds;
using std::chrono::seconds;

struct node_settings {
  std::string id = "n1";
  std::string data_dir = "parley-data";
  std::string region = "local";

  bool operator==(const node_settings&) const = default;
};

struct http_settings {
  std::string listen = "0.0.0.0:8080"; ///< Port 0 takes a free one.
  std::string public_url = "http://localhost:8080";
  std::vector<std::string> allowed_origins; ///< Besides the node's own.
  uint32_t threads = 0;                     ///< I/O threads; 0: by the cores.
  uint32_t connections_max = 500'000;
  bool compression = false; ///< Offer permessage-deflate.
  bool user_search = true;  ///< Serve `GET /v1/users?prefix=`.
  milliseconds ping_interval{25'000};
  milliseconds auth_timeout{10'000};    ///< From the upgrade to `auth`.
  milliseconds header_timeout{10'000};  ///< To send one whole HTTP request.
  milliseconds window_timeout{120'000}; ///< Full window without a `recv`.

  bool operator==(const http_settings&) const = default;
};

struct discovery_settings {
  std::string geoip_database;          ///< Empty: none.
  std::vector<std::string> continents; ///< "EU=eu-north": code and region.
  std::vector<std::string> countries;  ///< Count before continents.

  bool operator==(const discovery_settings&) const = default;
};

struct external_auth_settings {
  std::string algorithm; ///< HS256, HS384, HS512, RS256, ES256; empty: unused.
  std::string secret;    ///< For HS*, and only for them.
  std::string public_key_file; ///< PEM; for RS256 and ES256.

  bool operator==(const external_auth_settings&) const = default;
};

struct auth_settings {
  bool registration_open = true; ///< Key `registration`: "open", "closed".
  std::string token_secret_file; ///< Empty: `token.key` in the data directory.
  seconds access_ttl{900};
  seconds refresh_ttl{60L * 24 * 3600};
  milliseconds expiry_grace{60'000}; ///< A session outlives its token by this.
  uint32_t argon2_memory_kib = 19'456;
  uint32_t argon2_iterations = 2;
  uint32_t argon2_parallelism = 1;
  uint32_t argon2_threads = 0; ///< Size of the pool; 0: by the cores.
  uint32_t argon2_queue = 256; ///< Waiting jobs; more are `unavailable`.
  external_auth_settings external;

  bool operator==(const auth_settings&) const = default;
};

struct limit_settings {
  uint32_t sends_per_s = 100; ///< Sends, edits, … a session; 0: no limit.
  uint32_t sends_burst = 1000;
  uint32_t connections_per_address = 0; ///< 0: no limit.

  bool operator==(const limit_settings&) const = default;
};

struct presence_settings {
  milliseconds coalesce{3'000};    ///< Who is back sooner was never gone.
  milliseconds node_grace{10'000}; ///< The same after the loss of a node.
  milliseconds last_active_interval{15 * 60'000};
  uint32_t changes_per_s = 2'000; ///< That a node tells.
  uint32_t writes_per_s = 1'000;  ///< Rows of `last_active`, of a node.
  uint32_t writes_waiting_max = 100'000;

  bool operator==(const presence_settings&) const = default;
};

struct storage_settings {
  uint32_t block_cache_mb = 64;
  uint32_t write_buffer_mb = 64;
  uint32_t readers = 0; ///< Threads that read from disk; 0: by the cores.
  uint32_t reader_queue = 4096; ///< Waiting reads; more are `unavailable`.
  uint32_t blob_min_bytes = 4096;
  uint32_t inbox_days = 30;     ///< An inbox keeps this or `inbox_rows`,
  uint32_t inbox_rows = 10'000; ///< whichever is more.
  uint32_t device_days = 90;    ///< Unseen for longer, a device starts anew.
  uint32_t disk_warn_percent = 85;
  uint32_t disk_refuse_percent = 90;

  bool operator==(const storage_settings&) const = default;
};

struct actor_settings {
  uint32_t threads = 0; ///< CAF workers; 0: by the cores.
  std::string policy = "sharing";
  uint32_t throughput = 64; ///< Messages an actor may take in a row.
  milliseconds passivate_after{20'000};    ///< Idle time of an actor.
  milliseconds answer_timeout{10'000};     ///< To an act, before `unavailable`.
  milliseconds hold_timeout{5'000};        ///< Of a message without a leader.
  milliseconds leaderless_timeout{20'000}; ///< Of a session without one.

  bool operator==(const actor_settings&) const = default;
};

struct admin_settings {
  std::string socket; ///< Empty: `parley.sock` in the data directory.

  bool operator==(const admin_settings&) const = default;
};

struct log_settings {
  std::string level = "info"; ///< trace, debug, info, warn, error, off.

  bool operator==(const log_settings&) const = default;
};

struct cluster_tls_settings {
  std::string cert; ///< PEM files; all three or none.
  std::string key;
  std::string ca;

  bool operator==(const cluster_tls_settings&) const = default;
};

struct cluster_settings {
  std::string mode = "standalone"; ///< Or "zookeeper".
  std::string name = "parley";
  std::vector<std::string> servers; ///< ZooKeeper's.
  milliseconds session_timeout{10'000};
  uint32_t partitions = 128; ///< A power of two, fixed with the first start.
  uint32_t replicas = 3;     ///< Of each partition; fixed like it.
  uint32_t min_in_sync = 2;  ///< Fewer, and nothing is acknowledged.
  std::string listen = "127.0.0.1:7080"; ///< Where other nodes reach it.
  std::string zone = "local";
  uint32_t weight = 1; ///< Share of the partitions; 0: an edge.
  uint32_t copy_bytes_per_s = 100'000'000; ///< Into this node; 0: unlimited.
  cluster_tls_settings tls;

  bool operator==(const cluster_settings&) const = default;
};

struct push_webhook_settings {
  std::string url; ///< Empty: none.
  std::string secret;

  bool operator==(const push_webhook_settings&) const = default;
};

struct push_apns_settings {
  std::string key_file; ///< PEM (.p8); empty: no APNs.
  std::string key_id;
  std::string team_id;
  std::string topic; ///< The app's bundle id.
  std::string url = "https://api.push.apple.com";

  bool operator==(const push_apns_settings&) const = default;
};

struct push_fcm_settings {
  std::string service_account_file; ///< JSON; empty: no FCM.

  bool operator==(const push_fcm_settings&) const = default;
};

struct push_settings {
  bool enabled = true;
  milliseconds delay{10'000};
  bool include_text = false;
  std::string vapid_key_file; ///< Empty: push.key in the data directory.
  std::string contact; ///< Of VAPID: `mailto:` or `https:`; empty: public_url.
  bool allow_private_endpoints = false;
  seconds ttl{24L * 3600};
  seconds give_up_after{24L * 3600};
  uint32_t in_flight = 256;         ///< Of each kind of service.
  uint32_t in_flight_per_host = 32; ///< Of Web Push, each host.
  uint32_t waiting_max = 100'000;   ///< In memory; the rest waits on disk.
  push_webhook_settings webhook;
  push_apns_settings apns;
  push_fcm_settings fcm;

  bool operator==(const push_settings&) const = default;
};

struct debug_settings {
  bool echo = false; ///< Serve `/debug/echo`; loopback only.

  bool operator==(const debug_settings&) const = default;
};

struct settings {
  node_settings node;
  http_settings http;
  discovery_settings discovery;
  auth_settings auth;
  limit_settings limits;
  presence_settings presence;
  storage_settings storage;
  actor_settings actors;
  admin_settings admin;
  log_settings log;
  cluster_settings cluster;
  push_settings push;
  debug_settings debug;

  bool operator==(const settings&) const = default;
};

} // namespace parley::config
