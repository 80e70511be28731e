#pragma once

#include "parley/history/records.hpp"

#include <string>
#include <string_view>

/// Records to bytes and back. A value's first byte is its version; `decode`
/// returns false for damaged bytes and for a version that it does not know,
/// never throws, and accepts nothing that `encode` could not have written.
namespace parley::history {

std::string encode(const meta_record& x);
std::string encode(const account_record& x);
std::string encode(const conversation_record& x);
std::string encode(const cursors_record& x);
std::string encode(const dedupe_record& x);
std::string encode(const outbox_record& x);
std::string encode(const skipped_record& x);
std::string encode(const inbox_record& x);
std::string encode(const list_record& x);
std::string encode(const device_record& x);
std::string encode(const block_record& x);
std::string encode(const login_record& x);
std::string encode(const presence_record& x);
std::string encode(const subscription_record& x);
std::string encode(const push_record& x);
std::string encode(const push_mark_record& x);
std::string encode(const quiet_record& x);
std::string encode(const inbox_chunk& x);
std::string encode(const entry& x);
std::string encode(const overlay& x);

bool decode(std::string_view bytes, meta_record& x);
bool decode(std::string_view bytes, account_record& x);
bool decode(std::string_view bytes, conversation_record& x);
bool decode(std::string_view bytes, cursors_record& x);
bool decode(std::string_view bytes, dedupe_record& x);
bool decode(std::string_view bytes, outbox_record& x);
bool decode(std::string_view bytes, skipped_record& x);
bool decode(std::string_view bytes, inbox_record& x);
bool decode(std::string_view bytes, list_record& x);
bool decode(std::string_view bytes, device_record& x);
bool decode(std::string_view bytes, block_record& x);
bool decode(std::string_view bytes, login_record& x);
bool decode(std::string_view bytes, presence_record& x);
bool decode(std::string_view bytes, subscription_record& x);
bool decode(std::string_view bytes, push_record& x);
bool decode(std::string_view bytes, push_mark_record& x);
bool decode(std::string_view bytes, quiet_record& x);
bool decode(std::string_view bytes, inbox_chunk& x);
bool decode(std::string_view bytes, entry& x);
bool decode(std::string_view bytes, overlay& x);

} // namespace parley::history
