#include "gateway/fake_node.hpp"

#include "support/deadline.hpp"

#include "parley/actors/errors.hpp"
#include "parley/history/open.hpp"
#include "parley/history/reader.hpp"

#include <fmt/format.h>

#include <thread>

namespace parley::test {

namespace {

using namespace std::chrono_literals;

std::string shown(const std::optional<std::string>& x) {
  return x.value_or("-");
}

/// Notes a request and answers it as the script says.
caf::result<answer> play(script* by, const std::string& who,
                         const std::string& what,
                         const std::string& details = {}) {
  by->asked.push_back(who + ' ' + what
                      + (details.empty() ? "" : ' ' + details));
  if (auto i = by->errors.find(what); i != by->errors.end())
    return to_caf(i->second, "as the script says");
  return answer{shared_bytes{by->fields[what]}};
}

caf::result<login_opened> play_login(script* by, const std::string& who,
                                     const std::string& what,
                                     const std::string& details = {}) {
  auto told = play(by, who, what, details);
  if (auto i = by->errors.find(what); i != by->errors.end())
    return to_caf(i->second, "as the script says");
  return login_opened{"LOGIN", "SECRET"};
}

caf::result<account> play_account(script* by, const std::string& who) {
  by->asked.push_back(who + " get_account");
  auto found = by->accounts.find(who);
  if (found == by->accounts.end())
    return to_caf(errc::not_found, "no such user");
  return account{found->second};
}

caf::message_handler user_part(script* s) {
  return {
      [=](const to_user& to, const admit& x) {
        return play(s, to.name, "admit", x.create ? "create" : "");
      },
      [=](const to_user& to, const create_account& x) {
        s->accounts[to.name].password_hash = x.password_hash;
        return play(s, to.name, "create_account", x.display_name);
      },
      [=](const to_user& to, const get_account&) {
        return play_account(s, to.name);
      },
      [=](const to_user& to, const open_login&) {
        return play_login(s, to.name, "open_login");
      },
      [=](const to_user& to, const refresh_login& x) {
        return play_login(s, to.name, "refresh_login",
                          x.login + ' ' + x.secret);
      },
      [=](const to_user& to, const close_login& x) {
        return play(s, to.name, "close_login", x.login + ' ' + x.secret);
      },
      [=](const to_user& to, const set_password& x) {
        s->accounts[to.name].password_hash = x.password_hash;
        return play(s, to.name, "set_password", x.except_login);
      },
      [=](const to_user& to, const get_profile&) -> caf::result<answer> {
        if (to.name == "nobody")
          return to_caf(errc::not_found, "no such user");
        auto told = play(s, to.name, "get_profile");
        return answer{shared_bytes{fmt::format(R"("user":"{}")", to.name)}};
      },
      [=](const to_user& to, const patch_profile& x) {
        return play(s, to.name, "patch_profile",
                    shown(x.display_name) + ' ' + shown(x.about));
      },
  };
}

caf::message_handler personal_part(script* s) {
  return {
      [=](const to_user& to, const get_conversations& x) {
        return play(s, to.name, "get_conversations",
                    fmt::format("{} {}", x.limit, x.cursor));
      },
      [=](const to_user& to, const mute& x) {
        return play(s, to.name, "mute", fmt::format("{} {}", x.conv, x.until));
      },
      [=](const to_user& to, const set_block& x) {
        return play(s, to.name, "set_block",
                    fmt::format("{} {}", x.user, x.on));
      },
      [=](const to_user& to, const get_blocks&) {
        return play(s, to.name, "get_blocks");
      },
      [=](const to_user& to, const get_devices&) {
        return play(s, to.name, "get_devices");
      },
      [=](const to_user& to, const name_device& x) {
        return play(s, to.name, "name_device", x.device + ' ' + x.name);
      },
      [=](const to_user& to, const remove_device& x) {
        return play(s, to.name, "remove_device", x.device);
      },
      [=](const to_user& to, const watch& x) {
        return play(s, to.name, "watch",
                    fmt::format("{}{}", fmt::join(x.users, ","),
                                x.session ? " for a session" : ""));
      },
  };
}

std::string shown(const std::optional<uint64_t>& x) {
  return x ? std::to_string(*x) : "-";
}

caf::message_handler conversation_part(script* s) {
  return {
      [=](const to_conversation& to, const get_conversation& x) {
        return play(s, to.name, "get_conversation", x.reader);
      },
      [=](const to_conversation& to, const get_history& x) {
        return play(s, to.name, "get_history",
                    fmt::format("{} {} {} {}", x.reader, shown(x.before),
                                shown(x.after), x.limit));
      },
      [=](const to_conversation& to, const create_group& x) {
        return play(s, to.name, "create_group",
                    fmt::format("{} {} {} {}", x.by, x.cid, x.name,
                                fmt::join(x.members, ",")));
      },
      [=](const to_conversation& to, const rename_group& x) {
        return play(s, to.name, "rename_group", x.by + ' ' + x.name);
      },
      [=](const to_conversation& to, const delete_group& x) {
        return play(s, to.name, "delete_group", x.by);
      },
      [=](const to_conversation& to, const add_members& x) {
        return play(s, to.name, "add_members",
                    fmt::format("{} {}", x.by, fmt::join(x.users, ",")));
      },
      [=](const to_conversation& to, const set_role& x) {
        return play(
            s, to.name, "set_role",
            fmt::format("{} {} {}", x.by, x.user, static_cast<int>(x.as)));
      },
      [=](const to_conversation& to, const remove_member& x) {
        return play(s, to.name, "remove_member", x.by + ' ' + x.user);
      },
  };
}

/// Answers what is asked of a partition as a whole.
caf::message_handler search_part(const history::store* from) {
  return {[=](const find_accounts& x) {
    accounts_found found;
    for (auto& a :
         history::search_accounts(*from, x.partitions, x.prefix, x.limit)
             .value())
      found.all.push_back({a.user, a.display_name, a.about, a.created,
                           a.disabled, a.password_hash.empty()});
    return found;
  }};
}

caf::behavior home(caf::event_based_actor* self, script* s,
                   const history::store* from) {
  caf::message_handler append_part{
      [=](const to_conversation& to, const append& x) {
        s->asked.push_back(fmt::format("{} append {} {} {} {}", to.name, x.from,
                                       x.cid, x.body, x.ref));
        if (s->silent)
          return;
        if (auto i = s->errors.find("append"); i != s->errors.end()) {
          self->send(x.reply_to,
                     refused{x.tag, static_cast<uint8_t>(i->second), "no"});
          return;
        }
        self->send(x.reply_to, appended{to.name, {s->sent}});
      }};
  return caf::behavior{user_part(s)
                           .or_else(personal_part(s))
                           .or_else(conversation_part(s))
                           .or_else(append_part)
                           .or_else(search_part(from))};
}

caf::behavior reader(caf::event_based_actor*, const history::store* from) {
  return {[=](const read_job& x) {
    return x.run(*from);
  }};
}

} // namespace

class fake_node::collector final : public gateway::responder {
public:
  void respond(gateway::http_reply x) override { reply = std::move(x); }

  std::optional<gateway::http_reply> reply;
};

fake_node::system_config::system_config() {
  set("scheduler.policy", caf::atom("testing"));
  register_messages(*this);
}

config::settings fake_node::cheap_settings() {
  config::settings settings;
  settings.auth.argon2_memory_kib = 8;
  settings.auth.argon2_iterations = 1;
  settings.auth.argon2_threads = 1;
  settings.cluster.partitions = 1;
  return settings;
}

fake_node::fake_node(const config::settings& settings)
    : store(history::make_memory_store()),
      node_(std::make_shared<node_context>()),
      hub_(std::make_shared<gateway::hub>(1s)) {
  node_->settings = settings;
  node_->settings.node.data_dir = here_.path().string();
  node_->clock = &clock;
  node_->random = &system_random();
  node_->store = store.get();
  node_->partitions = {system_.spawn(
      home, &play, static_cast<const history::store*>(store.get()))};
  node_->readers = {
      system_.spawn(reader, static_cast<const history::store*>(store.get()))};
  node_->couriers = {spawn_courier(system_)};
  tokens_ =
      std::move(gateway::token_service::open(node_->settings, clock).value());
  passwords_ = std::make_unique<gateway::password_pool>(node_->settings.auth,
                                                        system_random());
  services_ = std::make_shared<gateway::services>(system_, node_, *tokens_,
                                                  *passwords_);
  services_->ready = true;
}

fake_node::~fake_node() {
  passwords_.reset();
  for (const auto* all :
       {&node_->partitions, &node_->readers, &node_->couriers})
    for (const auto& x : *all)
      caf::anon_send_exit(x, caf::exit_reason::kill);
  while (turn()) {}
  auto& sched =
      dynamic_cast<caf::scheduler::test_coordinator&>(system_.scheduler());
  sched.clock().cancel_all();
  while (turn()) {}
  node_->partitions.clear();
  node_->readers.clear();
  node_->couriers.clear();
}

/// @returns whether anything was to be done.
bool fake_node::turn() {
  auto& sched =
      dynamic_cast<caf::scheduler::test_coordinator&>(system_.scheduler());
  bool ran = false;
  while (sched.try_run_once())
    ran = true;
  hub_->io().restart();
  return hub_->io().poll() > 0 || ran;
}

void fake_node::advance(std::chrono::seconds by) {
  auto& sched =
      dynamic_cast<caf::scheduler::test_coordinator&>(system_.scheduler());
  sched.advance_time(by);
}

std::optional<gateway::http_reply>
fake_node::request(gateway::verb method, std::string target, std::string body,
                   std::string token, std::string origin) {
  gateway::http_head head;
  head.method = method;
  head.target = std::move(target);
  head.host = "localhost:8080";
  head.origin = std::move(origin);
  if (!token.empty())
    head.authorization = "Bearer " + token;
  auto to = std::make_shared<collector>();
  gateway::dispatch(services_, hub_, std::move(head), std::move(body), to);
  while (!to->reply) {
    if (turn())
      continue;
    if (std::exchange(play.silent, false)) {
      advance(std::chrono::seconds{ask_timeout} + 1s);
      continue;
    }
    // Only the password pool can still have something to say: it has the one
    // other reference to the collector.
    if (to.use_count() == 1)
      return std::nullopt;
    hub_->io().restart();
    auto work = boost::asio::make_work_guard(hub_->io());
    if (hub_->io().run_one_for(patience) == 0)
      return std::nullopt;
  }
  return to->reply;
}

gateway::http_reply fake_node::as_alice(gateway::verb method,
                                        std::string target, std::string body) {
  auto reply =
      request(method, std::move(target), std::move(body), token_for("alice"));
  return reply.value_or(gateway::http_reply{});
}

} // namespace parley::test
