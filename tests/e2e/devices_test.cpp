#include "e2e/shared_node.hpp"
#include "support/doctest.hpp"

namespace parley::test {
namespace {

std::vector<json::object> devices_of(const account& user) {
  return objects_of(user.get("/v1/devices").object(), "devices");
}

json::object device_of(const account& user, const std::string& device) {
  return find(devices_of(user), {{"device", device}});
}

TEST_CASE("the newer session of a device takes over where the older was") {
  const auto alice = register_account(node(), "alice");
  const auto bob = register_account(node(), "bob");
  auto sender = bob.open();
  auto old = alice.open({.device = "phone", .acknowledges = false});
  sender.say(direct(alice, bob), "one");
  old.wait_for({{"t", "msg"}});
  auto fresh = alice.on("phone");
  CHECK(old.wait_close() == 4510);
  CHECK(texts_of(fresh.events(), "body") == std::vector<std::string>{"one"});
  sender.say(direct(alice, bob), "two");
  CHECK(text_of(fresh.wait_for({{"t", "msg"}, {"seq", 2}}), "body") == "two");
  CHECK(old.seen({{"seq", 2}}).empty());
}

TEST_CASE("devices of one name of different users do not disturb each other") {
  auto one = register_account(node(), "alice").on("phone");
  auto other = register_account(node(), "bob").on("phone");
  one.settle();
  other.settle();
}

TEST_CASE("the list of devices tells which are online") {
  const auto alice = register_account(node(), "alice");
  auto phone = alice.on("phone");
  alice.on("tablet").close();
  CHECK(eventually([&] {
    return device_of(alice, "tablet").if_contains("online")
           && device_of(alice, "tablet").at("online") == false;
  }));
  CHECK(device_of(alice, "phone").at("online") == true);
  CHECK(number_of(device_of(alice, "tablet"), "last_seen") > 0);
  CHECK(devices_of(alice).size() == 2);
}

TEST_CASE("removing a device ends its session with 4502 and forgets its "
          "cursor") {
  const auto alice = register_account(node(), "alice");
  const auto bob = register_account(node(), "bob");
  auto tablet = alice.on("tablet");
  auto phone = alice.open({.device = "phone", .acknowledges = false});
  CHECK(succeeded(alice.remove("/v1/devices/phone")));
  CHECK(phone.wait_close() == 4502);
  CHECK(device_of(alice, "phone").empty());
  bob.open().say(direct(alice, bob), "meanwhile");
  tablet.wait_for({{"t", "msg"}});
  CHECK(alice.on("phone").events().empty());
}

TEST_CASE("a device can be given a name of up to 64 code points, and lose it") {
  const auto alice = register_account(node(), "alice");
  auto phone = alice.on("phone");
  const auto name = repeated("\xc3\xa4", 64);
  CHECK(alice.put("/v1/devices/phone", {{"name", name}}).status == 204);
  CHECK(text_of(device_of(alice, "phone"), "name") == name);
  for (const auto& wrong :
       {json::value(""), json::value("  "), json::value(name + "x"),
        json::value("a\nb"), json::value(1)})
    CHECK(problem(alice.put("/v1/devices/phone", {{"name", wrong}}))
          == "400 bad_request");
  CHECK(problem(alice.put("/v1/devices/phone", json::object{}))
        == "400 bad_request");
  CHECK(text_of(device_of(alice, "phone"), "name") == name);
  CHECK(problem(alice.put("/v1/devices/nokia", {{"name", "x"}}))
        == "404 not_found");
  CHECK(alice.put("/v1/devices/phone", {{"name", nullptr}}).status == 204);
  CHECK_FALSE(device_of(alice, "phone").contains("name"));
  phone.settle();
}

TEST_CASE("a device that is not there cannot be removed, and nothing else "
          "ends") {
  const auto alice = register_account(node(), "alice");
  auto phone = alice.on("phone");
  CHECK(problem(alice.remove("/v1/devices/nokia")) == "404 not_found");
  phone.settle();
}

TEST_CASE("of 33 devices the least recently used is forgotten") {
  const auto alice = register_account(node(), "alice");
  for (int i = 0; i < 33; ++i)
    alice.on("device-" + std::to_string(i)).close();
  CHECK(devices_of(alice).size() == 32);
  CHECK(device_of(alice, "device-0").empty());
  CHECK_FALSE(device_of(alice, "device-1").empty());
  CHECK_FALSE(device_of(alice, "device-32").empty());
}

TEST_CASE("a device that comes back is not the least recently used") {
  const auto alice = register_account(node(), "alice");
  for (int i = 0; i < 32; ++i)
    alice.on("device-" + std::to_string(i)).close();
  alice.on("device-0").close();
  alice.on("device-32").close();
  CHECK_FALSE(device_of(alice, "device-0").empty());
  CHECK(device_of(alice, "device-1").empty());
}

} // namespace
} // namespace parley::test
