#pragma once

#include "crash/durable_client.hpp"
#include "support/history_checker.hpp"

#include <string>
#include <vector>

/// The end of a crash test: what is in the histories, who still has to get
/// something, and the checker's verdict.
namespace parley::test {

/// A conversation and those who are in it to the end.
struct shared_conversation {
  std::string conv;
  std::vector<account> readers;
};

/// Everything that each reader may read of each conversation.
std::vector<reading>
read_histories(const std::vector<shared_conversation>& all);

/// Reads until the client has all that is addressed to its user.
/// @returns whether it got there, before it heard nothing for too long.
bool read_to_the_end(durable_client& client,
                     const std::vector<reading>& histories);

/// A new device that reads the user's whole inbox.
client_records read_whole_inbox(const endpoint& where, const account& user,
                                const std::vector<reading>& histories);

/// The checker's verdict over all clients: empty if nothing is wrong.
std::string verdict(const std::vector<const durable_client*>& clients,
                    client_records others, std::vector<reading> histories);

} // namespace parley::test
