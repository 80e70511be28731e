#include "parley/base/names.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace parley;

TEST_CASE("a user is 1 to 32 of a-z 0-9 . _ - after a letter or digit") {
  for (auto name : {"a", "0", "alice", "a.b_c-d", "9lives", "a..", "a-"}) {
    CAPTURE(name);
    CHECK(valid_user(name));
  }
  for (auto name : {"", ".a", "_a", "-a", "Alice", "a b", "a:b", "a/b", "a\n",
                    "caf\xc3\xa9", "a@b", "a%62", "*"}) {
    CAPTURE(name);
    CHECK_FALSE(valid_user(name));
  }
  CHECK(valid_user(std::string(32, 'a')));
  CHECK_FALSE(valid_user(std::string(33, 'a')));
  CHECK_FALSE(valid_user(std::string("a\0b", 3)));
}

TEST_CASE("a device and a cid are 1 to 64 of A-Z a-z 0-9 . _ -") {
  for (auto valid : {valid_device, valid_cid}) {
    for (auto name : {"a", "Phone-1", ".", "_", "-", "018f3c2e-7b1a-7c3d"}) {
      CAPTURE(name);
      CHECK(valid(name));
    }
    for (auto name : {"", "a b", "a:b", "a/b", "\xc3\xa9", "a\t"}) {
      CAPTURE(name);
      CHECK_FALSE(valid(name));
    }
    CHECK(valid(std::string(64, 'Z')));
    CHECK_FALSE(valid(std::string(65, 'Z')));
  }
}

TEST_CASE("only the characters of the contract are valid anywhere") {
  std::string users = "abcdefghijklmnopqrstuvwxyz0123456789._-";
  auto devices = users + "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  for (int i = 0; i < 256; ++i) {
    auto c = static_cast<char>(i);
    CAPTURE(i);
    CHECK(valid_user(std::string{'a', c})
          == (users.find(c) != std::string::npos));
    CHECK(valid_device(std::string(1, c))
          == (devices.find(c) != std::string::npos));
  }
}

TEST_CASE("a group is g: and a ULID in its one canonical form") {
  CHECK(valid_group("g:01HZX3V8QJ6M9N2P4R5S7T0WYZ"));
  CHECK(valid_group("g:7ZZZZZZZZZZZZZZZZZZZZZZZZZ"));
  for (auto name : {
           "",
           "g:",
           "01HZX3V8QJ6M9N2P4R5S7T0WYZ",
           "g:01HZX3V8QJ6M9N2P4R5S7T0WY",
           "g:01HZX3V8QJ6M9N2P4R5S7T0WYZ0",
           "g:01hzx3v8qj6m9n2p4r5s7t0wyz",
           "G:01HZX3V8QJ6M9N2P4R5S7T0WYZ",
           "g:81HZX3V8QJ6M9N2P4R5S7T0WYZ",
           "g:01HZX3V8QJ6M9N2P4R5S7T0WYI",
           "g:01HZX3V8QJ6M9N2P4R5S7T0WYL",
           "g:01HZX3V8QJ6M9N2P4R5S7T0WYO",
           "g:01HZX3V8QJ6M9N2P4R5S7T0WYU",
       }) {
    CAPTURE(name);
    CHECK_FALSE(valid_group(name));
    CHECK_FALSE(valid_conversation(name));
  }
}

TEST_CASE("a direct conversation names its two users in byte order") {
  auto users = direct_users("dm:alice:bob");
  REQUIRE(users);
  CHECK(users->first == "alice");
  CHECK(users->second == "bob");
  CHECK(direct_users("dm:a:a"));
  CHECK(direct_users("dm:a-:a.")); // '-' is before '.'.
  for (auto name : {"", "dm", "dm:", "dm:a", "dm:a:", "dm::a", "dm:b:a",
                    "dm:a:b:c", "dm:A:b", "DM:a:b", "dm:a.:a-", "dm:a:b "}) {
    CAPTURE(name);
    CHECK_FALSE(direct_users(name));
    CHECK_FALSE(valid_conversation(name));
  }
}

TEST_CASE("both users name the same direct conversation") {
  CHECK(direct_conversation("alice", "bob") == "dm:alice:bob");
  CHECK(direct_conversation("bob", "alice") == "dm:alice:bob");
  CHECK(direct_conversation("bob", "bob") == "dm:bob:bob");
  std::string longest(32, 'z');
  CHECK(valid_conversation(direct_conversation(longest, longest)));
}

TEST_CASE("the peer is the other user, or oneself for notes to oneself") {
  CHECK(direct_peer("dm:alice:bob", "alice") == "bob");
  CHECK(direct_peer("dm:alice:bob", "bob") == "alice");
  CHECK(direct_peer("dm:bob:bob", "bob") == "bob");
  CHECK_FALSE(direct_peer("dm:alice:bob", "carol"));
  CHECK_FALSE(direct_peer("g:01HZX3V8QJ6M9N2P4R5S7T0WYZ", "bob"));
}
