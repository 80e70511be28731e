#pragma once

#include "parley/actors/errors.hpp"
#include "parley/actors/messages.hpp"
#include "parley/actors/spawn.hpp"
#include "parley/admin/commands.hpp"
#include "parley/history/codecs.hpp"
#include "parley/history/keys.hpp"
#include "parley/history/open.hpp"

#include <caf/all.hpp>
#include <doctest/doctest.h>

#include <algorithm>
#include <future>
#include <map>
#include <mutex>
#include <string>
#include <unistd.h>
#include <vector>

namespace parley::admin {

/// What the fake partitions were asked to do, and what they know.
struct fake_world {
  std::mutex guard;
  std::map<std::string, history::account_record> accounts;
  std::vector<session_row> sessions;
  std::vector<std::string> done; ///< "create alice …", "disable alice on", …

  void note(std::string what) {
    std::lock_guard lock{guard};
    done.push_back(std::move(what));
  }
};

/// Plays one partition: answers the operator's requests out of the world.
inline caf::behavior fake_partition(caf::event_based_actor*, fake_world* world,
                                    uint32_t partitions, uint16_t number) {
  auto known = [world](const std::string& user) {
    std::lock_guard lock{world->guard};
    return world->accounts.contains(user);
  };
  auto acted = [known, world](const std::string& user,
                              std::string what) -> caf::result<answer> {
    if (!known(user))
      return to_caf(errc::not_found, "there is no such user");
    world->note(std::move(what));
    return answer{};
  };
  return {
      [=](const to_user& to, get_account) -> caf::result<account> {
        if (!known(to.name))
          return to_caf(errc::not_found, "there is no such user");
        std::lock_guard lock{world->guard};
        return account{world->accounts.at(to.name)};
      },
      [=](const to_user& to, const create_account& x) -> caf::result<answer> {
        if (known(to.name))
          return to_caf(errc::conflict, "the name is taken");
        world->note("create " + to.name + " " + x.display_name + " "
                    + x.password_hash);
        return answer{};
      },
      [=](const to_user& to, const set_disabled& x) {
        return acted(to.name, "disable " + to.name + (x.on ? " on" : " off"));
      },
      [=](const to_user& to, const set_password& x) {
        return acted(to.name, "password " + to.name + " " + x.password_hash);
      },
      [=](const to_user& to, const end_sessions& x) {
        std::lock_guard lock{world->guard};
        auto gone = std::erase_if(world->sessions, [&](const auto& row) {
          return row.user == to.name && (x.id.empty() || x.id == row.id)
                 && (x.device.empty() || x.device == row.device)
                 && x.code == 4502;
        });
        return answer{shared_bytes{"\"ended\":" + std::to_string(gone)}};
      },
      [=](const to_user& to, get_sessions) {
        std::lock_guard lock{world->guard};
        session_rows rows;
        for (const auto& x : world->sessions)
          if (x.user == to.name)
            rows.rows.push_back(x);
        return rows;
      },
      [=](const find_accounts& x) {
        std::lock_guard lock{world->guard};
        accounts_found found;
        for (const auto& [user, it] : world->accounts)
          if (user.starts_with(x.prefix) && found.all.size() < x.limit
              && std::ranges::count(x.partitions,
                                    place_of(user, partitions).partition)
                     > 0)
            found.all.push_back({user, it.display_name, it.about, it.created,
                                 it.disabled, it.password_hash.empty()});
        return found;
      },
      [=](get_sessions) {
        std::lock_guard lock{world->guard};
        session_rows rows;
        for (const auto& x : world->sessions)
          if (place_of(x.user, partitions).partition == number)
            rows.rows.push_back(x);
        return rows;
      },
      [=](const to_conversation& to,
          const get_conversation& x) -> caf::result<answer> {
        if (!x.reader.empty() || to.name != "dm:al:bo")
          return to_caf(errc::not_found, "there is no such conversation");
        return answer{shared_bytes{R"("conv":"dm:al:bo","last_seq":3,)"
                                   R"("members":[{"user":"al"}])"}};
      },
  };
}

/// A node as the commands see it: four fake partitions, a store in memory, real
/// readers and couriers, and a hash that shows the password.
class fake_node {
public:
  static constexpr uint32_t partitions = 4;

  fake_node() {
    context->store = store.get();
    context->starts = 9;
    context->couriers.push_back(spawn_courier(sys));
    context->readers.push_back(spawn_reader(sys, *store));
    for (uint16_t i = 0; i < partitions; ++i)
      context->partitions.push_back(
          sys.spawn(fake_partition, &world, partitions, i));
    with.node = context;
    with.version = "1.2.3";
    with.started = std::chrono::steady_clock::now();
    with.hash = [](std::string password, auto done) {
      done("hash(" + password + ")");
    };
    with.messages_per_s = [] {
      return 2.5;
    };
    with.shut_down = [this] {
      stopped.set_value();
    };
  }

  ~fake_node() {
    for (const auto* all :
         {&context->partitions, &context->readers, &context->couriers})
      for (const auto& x : *all)
        caf::anon_send_exit(x, caf::exit_reason::kill);
  }

  void add_account(const std::string& user, std::string hash = "hash") {
    history::account_record record;
    record.user = user;
    record.display_name = "The " + user;
    record.created = 1'700'000'000'000;
    record.password_hash = std::move(hash);
    world.accounts[user] = record;
    history::batch row;
    row.put(history::family::state,
            history::account_key(place_of(user, partitions).partition, user),
            history::encode(record));
    REQUIRE(store->write({row}).has_value());
  }

  void add_session(const std::string& user, const std::string& id,
                   const std::string& device) {
    world.sessions.push_back(
        {user, id, device, "login", false, 1000, sys.node()});
  }

  result<reply> run(std::string_view name, boost::json::object args = {}) {
    auto answer = std::make_shared<std::promise<result<reply>>>();
    execute(with, name, args,
            [answer](result<reply> x) { answer->set_value(std::move(x)); });
    return answer->get_future().get();
  }

  struct config : caf::actor_system_config {
    config() {
      register_messages(*this);
      set("scheduler.max-threads", size_t{1});
      set("scheduler.policy", caf::atom("sharing"));
    }
  };

  fake_world world;
  std::unique_ptr<history::store> store = history::make_memory_store();
  config cfg;
  caf::actor_system sys{cfg};
  std::shared_ptr<node_context> context = std::make_shared<node_context>();
  services with;
  std::promise<void> stopped;
};

} // namespace parley::admin
