#include "e2e/pair_of_users.hpp"
#include "support/doctest.hpp"

namespace parley::test {
namespace {

json::object watch(const std::vector<std::string>& users) {
  json::array list;
  for (const auto& user : users)
    list.emplace_back(user);
  return {{"t", "watch"}, {"users", std::move(list)}};
}

/// What a reply or an event says of the user.
json::object item_of(const json::object& presence, const account& user) {
  return find(objects_of(presence, "items"), {{"user", user.user()}});
}

/// Two who share a conversation, alice being there.
struct acquainted : pair_of_users {
  acquainted() : watcher(alice.open()) { watcher.say(conv, "hello"); }

  json::object watched() {
    return item_of(watcher.request(watch({bob.user()})), bob);
  }

  /// Reads until an event says that bob has this status.
  json::object wait_for_status(const std::string& status) {
    for (;;) {
      const auto item = item_of(watcher.wait_for({{"t", "presence"}}), bob);
      if (!item.empty() && text_of(item, "status") == status)
        return item;
    }
  }

  session watcher;
};

TEST_CASE("watch answers with the status of each user") {
  acquainted we;
  const auto before = we.watched();
  CHECK(includes(before, {{"status", "offline"}}));
  CHECK_FALSE(before.contains("last_active"));
  auto phone = we.bob.open();
  CHECK(eventually([&] {
    return includes(we.watched(), {{"status", "online"}});
  }));
}

TEST_CASE("a watcher is told of online, away and offline as they come") {
  acquainted we;
  we.watched();
  auto phone = we.bob.open();
  we.wait_for_status("online");
  phone.send({{"t", "status"}, {"status", "away"}});
  we.wait_for_status("away");
  phone.send({{"t", "status"}, {"status", "online"}});
  we.wait_for_status("online");
  phone.close();
  CHECK(number_of(we.wait_for_status("offline"), "last_active")
        > 1'600'000'000'000);
}

TEST_CASE("a user is online while any device is") {
  acquainted we;
  we.watched();
  auto phone = we.bob.on("phone");
  we.wait_for_status("online");
  auto tablet = we.bob.on("tablet");
  tablet.settle();
  phone.close();
  tablet.send({{"t", "status"}, {"status", "away"}});
  we.wait_for_status("away");
  CHECK(we.watcher.seen({{"t", "presence"}}).size() >= 2);
  for (const auto& event : we.watcher.seen({{"t", "presence"}}))
    if (!event.contains("id"))
      CHECK(item_of(event, we.bob).at("status") != "offline");
}

TEST_CASE("a new watch replaces the list") {
  acquainted we;
  const auto carol = register_account(node(), "carol");
  we.watcher.say(direct(we.alice, carol), "hello");
  we.watched();
  we.watcher.request(watch({carol.user()}));
  auto bobs = we.bob.open();
  bobs.settle();
  auto carols = carol.open();
  we.watcher.await([&] {
    for (const auto& event : we.watcher.seen({{"t", "presence"}}))
      if (!event.contains("id")
          && includes(item_of(event, carol), {{"status", "online"}}))
        return true;
    return false;
  });
  for (const auto& event : we.watcher.seen({{"t", "presence"}}))
    if (!event.contains("id"))
      CHECK(item_of(event, we.bob).empty());
}

TEST_CASE("a watch list holds 200 users and no more") {
  acquainted we;
  std::vector<std::string> users;
  for (int i = 0; i < 200; ++i)
    users.push_back("user-" + std::to_string(i));
  const auto reply = we.watcher.request(watch(users));
  CHECK(text_of(reply, "t") == "presence");
  CHECK(objects_of(reply, "items").size() == 200);
  users.push_back("one-too-many");
  CHECK(error_code(we.watcher.request(watch(users))) == "bad_request");
}

TEST_CASE("strangers see everyone offline and without last_active, over both "
          "ways") {
  const pair_of_users we;
  auto phone = we.bob.open();
  phone.settle();
  we.bob.on("tablet").close();
  auto stranger = we.alice.open();
  const json::object nothing{{"user", we.bob.user()}, {"status", "offline"}};
  CHECK(objects_of(stranger.request(watch({we.bob.user()})), "items")
        == std::vector<json::object>{nothing});
  CHECK(we.alice.get("/v1/presence?users=" + we.bob.user()).list()
        == std::vector<json::object>{nothing});
  phone.send({{"t", "status"}, {"status", "away"}});
  phone.settle();
  stranger.settle();
  for (const auto& event : stranger.seen({{"t", "presence"}}))
    CHECK(item_of(event, we.bob) == nothing);
}

TEST_CASE("a user who does not exist looks like a stranger") {
  acquainted we;
  const auto item = objects_of(we.watcher.request(watch({"nobody"})), "items");
  CHECK(item
        == std::vector<json::object>{
            {{"user", "nobody"}, {"status", "offline"}}});
}

TEST_CASE("a shared group is enough to see each other") {
  const pair_of_users we;
  create_group(we.alice, {we.bob});
  auto phone = we.bob.open();
  CHECK(eventually([&] {
    return includes(
        we.alice.get("/v1/presence?users=" + we.bob.user()).list().at(0),
        {{"status", "online"}});
  }));
}

TEST_CASE("a block hides the one who blocks") {
  acquainted we;
  auto phone = we.bob.open();
  CHECK(eventually([&] {
    return includes(we.watched(), {{"status", "online"}});
  }));
  CHECK(we.bob.put("/v1/blocks/" + we.alice.user()).status == 204);
  const json::object hidden{{"user", we.bob.user()}, {"status", "offline"}};
  CHECK(eventually([&] { return we.watched() == hidden; }));
  CHECK(we.alice.get("/v1/presence?users=" + we.bob.user()).list()
        == std::vector<json::object>{hidden});
}

TEST_CASE("presence over HTTP gives one item a user") {
  acquainted we;
  const auto answer = we.alice.get("/v1/presence?users=" + we.bob.user() + ","
                                   + we.alice.user());
  CHECK(answer.status == 200);
  CHECK(answer.list().size() == 2);
  CHECK(includes(find(answer.list(), {{"user", we.bob.user()}}),
                 {{"status", "offline"}}));
}

TEST_CASE("last_active survives a restart") {
  server_process mine;
  const pair_of_users we(mine);
  we.alice.open().say(we.conv, "hello");
  we.bob.open().close();
  const auto target = "/v1/presence?users=" + we.bob.user();
  CHECK(eventually([&] {
    return we.alice.get(target).list().at(0).contains("last_active");
  }));
  const auto before = we.alice.get(target).list().at(0);
  CHECK(mine.terminate() == 0);
  mine.restart();
  CHECK(we.alice.get(target).list().at(0) == before);
}

TEST_CASE("a status that there is not is bad_request") {
  auto phone = register_account(node(), "alice").open();
  for (const auto& status :
       {json::value("offline"), json::value("busy"), json::value(1)}) {
    phone.send({{"t", "status"}, {"status", status}});
    CHECK(error_code(phone.wait_for({{"t", "error"}})) == "bad_request");
  }
}

} // namespace
} // namespace parley::test
