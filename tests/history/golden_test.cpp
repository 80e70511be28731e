#include "history/hex.hpp"

#include "parley/history/codecs.hpp"

#include <doctest/doctest.h>

using namespace parley;
using namespace parley::history;
using parley::test::hex;

// Stored bytes live as long as the data of every installation. A failure here
// means that data in the field would be read wrongly: give the record a new
// version instead of changing these.

namespace {

std::string unhex(std::string_view text) {
  std::string bytes;
  for (size_t i = 0; i + 1 < text.size(); i += 2)
    bytes += static_cast<char>(
        std::stoi(std::string{text.substr(i, 2)}, nullptr, 16));
  return bytes;
}

/// The bytes that `x` has, and always had, are these.
template <class Record>
void check_golden(const Record& x, std::string_view expected) {
  CHECK(hex(encode(x)) == expected);
  Record read;
  REQUIRE(decode(unhex(expected), read));
  CHECK(read == x);
}

hash128 filled(uint8_t byte) {
  hash128 x;
  x.bytes.fill(byte);
  return x;
}

constexpr timestamp then = 1'700'000'000'000; // Stored as 80a0abfef962

entry any_entry(entry_kind kind) {
  entry x;
  x.kind = kind;
  x.seq = 300;
  x.ts = then;
  x.from = "ann";
  x.cid = "c1";
  return x;
}

} // namespace

TEST_CASE("the bytes of an account, of logins and of the store are kept") {
  check_golden(meta_record{1, 128, 300}, "01018001ac02");
  check_golden(account_record{"ann", "Ann", "hi", then, "pw", true},
               "0103616e6e03416e6e02686980a0abfef96202707701");
  check_golden(login_record{"id", filled(0xab), then, -1},
               "01026964abababababababababababababababab80a0abfef96201");
  check_golden(device_record{"tv", 300, then}, "01027476ac0280a0abfef962");
  check_golden(device_record{"tv", 300, then, "TV"},
               "02027476ac0280a0abfef962025456");
  check_golden(block_record{"bob", 2, true, false}, "0103626f62020100");
  check_golden(presence_record{then}, "0180a0abfef962");
}

TEST_CASE("the bytes of a conversation's state are kept") {
  check_golden(conversation_record{"g:1",
                                   "name",
                                   true,
                                   "ann",
                                   "c1",
                                   {{"ann", role::owner, 1, 0},
                                    {"bob", role::member, 300, 299}},
                                   {{"cid", 7}},
                                   {{"ann", 5, true}}},
               "0103673a31046e616d650103616e6e0263310203616e6e03010003626f62"
               "01ac02ab020103636964070103616e6e0501");
  check_golden(cursors_record{{"ann", {300, 301}}, {"bob", {0, 1}}},
               "010203616e6eac02ad0203626f620001");
  check_golden(dedupe_record{300, then, filled(0xcd)},
               "01ac0280a0abfef962cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd");
  check_golden(outbox_record{"g:1", 300}, "0103673a31ac02");
  check_golden(skipped_record{300}, "01ac02");
}

TEST_CASE("the bytes of a user's inbox and list are kept") {
  check_golden(inbox_record{"ann", 1024, 300, 2, 299, 5, 290},
               "0103616e6e8008ac0202ab0205a202");
  check_golden(list_record{"g:1", 300, 299, then, 200, 9, -1, true},
               "0103673a31ac02ab0280a0abfef962c801090101");
  check_golden(
      inbox_chunk{10,
                  {{300, filled(0x11), 7, entry_kind::msg, false, then},
                   {301, filled(0x11), 8, entry_kind::edited, true, then + 5},
                   {400, filled(0x22), 1, entry_kind::group, false, then}}},
      "010a0301ac02111111111111111111111111111111110780a0abfef9621a"
      "01080a0563222222222222222222222222222222220109");
}

TEST_CASE("the bytes of what is kept about notifications are kept") {
  check_golden(subscription_record{"id", push_kind::web, "https://p", "k", "a",
                                   "tv", "l1", then},
               "0102696401"
               "0968747470733a2f2f70016b0161027476026c31"
               "80a0abfef962");
  check_golden(
      push_record{
          "g:1", 300, 7, then, then + 5, "Ann", "hi", 2, {"id", "webhook"}},
      "0103673a31ac020780a0abfef9628aa0abfef96203416e6e0268690202"
      "0269640777656268"
      "6f6f6b");
  check_golden(push_mark_record{"ann", 300}, "0103616e6eac02");
  check_golden(quiet_record{1320, 420, -60}, "01a80aa40377");
}

TEST_CASE("the bytes of each kind of entry are kept") {
  auto msg = any_entry(entry_kind::msg);
  msg.body = "hello";
  msg.ref = 7;
  check_golden(msg, "010103616e6eac0280a0abfef96202633107000568656c6c6f");
  msg.body.clear();
  msg.gone = true;
  check_golden(msg, "010103616e6eac0280a0abfef9620263310701");
  auto edited = any_entry(entry_kind::edited);
  edited.body = "hullo";
  edited.ref = 299;
  check_golden(edited, "010203616e6eac0280a0abfef962026331ab02000568756c6c6f");
  auto deleted = any_entry(entry_kind::deleted);
  deleted.ref = 299;
  check_golden(deleted, "010303616e6eac0280a0abfef962026331ab02");
  auto reacted = any_entry(entry_kind::reacted);
  reacted.ref = 299;
  reacted.text = "+1";
  reacted.on = true;
  check_golden(reacted, "010403616e6eac0280a0abfef962026331ab02022b3101");
  auto group = any_entry(entry_kind::group);
  group.text = "name";
  group.members = {"ann", "bob"};
  check_golden(group,
               "010503616e6eac0280a0abfef962026331046e616d65000203616e6e0362"
               "6f62");
  auto member = any_entry(entry_kind::member);
  member.text = "bob";
  member.change = member_change::role;
  member.as = role::admin;
  check_golden(member, "010603616e6eac0280a0abfef96202633103626f620402");
  auto lost = any_entry(entry_kind::lost);
  lost.from.clear();
  lost.cid.clear();
  check_golden(lost, "010700ac0280a0abfef962");
}

TEST_CASE("the bytes of an overlay are kept") {
  overlay x;
  x.deleted_seq = 400;
  x.deleted_ts = then;
  x.edits = {300, 302};
  x.edited_ts = then - 1;
  x.reactions = {{"+1", "ann", 301}};
  check_golden(x, "01900380a0abfef96202ac0202fe9fabfef96201022b3103616e6ead02");
  check_golden(overlay{}, "010000000000");
}
