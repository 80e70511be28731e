#include "support/account.hpp"
#include "support/doctest.hpp"
#include "support/push_server.hpp"

#include <csignal>

// The node dies at each step of the way of a notification. Whoever is away and
// acknowledged nothing hears of the message all the same.

namespace parley::test {
namespace {

void survive_push(const std::string& point) {
  CAPTURE(point);
  push_server hook;
  server_process node{overrides{
      {"push.delay", "100ms"},
      {"actors.passivate_after", "200ms"},
      {"push.webhook.url", hook.url("hook")},
      {"push.webhook.secret", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}}};
  const auto alice = register_account(node, "alice");
  const auto bob = register_account(node, "bob");
  node.terminate();
  node.restart({{"PARLEY_FAULT", point}});
  auto sender = alice.open();
  // The node may die before its ack is out; at every point the message is in an
  // inbox already, so it is not lost.
  sender.start({{"t", "send"},
                {"cid", fresh_cid()},
                {"conv", direct(alice, bob)},
                {"body", "hello"}});
  CHECK(node.wait_exit() == -SIGKILL);
  node.restart();
  const auto told = hook.wait_for([&](const push_server::received& x) {
    return x.body.find(direct(alice, bob)) != std::string::npos;
  });
  CHECK(told.body.find(bob.user()) != std::string::npos);
  // Then it is over: the next start has nothing left to say.
  CHECK(eventually([&] {
    return get(node, "/metrics").body.find("parley_push_waiting 0")
           != std::string::npos;
  }));
}

TEST_CASE("the node dies when a message is due and nothing is decided") {
  survive_push("push.due");
}

TEST_CASE("the node dies between the decision and the delivery") {
  survive_push("push.decided");
}

TEST_CASE("the node dies when it is about to send") {
  survive_push("push.before_send");
}

TEST_CASE("the node dies when a service has taken it and nothing is written "
          "of that") {
  survive_push("push.told");
}

TEST_CASE("the node dies when the message is in the inbox, and nothing else "
          "is") {
  survive_push("inbox.after_sync");
}

} // namespace
} // namespace parley::test
