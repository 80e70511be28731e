/// A node that has nothing but links: the other process of the tests. It reads
/// commands, one a line, from a file that it is given, and tells on standard
/// output what happens.

#include "parley/actors/spawn.hpp"
#include "parley/base/log.hpp"
#include "parley/cluster/links.hpp"

#include <CLI/CLI.hpp>
#include <caf/all.hpp>
#include <caf/io/all.hpp>
#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <utility>

namespace parley::cluster {

namespace {

using std::chrono::seconds;

template <class... Args>
void say(fmt::format_string<Args...> text, Args&&... args) {
  fmt::print(text, std::forward<Args>(args)...);
  std::fputc('\n', stdout);
  std::fflush(stdout);
}

caf::behavior partition(caf::event_based_actor*, uint32_t number) {
  return {[number](caf::get_atom) {
    return number;
  }};
}

std::string_view text_of(link_stage x) {
  constexpr std::string_view names[] = {"down", "dialing", "greeting", "up"};
  return names[static_cast<size_t>(x)];
}

size_t resident_kib() {
  std::ifstream in{"/proc/self/statm"};
  size_t all = 0;
  size_t resident = 0;
  in >> all >> resident;
  return resident * 4;
}

/// Observer and replicator at once.
struct driver_state {
  explicit driver_state(caf::stateful_actor<driver_state>* actor)
      : self(actor) {}

  void run(const std::string& line) {
    std::istringstream in{line};
    std::string verb;
    in >> verb;
    if (verb == "reach")
      set_reach(in);
    else if (verb == "post")
      post(in);
    else if (verb == "hold")
      holds = true;
    else if (verb == "ask")
      ask(in);
    else if (verb == "links")
      show(in);
  }

  void set_reach(std::istream& in) {
    reach x;
    in >> x.incarnation;
    peer_address each;
    while (in >> each.node >> each.host >> each.port >> each.incarnation)
      x.peers.push_back(each);
    self->send(links, x);
  }

  void post(std::istream& in) {
    node_id to = 0;
    size_t count = 0;
    size_t bytes = 0;
    in >> to >> count >> bytes;
    model::replication::append x;
    x.entries.emplace_back().payload = shared_bytes{std::string(bytes, 'x')};
    outgoing together{to, {}};
    for (; count > 0; --count) {
      ++x.prev.index;
      together.messages.push_back(x);
      if (count % 64 == 1)
        self->send(links, std::exchange(together, {to, {}}));
    }
  }

  void ask(std::istream& in) {
    node_id whom = 0;
    size_t number = 0;
    std::string id;
    in >> id >> whom >> number;
    self->request(partitions.at(whom).at(number), seconds{1}, caf::get_atom_v)
        .then([id](uint32_t answer) { say("asked {} {}", id, answer); },
              [id, this](const caf::error& why) {
                say("asked {} failed: {}", id, self->system().render(why));
              });
  }

  void show(std::istream& in) {
    std::string id;
    in >> id;
    self->request(links, seconds{5}, get_links{})
        .then(
            [id](const link_views& x) {
              std::string all;
              for (const auto& each : x.all)
                all += fmt::format(
                    " node={} {} under_way={} sent={} dropped={} failed={}",
                    each.node, text_of(each.stage), each.under_way,
                    each.sent_messages, each.dropped_messages, each.failures);
              say("links {} rss={}{}", id, resident_kib(), all);
            },
            [](const caf::error&) {});
  }

  void on_up(const peer_up& x) {
    partitions[x.node] = x.partitions;
    say("event {} up {} {} version={} partitions={}", ++events, x.node,
        x.incarnation, x.version, x.partitions.size());
  }

  // The dead handles stay, so that tests can see what comes of asking them.
  void on_down(const peer_down& x) {
    say("event {} down {} {} {}", ++events, x.node, x.incarnation, x.reason);
  }

  caf::result<receipt> on_arrived(const arrived& x) {
    taken += x.messages.size();
    say("arrived {}", taken);
    if (holds)
      return self->make_response_promise<receipt>(); // For ever.
    return x.done;
  }

  caf::stateful_actor<driver_state>* self;
  caf::actor links;
  std::map<node_id, std::vector<caf::actor>> partitions;
  size_t events = 0;
  size_t taken = 0;
  bool holds = false;
};

caf::behavior driver(caf::stateful_actor<driver_state>* self) {
  auto& state = self->state;
  return {
      [&state](const caf::actor& links) { state.links = links; },
      [&state](const std::string& line) { state.run(line); },
      [&state](const peer_up& x) { state.on_up(x); },
      [&state](const peer_down& x) { state.on_down(x); },
      [&state](const arrived& x) { return state.on_arrived(x); },
  };
}

struct arguments {
  link_options options;
  std::string tls;
  size_t partitions = 2;
  std::string commands;

  arguments(int argc, char** argv, CLI::App& app) {
    app.add_option("--cluster", options.cluster)->take_last();
    app.add_option("--node", options.node)->take_last();
    app.add_option("--listen", options.listen_host);
    app.add_option("--port", options.listen_port);
    app.add_option("--version-min", options.version_min);
    app.add_option("--version-max", options.version_max);
    app.add_option("--window", options.window_bytes);
    app.add_option("--deadline-ms", deadline_ms);
    app.add_option("--partitions", partitions);
    app.add_option("--tls", tls, "path of .crt, .key and .ca, without these");
    app.add_option("--commands", commands);
    app.parse(argc, argv);
    options.build = "test";
    options.deadline = milliseconds{deadline_ms};
    auto& with = options.security;
    with.with =
        tls.empty() ? link_security::kind::none : link_security::kind::tls;
    if (!tls.empty()) {
      with.certificate_file = tls + ".crt";
      with.key_file = tls + ".key";
      with.authority_file = tls + ".ca";
    }
  }

private:
  int64_t deadline_ms = 3000;
};

int run(const arguments& with) {
  if (auto checked = check_security(with.options); !checked) {
    say("refused {}", checked.error().message);
    return 2;
  }
  caf::actor_system_config cfg;
  cfg.set("scheduler.policy", caf::atom("sharing"));
  cfg.set("scheduler.max-threads", size_t{2});
  cfg.set("logger.console", caf::atom("none"));
  register_messages(cfg);
  configure_links(cfg, with.options);
  caf::actor_system sys{cfg};
  auto drives = sys.spawn(driver);
  link_offer offer{drives, {}};
  for (uint32_t i = 0; i < with.partitions; ++i)
    offer.partitions.push_back(sys.spawn(partition, i));
  auto started = start_links(sys, with.options, offer, drives, system_random());
  if (!started) {
    say("refused {}", started.error().message);
    return 2;
  }
  caf::anon_send(drives, started->handle);
  say("listening {}", started->port);
  std::ifstream in{with.commands};
  for (std::string line; std::getline(in, line) && line != "quit";)
    caf::anon_send(drives, line);
  for (const auto& x : offer.partitions)
    caf::anon_send_exit(x, caf::exit_reason::user_shutdown);
  caf::anon_send_exit(started->handle, caf::exit_reason::user_shutdown);
  caf::anon_send_exit(drives, caf::exit_reason::user_shutdown);
  return 0;
}

} // namespace

} // namespace parley::cluster

int main(int argc, char** argv) {
  CLI::App app{"A node that has nothing but links"};
  try {
    return parley::cluster::run({argc, argv, app});
  } catch (const CLI::Error& wrong) {
    return app.exit(wrong);
  }
}
