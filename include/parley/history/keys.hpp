#pragma once

#include "parley/base/hash.hpp"

#include <cstdint>
#include <string>
#include <string_view>

/// The one header that owns the key space. Every key begins with its partition
/// (2 bytes), numbers are big-endian: byte order is number order, and a
/// partition is one range of each family.
namespace parley::history {

/// Kinds of rows in the family `state`, the third byte of their keys.
enum class record : char {
  meta = 'm',         ///< See first_meta_key().
  account = 'u',      ///< user name: in order, for search by prefix.
  conversation = 'c', ///< conversation hash.
  cursors = 'r',      ///< conversation hash.
  dedupe = 'd',       ///< conversation hash | hash of sender and cid.
  outbox = 'o',       ///< conversation hash.
  inbox = 'i',        ///< user hash.
  list = 'l',         ///< user hash | conversation hash.
  device = 'v',       ///< user hash | device name.
  block = 'b',        ///< user hash | user name.
  login = 't',        ///< user hash | login id.
  presence = 'p',     ///< user hash.
  push = 'n',         ///< user hash | a push_part | what it says.
  push_mark = 'k',    ///< user hash.
  skipped = 'x',      ///< conversation or user hash.
};

/// What a row of record::push is, the first byte behind the user's hash.
enum class push_part : char {
  quiet = 'q',        ///< Nothing more.
  subscription = 's', ///< Its id.
  waiting = 'w',      ///< conversation hash.
};

/// messages: partition | conversation | seq | 0 (the entry) or 1 (overlay).
std::string entry_key(const place& conv, uint64_t seq);
std::string overlay_key(const place& conv, uint64_t seq);

/// inbox: partition | user | last useq of the chunk.
std::string inbox_key(const place& user, uint64_t last_useq);

/// state: partition | kind | key | suffix.
std::string state_key(record kind, const place& of,
                      std::string_view suffix = {});
std::string push_key(const place& user, push_part what,
                     std::string_view suffix = {});
std::string account_key(uint16_t partition, std::string_view user);
/// Of what the node itself is: outside of every partition, so that it stays
/// when partitions come and go.
std::string meta_key();
/// Where that was at first, in partition 0.
std::string first_meta_key();

/// log: partition | 1 | index for the entries, partition | 0 for the marks.
std::string log_key(uint16_t partition, uint64_t index);
std::string log_marks_key(uint16_t partition);

/// The partition of a key of any family; 0 for what is not a key.
uint16_t partition_of_key(std::string_view key);

/// The prefix of all rows of a partition, in each family.
std::string partition_prefix(uint16_t partition);

/// The prefix of all state rows of a kind in a partition.
std::string state_prefix(record kind, uint16_t partition);

/// The smallest key above all keys that begin with `prefix`.
std::string prefix_end(std::string prefix);

} // namespace parley::history
