#pragma once

#include "parley/actors/conversation_messages.hpp"
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

/// A message that a notification is about.
struct push_subject {
  std::string conv;
  shown what; ///< It alone, or nothing, and its group's name.
};

struct push_text {
  std::string title;
  std::string body;
};

/// How a notification about a message reads, for a reader. The sender is named
/// as the store of this node knows it.
push_text push_text_of(const history::store& from, uint32_t partitions,
                       const push_subject& about, bool with_text);

} // namespace parley
