#pragma once

#include "parley/base/error.hpp"
#include "parley/history/push_rows.hpp"
#include "parley/history/reader.hpp"
#include "parley/model/unheard.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace parley {

/// What a user knows of the notifications of its own.
struct user_push {
  history::quiet_record quiet;
  std::vector<history::subscription_record> subscriptions;
  std::map<std::string, history::push_record> waiting; ///< By conversation.
  model::unheard undecided;
  uint64_t acked = 0; ///< Everything up to this has reached some device.
  timestamp patient_until = 0; ///< Sessions may come back after a start.
  bool marked = false;         ///< The user's mark is stored, or on its way.
  bool deciding = false;       ///< The texts of notifications are being read.
  bool timer = false;
};

/// What is stored of it.
struct push_load {
  history::push_rows rows;
  uint64_t acked = 0;
  std::vector<history::inbox_entry> undecided; ///< Past the mark and `acked`.
};

/// @param devices whose cursors say what was acknowledged.
result<push_load>
load_user_push(const history::store& from, const place& where,
               const std::vector<history::device_record>& devices);

/// A message that a notification is about, for a reader.
struct push_subject {
  std::string conv;
  uint64_t seq = 0;
  uint64_t visible = 0; ///< Nothing past this `seq` is shown.
};

struct push_text {
  std::string title;
  std::string body;
};

/// How a notification about a message reads. Names are as the store of this
/// node has them; what it does not have is left out.
push_text read_push_text(const history::store& from, uint32_t partitions,
                         const push_subject& what, bool with_text);

} // namespace parley
