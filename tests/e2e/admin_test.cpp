#include "e2e/control.hpp"
#include "e2e/pair_of_users.hpp"
#include "support/doctest.hpp"

// `parley admin`, the control socket's client.

namespace parley::test {
namespace {

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

/// The answer with `--json`, of a command that must work.
control_answer admin_json(const std::vector<std::string>& words) {
  auto arguments = words;
  arguments.insert(arguments.begin(), "--json");
  const auto done = node().admin(arguments);
  CAPTURE(done.errors);
  CHECK(done.status == 0);
  return parse_answer(done.output);
}

TEST_CASE("status shows the node, as a table and as JSON") {
  const auto shown = node().admin({"status"});
  CHECK(shown.status == 0);
  CHECK(contains(shown.output, "n1"));
  const auto answer = admin_json({"status"});
  CHECK(answer.ok());
  CHECK(answer.mentions("\"n1\""));
  CHECK(answer.mentions("sessions"));
}

TEST_CASE("status counts the sessions") {
  server_process mine;
  const auto alice = register_account(mine, "alice");
  const auto sessions = [&] {
    return number_of(command(mine, "status").last, "sessions");
  };
  CHECK(sessions() == 0);
  auto phone = alice.on("phone");
  CHECK(sessions() == 1);
  phone.close();
  CHECK(eventually([&] { return sessions() == 0; }));
}

TEST_CASE("users list and show tell who there is") {
  const auto alice = register_account(node(), "alice");
  CHECK(admin_json({"users", "list", "--limit", "100000"})
            .mentions("\"" + alice.user() + "\""));
  CHECK(contains(node().admin({"users", "list"}).output, "alice"));
  CHECK(admin_json({"users", "show", alice.user()}).mentions(alice.user()));
  CHECK(node().admin({"users", "show", "nobody"}).status == 1);
}

TEST_CASE("users create makes a user who can log in") {
  const auto user = fresh_name("made");
  CHECK(node()
            .admin({"users", "create", user, "--password-stdin"},
                   "the password\n")
            .status
        == 0);
  CHECK(log_in(node(), user, "the password").status == 200);
  CHECK(node()
            .admin({"users", "create", user, "--password-stdin"},
                   "another password\n")
            .status
        == 1);
  CHECK(log_in(node(), user, "another password").status == 401);
}

TEST_CASE("users disable ends sessions with 4502 and refuses logins until it "
          "is undone") {
  const auto alice = register_account(node(), "alice");
  auto phone = alice.on("phone");
  CHECK(node().admin({"users", "disable", alice.user()}).status == 0);
  CHECK(phone.wait_close() == 4502);
  CHECK_FALSE(succeeded(log_in(node(), alice.user(), alice.password())));
  CHECK_FALSE(
      succeeded(post(node(), "/v1/token/refresh",
                     json::object{{"refresh_token", alice.refresh_token()}})));
  CHECK_THROWS(alice.on("tablet"));
  CHECK(node().admin({"users", "disable", alice.user(), "--off"}).status == 0);
  CHECK(log_in(node(), alice.user(), alice.password()).status == 200);
}

TEST_CASE("users password replaces the password and ends all logins") {
  const auto alice = register_account(node(), "alice");
  auto phone = alice.on("phone");
  CHECK(node()
            .admin({"users", "password", alice.user(), "--password-stdin"},
                   "given by the operator\n")
            .status
        == 0);
  CHECK(phone.wait_close() == 4502);
  CHECK(log_in(node(), alice.user(), alice.password()).status == 401);
  CHECK(log_in(node(), alice.user(), "given by the operator").status == 200);
  CHECK(problem(post(node(), "/v1/token/refresh",
                     json::object{{"refresh_token", alice.refresh_token()}}))
        == "401 unauthenticated");
}

TEST_CASE("sessions list shows the live sessions") {
  const auto alice = register_account(node(), "alice");
  auto phone = alice.on("my-phone");
  const auto answer = admin_json({"sessions", "list", "--user", alice.user()});
  CHECK(answer.rows.size() == 1);
  CHECK(answer.mentions("my-phone"));
  CHECK(answer.mentions(text_of(phone.ready(), "session")));
}

TEST_CASE("sessions kick ends a user's sessions with 4502, or one device's") {
  const auto alice = register_account(node(), "alice");
  auto phone = alice.on("phone");
  auto tablet = alice.on("tablet");
  CHECK(node()
            .admin({"sessions", "kick", alice.user(), "--device", "phone"})
            .status
        == 0);
  CHECK(phone.wait_close() == 4502);
  tablet.settle();
  CHECK(node().admin({"sessions", "kick", alice.user()}).status == 0);
  CHECK(tablet.wait_close() == 4502);
  CHECK(log_in(node(), alice.user(), alice.password()).status == 200);
}

TEST_CASE("groups show tells the members") {
  const pair_of_users we;
  const auto group = create_group(we.alice, {we.bob}, "The Club");
  const auto answer = admin_json({"groups", "show", group});
  CHECK(answer.mentions("The Club"));
  CHECK(answer.mentions(we.alice.user()));
  CHECK(answer.mentions(we.bob.user()));
  CHECK(node().admin({"groups", "show", "g:01HZX3V5M2Q4R6S8T0W2Y4Z6A8"}).status
        == 1);
}

TEST_CASE("log-level changes what the node logs") {
  server_process mine;
  CHECK(mine.admin({"log-level", "debug"}).status == 0);
  CHECK(mine.admin({"log-level", "off"}).status == 0);
  CHECK(mine.admin({"log-level", "loud"}).status != 0);
}

TEST_CASE("shutdown stops the node as SIGTERM does") {
  server_process mine;
  auto phone = register_account(mine, "alice").open();
  CHECK(mine.admin({"shutdown"}).status == 0);
  phone.wait_for({{"t", "reconnect"}});
  CHECK(phone.wait_close() == 4000);
  CHECK(mine.wait_exit() == 0);
}

TEST_CASE("usage mistakes exit with 2") {
  for (const auto& words : std::vector<std::vector<std::string>>{
           {},
           {"no-such-command"},
           {"users"},
           {"users", "show"},
           {"users", "list", "--no-such-option"},
           {"users", "list", "--limit", "many"},
           {"users", "show", "one", "two"}}) {
    CAPTURE(words.size());
    CHECK(node().admin(words).status == 2);
  }
}

TEST_CASE("without a node behind the socket the command is refused") {
  server_process mine;
  mine.kill();
  const auto done = mine.admin({"status"});
  CHECK(done.status == 1);
  CHECK_FALSE(done.errors.empty());
}

TEST_CASE("a refused command says why, with --json too") {
  const auto plain = node().admin({"users", "show", "nobody"});
  CHECK(plain.status == 1);
  CHECK_FALSE(plain.errors.empty());
  const auto scripted = node().admin({"--json", "users", "show", "nobody"});
  CHECK(scripted.status == 1);
  const auto answer = parse_answer(scripted.output);
  CHECK_FALSE(answer.ok());
  CHECK(answer.last.contains("error"));
}

} // namespace
} // namespace parley::test
