#include "cluster/company.hpp"
#include "support/doctest.hpp"

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>
#include <optional>
#include <random>
#include <string>
#include <sys/mount.h>
#include <unistd.h>
#include <vector>

// Real nodes under load, whose disks lose, damage or refuse what is written.

namespace parley::test {
namespace {

namespace fs = std::filesystem;

/// EX_SOFTWARE: how a node ends whose disk is not to be trusted.
constexpr int ended_by_disk = 70;

using cluster_fault = std::function<void(node_cluster&, company&)>;

/// People talk while something happens to three nodes, and after it is over.
void talk_through(const cluster_fault& fault, const std::string& disk = "") {
  cluster_options with;
  if (!disk.empty())
    with.environment = {{"PARLEY_DISK", disk}};
  with.settings = {{"storage.write_buffer_mb", 8}, {"auth.access_ttl", "168h"}};
  node_cluster all{with};
  company us{all};
  us.talk_while([&] {
    CHECK(us.wait_acks(300));
    fault(all, us);
    CHECK(all.is_whole());
    CHECK(us.wait_acks(100));
  });
  CHECK(us.verdict() == "");
}

void wipe(server_process& node) {
  for (const auto& each : fs::directory_iterator{node.data_dir()})
    fs::remove_all(each.path());
}

/// What RocksDB keeps there.
std::vector<fs::path> files_of(const server_process& node) {
  std::vector<fs::path> all;
  for (const auto& each : fs::directory_iterator{node.data_dir() / "history"}) {
    const auto ending = each.path().extension();
    if (ending == ".sst" || ending == ".log" || ending == ".blob")
      all.push_back(each.path());
  }
  std::ranges::sort(all);
  return all;
}

/// In the middle of each 4 KiB, as many as there are in the file.
void flip_bits(const fs::path& file) {
  std::fstream bytes{file, std::ios::in | std::ios::out | std::ios::binary};
  const auto size = fs::file_size(file);
  for (uintmax_t at = 2048; at < size; at += 4096) {
    bytes.seekg(static_cast<std::streamoff>(at));
    const auto was = static_cast<char>(bytes.get());
    bytes.seekp(static_cast<std::streamoff>(at));
    bytes.put(static_cast<char>(was ^ 0x10));
  }
}

/// Starts a node, whatever is the matter with its data.
bool starts(server_process& node) {
  try {
    node.restart();
    return true;
  } catch (const std::runtime_error&) {
    return false;
  }
}

/// With other data it is not taken for the same node before its session is
/// over, and refused until then.
bool comes_again(server_process& node) {
  return eventually([&] { return starts(node); });
}

/// A small disk of its own, in memory, at a node's data directory.
class small_disk {
public:
  static constexpr size_t megabytes = 192;

  static bool possible() { return ::geteuid() == 0; }

  explicit small_disk(fs::path at) : at_(std::move(at)) {
    const auto size = "size=" + std::to_string(megabytes) + "m";
    REQUIRE(::mount("tmpfs", at_.c_str(), "tmpfs", 0, size.c_str()) == 0);
  }
  small_disk(const small_disk&) = delete;
  small_disk& operator=(const small_disk&) = delete;
  ~small_disk() { ::umount2(at_.c_str(), MNT_DETACH); }

  /// Something else takes all but so many percent of it.
  void fill_but(size_t percent) {
    const auto space = fs::space(at_);
    const auto leave = space.capacity * percent / 100;
    if (space.available <= leave)
      return;
    std::ofstream more{at_ / "something else", std::ios::app};
    const std::string block(1 << 20, 'x');
    for (auto n = (space.available - leave) >> 20; n > 0 && more; --n)
      more << block;
  }

  void make_room() { fs::remove(at_ / "something else"); }

private:
  fs::path at_;
};

/// Whatever else ends a node has a reason, which is in its log.
void check_ended_by_disk(server_process& node, milliseconds limit = patience) {
  const auto status = node.wait_exit(limit);
  INFO(node.log());
  CHECK(status == ended_by_disk);
}

size_t led_by(node_cluster& all, const std::string& name) {
  const auto lines = all.ask("partitions");
  const auto wanted = "\"leader\":\"" + name + "\"";
  size_t found = 0;
  for (auto at = lines.find(wanted); at != std::string::npos;
       at = lines.find(wanted, at + 1))
    ++found;
  return found;
}

} // namespace

TEST_CASE("a disk is wiped, and its node comes again (I1 to I6)") {
  talk_through([](node_cluster& all, company& us) {
    all.node(1).kill();
    wipe(all.node(1));
    CHECK(us.wait_acks(100));
    CHECK(comes_again(all.node(1)));
  });
}

TEST_CASE("bits flip in the files of a stopped node: it serves nothing wrong, "
          "and copies everything once they are gone (I1 to I6)") {
  talk_through([](node_cluster& all, company& us) {
    auto& node = all.node(2);
    node.kill();
    for (const auto& file : files_of(node))
      flip_bits(file);
    if (starts(node)) {
      CHECK(us.wait_acks(100));
      node.kill();
    }
    wipe(node);
    CHECK(comes_again(node));
  });
}

TEST_CASE("one disk and then all lose their power (I1 to I6)") {
  std::string disk = "0";
  SUBCASE("with all that was not synced") {}
  SUBCASE("with a part of what was not synced") {
    disk = "4";
  }
  talk_through(
      [](node_cluster& all, company& us) {
        all.node(0).lose_power();
        CHECK(us.wait_acks(100));
        all.node(0).restart();
        CHECK(all.is_whole());
        CHECK(us.wait_acks(100));
        for (size_t i = 0; i < all.size(); ++i)
          all.node(i).lose_power();
        for (size_t i = 0; i < all.size(); ++i)
          all.node(i).restart();
      },
      disk);
}

TEST_CASE("a disk fails: its node ends at once, and the others go on "
          "(I1 to I6, I9)") {
  talk_through(
      [](node_cluster& all, company& us) {
        all.node(1).signal(SIGUSR2);
        check_ended_by_disk(all.node(1));
        CHECK(us.wait_acks(100));
        all.node(1).restart();
      },
      "0");
}

TEST_CASE("a disk fills up: its node gives away what it leads, ends when there "
          "is no room at all, and comes again (I1 to I6)") {
  if (!small_disk::possible()) {
    MESSAGE("not run: mounting takes root");
    return;
  }
  std::optional<small_disk> disk;
  talk_through([&](node_cluster& all, company& us) {
    auto& node = all.node(0);
    node.kill();
    disk.emplace(node.data_dir()); // an empty one
    CHECK(comes_again(node));
    CHECK(all.is_whole());
    CHECK(eventually([&] { return led_by(all, "one") > 0; }));
    disk->fill_but(7);
    CHECK(eventually([&] { return led_by(all, "one") == 0; }));
    CHECK(us.wait_acks(100));
    disk->fill_but(0);
    check_ended_by_disk(node, 4 * patience);
    CHECK(us.wait_acks(100));
    disk->make_room();
    node.restart();
    CHECK(all.is_whole());
    CHECK(eventually([&] { return led_by(all, "one") > 0; }));
  });
}

TEST_CASE("the clock of a node is a day ahead (I1 to I6)") {
  talk_through([](node_cluster& all, company& us) {
    all.node(0).kill();
    all.node(0).restart({{"PARLEY_CLOCK_AHEAD_MS", "86400000"}});
    CHECK(all.is_whole());
    CHECK(us.wait_acks(200));
    all.node(0).kill();
    all.node(0).restart();
  });
}

} // namespace parley::test
