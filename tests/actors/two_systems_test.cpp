#include "parley/actors/context.hpp"
#include "parley/actors/errors.hpp"
#include "parley/actors/messages.hpp"
#include "parley/actors/spawn.hpp"
#include "parley/history/open.hpp"

#include <caf/all.hpp>
#include <caf/io/all.hpp>
#include <doctest/doctest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

using namespace parley;
using std::chrono::seconds;

namespace {

/// For what comes at once, or never.
constexpr auto patience = seconds{60};

struct linked_system {
  struct config : caf::actor_system_config {
    config() {
      load<caf::io::middleman>();
      set("logger.console", caf::atom("none"));
      register_messages(*this);
    }
  };

  config cfg;
  caf::actor_system sys{cfg};

  uint16_t publish(const caf::actor& what) {
    auto port = sys.middleman().publish(what, 0, "127.0.0.1");
    REQUIRE(port);
    return *port;
  }

  caf::actor reach(uint16_t port) {
    auto found = sys.middleman().remote_actor("127.0.0.1", port);
    REQUIRE(found);
    return *found;
  }
};

/// A node with two partitions, of which only the first is its own.
struct first_half {
  first_half(caf::actor_system& sys, const caf::actor& second)
      : disk(history::make_memory_store()) {
    with->clock = &clock;
    with->store = disk.get();
    with->starts = 1;
    with->journal = spawn_journal(sys, *disk, [](const error&) {});
    with->readers.push_back(spawn_reader(sys, *disk));
    with->divide_into(2);
    with->partitions[0] = spawn_partition(sys, with, 0);
    with->partitions[1] = second;
  }

  ~first_half() {
    for (const auto& x :
         {with->partitions[0], with->journal, with->readers[0]}) {
      caf::anon_send_exit(x, caf::exit_reason::user_shutdown);
      caf::scoped_actor self{x.home_system()};
      self->wait_for(x);
    }
    with->partitions.clear();
  }

  manual_wall_clock clock;
  std::unique_ptr<history::store> disk;
  std::shared_ptr<node_context> with = std::make_shared<node_context>();
};

/// A name that lives in the partition.
std::string name_in(uint16_t partition, const std::string& prefix,
                    const std::string& suffix = {}) {
  for (auto i = 0;; ++i)
    if (auto name = prefix + std::to_string(i) + suffix;
        place_of(name, 2).partition == partition)
      return name;
}

} // namespace

TEST_CASE("a message goes from one node to a conversation on another, and its "
          "event and its refusals come back") {
  linked_system a;
  linked_system b;
  caf::scoped_actor other{b.sys};
  const auto port = b.publish(caf::actor_cast<caf::actor>(other));
  {
    first_half node{a.sys, a.reach(port)};
    const auto home = b.reach(a.publish(node.with->partitions[0]));
    const auto ann = name_in(0, "ann");
    auto ben = std::string{};
    auto conv = std::string{};
    for (auto i = 0; ben.empty(); ++i) {
      const auto name = "ben" + std::to_string(i);
      conv = "dm:" + ann + ':' + name;
      if (place_of(name, 2).partition == 1 && place_of(conv, 2).partition == 0)
        ben = name;
    }

    other->request(home, patience, to_user{ann}, create_account{"Ann", "hash"})
        .receive([](const answer& x) { CHECK(!x.fields.empty()); },
                 [](const caf::error& why) { FAIL(from_caf(why).message); });
    other->request(home, patience, to_user{name_in(0, "nobody")}, get_profile{})
        .receive([](const answer&) { FAIL("nobody has a profile"); },
                 [](const caf::error& why) {
                   CHECK(from_caf(why).code == errc::not_found);
                   CHECK(from_caf(why).message == "no such user");
                 });

    append x;
    x.from = ann;
    x.cid = "c1";
    x.body = "hello";
    x.tag = 7;
    x.reply_to = caf::actor_cast<caf::actor>(other);
    other->send(home, to_conversation{conv}, x);
    // The conversation begins if its other user exists, who lives here.
    other->receive(
        [&](const to_user& to, const get_profile&) {
          CHECK(to.name == ben);
          return answer{shared_bytes{"\"user\":\"ben\""}};
        },
        caf::after(patience) >> [] { FAIL("nobody asked for the profile"); });
    std::optional<appended> acked;
    std::optional<deliver> came;
    while (!acked || !came)
      other->receive([&](const appended& got) { acked = got; },
                     [&](const to_user&, const deliver& got) {
                       if (!came)
                         came = got;
                     },
                     caf::after(patience) >> [] { FAIL("no answer"); });
    CHECK(acked->conv == conv);
    REQUIRE(acked->all.size() == 1);
    CHECK(acked->all[0].tag == 7);
    CHECK(acked->all[0].seq == 1);
    REQUIRE(came->entries->size() == 1);
    CHECK(came->entries->front().from == ann);
    CHECK(came->entries->front().tail.view().find("hello")
          != std::string_view::npos);

    // As what a newer node passes on looks like to one that does not know it.
    caf::scoped_actor asks{a.sys};
    asks->request(node.with->partitions[0], patience, relayed{1, {}})
        .receive([] { FAIL("nobody knows what it was asked"); },
                 [](const caf::error& why) {
                   CHECK(from_caf(why).code == errc::unavailable);
                   CHECK(from_caf(why).retry_after_ms > 0);
                 });

    x.from = "stranger";
    x.tag = 8;
    other->send(home, to_conversation{conv}, x);
    other->receive(
        [](const refused& got) {
          CHECK(got.tag == 8);
          CHECK(static_cast<errc>(got.code) == errc::not_found);
        },
        caf::after(patience) >> [] { FAIL("no refusal"); });
  }
}
