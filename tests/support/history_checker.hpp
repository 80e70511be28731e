#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

/// Judges what clients recorded against invariants I1 to I5 and I7. Knows no
/// socket and no JSON; linear in the records.
namespace parley::test {

/// An entry of a conversation, as an event or as an item of the history.
struct history_entry {
  int64_t seq = 0;
  std::string kind; ///< `msg`, `edited`, `deleted`, `reacted`, `group`,
                    ///< `member`, `lost`.
  std::string from = {};
  std::string cid = {};                 ///< Of `msg` only.
  std::optional<std::string> body = {}; ///< Of `msg` and `edited`.
  int64_t ref = 0;                      ///< What an act is about.
  bool edited = false;                  ///< A message that shows a later body.
  bool deleted = false;    ///< A tombstone; a group that is no more.
  std::string user = {};   ///< Of `member`: whom it is about.
  std::string change = {}; ///< Of `member`.
  std::vector<std::string> members = {}; ///< Of the `group` that was created.
};

/// A message that a client tried to send. Without an ack it may have happened.
struct sent_message {
  std::string user;
  std::string conv;
  std::string cid;
  std::string body;
};

struct acknowledgement {
  std::string user;
  std::string device;
  std::string conv;
  std::string cid;
  int64_t seq = 0;
};

/// An event that reached a device.
struct delivery {
  std::string user;
  std::string device;
  uint64_t connection = 0; ///< Counts the device's connections.
  int64_t useq = 0;
  std::string conv;
  history_entry entry;
};

/// What one user read of a conversation in the end, oldest first.
struct reading {
  std::string reader;
  std::string conv;
  std::vector<history_entry> entries;
};

struct device_name {
  std::string user;
  std::string device;
};

struct client_records {
  std::vector<sent_message> sent;
  std::vector<acknowledgement> acks;
  std::vector<delivery> deliveries; ///< In order of arrival at each device.
  std::vector<reading> histories;
  /// Devices that were there before the first message and read to the end.
  std::vector<device_name> complete_devices;
};

enum class anomaly_kind {
  lost,          ///< Acknowledged, not in the history at that seq (I1).
  gap,           ///< A seq is missing in the history (I2).
  inconsistent,  ///< One seq read in two ways (I2).
  doubled,       ///< One cid at two seq (I3).
  missed,        ///< A device never got an event of its conversation (I4).
  reordered,     ///< A device got events of a conversation out of order (I4).
  repeated_useq, ///< One useq for two events of a user (I5).
  phantom,       ///< Delivered, not in the history.
  leaked         ///< Delivered to somebody who was no member (I7).
};

struct anomaly {
  anomaly_kind kind;
  std::string conv;
  int64_t seq = 0;
  std::string detail;
};

std::string to_string(const anomaly& x);
std::string to_string(const std::vector<anomaly>& all);

/// The seqs of the conversation, as read to its end, that are addressed to the
/// user, in order: what each of the user's devices is to get.
std::vector<int64_t> addressed_to(const reading& all, const std::string& user);

/// @returns everything that contradicts an invariant; empty if nothing does.
std::vector<anomaly> check(const client_records& records);

} // namespace parley::test
