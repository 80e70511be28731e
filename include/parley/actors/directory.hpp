#pragma once

#include "parley/actors/context.hpp"
#include "parley/actors/leading_messages.hpp"
#include "parley/actors/user_messages.hpp"
#include "parley/base/error.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

/// Questions to all nodes of the cluster. `done` is called as by `ask`.
namespace parley {

/// Who leads which partition, as far as this node knows.
void ask_leaders(const node_context& node,
                 std::function<void(result<leaders>)> done);

struct search_result {
  std::vector<found_account> all; ///< By name.
  bool partial = false; ///< Somebody did not answer, or leads no longer.
};

/// Accounts whose names begin so, `limit` at most: one question to each node
/// that leads anything. Who is silent for some seconds is left out. Errors:
/// `unavailable` if nobody answers.
void search_accounts(const node_context& node, std::string prefix,
                     uint32_t limit,
                     std::function<void(result<search_result>)> done);

} // namespace parley
