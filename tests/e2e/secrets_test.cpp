#include "e2e/pair_of_users.hpp"
#include "support/doctest.hpp"
#include "support/tokens.hpp"

#include <cstdlib>

// Nothing tells whether a conversation or a user with another password exists,
// and no secret is written where it does not belong.

namespace parley::test {
namespace {

/// What every request about a conversation is answered with.
std::string answers_about(session& from, const std::string& conv) {
  std::string result;
  for (const auto& request :
       {json::object{{"t", "history"}},
        json::object{{"t", "send"}, {"cid", "c"}, {"body", "x"}},
        json::object{{"t", "edit"}, {"seq", 1}, {"body", "x"}},
        json::object{{"t", "delete"}, {"seq", 1}},
        json::object{
            {"t", "react"}, {"seq", 1}, {"emoji", "x"}, {"on", true}}}) {
    auto reply = from.request(with(request, {{"conv", conv}}));
    reply.erase("id");
    result += json::serialize(reply);
  }
  return replaced(result, conv, "CONV");
}

TEST_CASE("conversations of others are answered like those that do not exist "
          "(I7)") {
  const pair_of_users we;
  we.alice.open().say(we.conv, "private");
  const auto group = create_group(we.alice, {we.bob});
  auto stranger = register_account(node(), "mallory").open();
  const auto unknown = answers_about(stranger, "g:01HZX3V5M2Q4R6S8T0W2Y4Z6A8");
  CHECK(unknown.find("not_found") != std::string::npos);
  CHECK(answers_about(stranger, group) == unknown);
  const auto carol = register_account(node(), "carol");
  CHECK(answers_about(stranger, we.conv)
        == answers_about(stranger, direct(we.alice, carol)));
}

TEST_CASE("one's own conversation with another is no sign of what the other "
          "has") {
  const pair_of_users we;
  const auto carol = register_account(node(), "carol");
  we.alice.open().say(we.conv, "private");
  CHECK(whole_history(carol, direct(carol, we.alice)).empty());
  CHECK(whole_history(carol, direct(carol, we.bob)).empty());
}

TEST_CASE("messages, passwords and tokens are not in the log") {
  server_process mine(overrides{{"log.level", "trace"}});
  const pair_of_users we(mine);
  we.alice.open().say(we.conv, "the secret message");
  const auto log = mine.log();
  CHECK(log.find("the secret message") == std::string::npos);
  CHECK(log.find(we.alice.password()) == std::string::npos);
  CHECK(log.find(we.alice.token()) == std::string::npos);
  CHECK(log.find(we.alice.refresh_token()) == std::string::npos);
}

TEST_CASE("passwords are not stored as they are") {
  server_process mine;
  const auto alice = register_account(mine, "alice");
  mine.terminate();
  const auto found =
      run({"/bin/grep", "-rqa", alice.password(), mine.data_dir().string()});
  CHECK(found.status == 1);
}

} // namespace
} // namespace parley::test
