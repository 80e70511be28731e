#include "parley/model/session_table.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace parley;

namespace {

using table = model::session_table<int>;
using status = protocol::presence_status;

table::session session_on(std::string id, std::string device) {
  return {std::move(id), std::move(device), "login", 7, false, 100, 100};
}

} // namespace

TEST_CASE("a user without a session is offline") {
  const table sessions;
  CHECK(sessions.of("alice").empty());
  CHECK(sessions.status_of("alice") == status::offline);
}

TEST_CASE("a newer session of a device replaces the older one, and only it") {
  table sessions;
  CHECK_FALSE(sessions.attach("alice", session_on("s1", "phone")));
  CHECK_FALSE(sessions.attach("alice", session_on("s2", "laptop")));
  CHECK_FALSE(sessions.attach("bob", session_on("s3", "phone")));
  const auto replaced = sessions.attach("alice", session_on("s4", "phone"));
  REQUIRE(replaced);
  CHECK(replaced->id == "s1");
  CHECK(replaced->handle == 7);
  REQUIRE(sessions.of("alice").size() == 2);
  CHECK(sessions.of("alice")[0].id == "s2");
  CHECK(sessions.of("alice")[1].id == "s4");
  CHECK(sessions.of("bob").size() == 1);
}

TEST_CASE("a session that was replaced is not known any more when it ends") {
  table sessions;
  sessions.attach("alice", session_on("s1", "phone"));
  sessions.attach("alice", session_on("s2", "phone"));
  CHECK_FALSE(sessions.detach("alice", "s1"));
  CHECK(sessions.status_of("alice") == status::online);
  const auto gone = sessions.detach("alice", "s2");
  REQUIRE(gone);
  CHECK(gone->device == "phone");
  CHECK_FALSE(sessions.detach("alice", "s2"));
  CHECK_FALSE(sessions.detach("bob", "s2"));
}

TEST_CASE("a user whose last session ended takes no memory") {
  table sessions;
  sessions.attach("alice", session_on("s1", "phone"));
  CHECK(sessions.users().size() == 1);
  sessions.detach("alice", "s1");
  CHECK(sessions.users().empty());
}

TEST_CASE("a user is away when all sessions are, online when one is not") {
  table sessions;
  sessions.attach("alice", session_on("s1", "phone"));
  sessions.attach("alice", session_on("s2", "laptop"));
  CHECK(sessions.status_of("alice") == status::online);
  sessions.set_away("alice", "s1", true);
  CHECK(sessions.status_of("alice") == status::online);
  sessions.set_away("alice", "s2", true);
  CHECK(sessions.status_of("alice") == status::away);
  sessions.set_away("alice", "s1", false);
  CHECK(sessions.status_of("alice") == status::online);
  sessions.detach("alice", "s1");
  CHECK(sessions.status_of("alice") == status::away);
}

TEST_CASE("a session that is not there cannot be away") {
  table sessions;
  sessions.attach("alice", session_on("s1", "phone"));
  sessions.set_away("alice", "s9", true);
  sessions.set_away("bob", "s1", true);
  CHECK(sessions.status_of("alice") == status::online);
  CHECK(sessions.status_of("bob") == status::offline);
}

TEST_CASE("devices are noted as in use when they were not for long, so many at "
          "a time") {
  table sessions;
  for (int i = 0; i < 5; ++i)
    sessions.attach("user" + std::to_string(i), session_on("s", "phone"));
  CHECK(sessions.note_in_use(200, 100, 9).empty());
  const auto some = sessions.note_in_use(200, 101, 3);
  REQUIRE(some.size() == 3);
  CHECK(some[0].name == "phone");
  CHECK(sessions.note_in_use(201, 101, 3).size() == 2);
  CHECK(sessions.note_in_use(202, 101, 3).empty());
  CHECK(sessions.note_in_use(300, 201, 9).size() == 3);
  sessions.attach("user0", session_on("newer", "phone"));
  CHECK(sessions.note_in_use(301, 101, 9).size() == 1);
}
