#include "cluster/company.hpp"
#include "support/account.hpp"
#include "support/doctest.hpp"
#include "support/session.hpp"

#include <cstdlib>
#include <exception>
#include <string>
#include <vector>

// Real nodes of the last release become ones of the next version, which has a
// field more in a message between nodes and a message more.

namespace parley::test {
namespace {

/// This version where there is no release yet.
std::string last_release() {
  const char* given = std::getenv("PARLEY_LAST_RELEASE");
  const std::string path = given ? given : PARLEY_LAST_RELEASE;
  return path.empty() ? server_process::binary() : path;
}

/// Somebody at each node, all in one group.
class visitors {
public:
  explicit visitors(node_cluster& at)
      : at_(at),
        all_(register_accounts(at.node(0), "visitor", at.size())),
        group_(create_group(all_[0], {all_.begin() + 1, all_.end()})) {}

  /// Whether what each does reaches the others. Leaders may still move, and
  /// what is not durable may be lost with them: it is tried until it holds.
  bool hear_each_other() {
    std::string why;
    const auto try_it = [&] {
      try {
        meet();
        return true;
      } catch (const std::exception& failed) {
        why = failed.what();
        return false;
      }
    };
    if (eventually(try_it, 4 * patience))
      return true;
    MESSAGE(why);
    return false;
  }

private:
  void meet() {
    std::vector<session> here;
    json::array names;
    for (const auto& x : all_)
      names.emplace_back(x.user());
    for (size_t i = 0; i < all_.size(); ++i) {
      here.emplace_back(at_.node(i).where(), all_[i].token());
      here.back().request({{"t", "watch"}, {"users", names}});
    }
    for (size_t i = 0; i < here.size(); ++i) {
      const auto text = "hello " + fresh_cid();
      const auto seq = here[i].say(group_, text);
      here[i].send({{"t", "typing"}, {"conv", group_}});
      here[i].send({{"t", "status"}, {"status", "away"}});
      for (size_t k = 0; k < here.size(); ++k)
        if (k != i)
          expect(here[k], all_[i].user(), seq, text);
    }
  }

  void expect(session& at, const std::string& user, int64_t seq,
              const std::string& text) {
    at.wait_for({{"t", "msg"}, {"conv", group_}, {"seq", seq}, {"body", text}});
    at.wait_for({{"t", "typing"}, {"conv", group_}, {"user", user}});
    at.await([&] {
      for (const auto& x : at.seen({{"t", "presence"}}))
        if (includes(find(objects_of(x, "items"), {{"user", user}}),
                     {{"status", "away"}}))
          return true;
      return false;
    });
    const auto past =
        at.request({{"t", "history"}, {"conv", group_}, {"after", seq - 1}});
    if (find(objects_of(past, "items"), {{"body", text}}).empty())
      throw std::runtime_error("not in the history: " + json::serialize(past));
  }

  node_cluster& at_;
  std::vector<account> all_;
  std::string group_;
};

/// Which version of the protocol a node speaks with another; 0 if it has not
/// said so since its start. Nodes are numbered from 1, in the order of coming.
int spoken(server_process& node, size_t with) {
  const auto log = node.log();
  const auto up = log.rfind(" link.up node=" + std::to_string(with + 1) + ' ');
  if (up == std::string::npos)
    return 0;
  const std::string word = " version=";
  return std::stoi(log.substr(log.find(word, up) + word.size()));
}

/// Whether the added message came from the other.
bool was_answered(server_process& node, size_t by) {
  const auto line = " link.beat_heard node=" + std::to_string(by + 1) + ' ';
  return node.log().find(line) != std::string::npos;
}

} // namespace

TEST_CASE("nodes become those of the next version one after the other under "
          "load, and one becomes an old one again; people hear each other all "
          "the while (I1 to I6)") {
  cluster_options with;
  with.binary = last_release();
  node_cluster three{with};
  company us{three};
  visitors group{three};
  const auto becomes = [&](size_t which, const std::string& binary) {
    CAPTURE(which);
    CAPTURE(binary);
    auto& node = three.node(which);
    CHECK(us.wait_acks(100));
    CHECK(node.terminate() == 0);
    node.run_as(binary);
    node.restart();
    CHECK(three.is_whole());
    CHECK(group.hear_each_other());
    CHECK(us.wait_acks(100));
  };
  us.talk_while([&] {
    becomes(0, PARLEY_NEXT);
    const auto old = spoken(three.node(0), 1);
    CHECK(old > 0);
    CHECK(spoken(three.node(0), 2) == old);

    becomes(1, PARLEY_NEXT);
    CHECK(spoken(three.node(1), 0) > old);
    CHECK(spoken(three.node(1), 2) == old);
    CHECK(eventually([&] { return was_answered(three.node(1), 0); }));
    CHECK_FALSE(was_answered(three.node(1), 2));

    becomes(2, PARLEY_NEXT);
    for (const size_t other : {0, 1}) {
      CHECK(spoken(three.node(2), other) > old);
      CHECK(eventually([&] { return was_answered(three.node(2), other); }));
    }

    becomes(1, with.binary);
    CHECK(spoken(three.node(0), 1) == old);
    CHECK(spoken(three.node(2), 1) == old);
  });
  CHECK(us.verdict() == "");
}

} // namespace parley::test
