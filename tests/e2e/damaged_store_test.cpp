#include "e2e/pair_of_users.hpp"
#include "support/doctest.hpp"

#include <filesystem>
#include <fstream>

// What a disk did to bodies that lie on it is the node's mistake, not the
// client's: `internal`, and everything else goes on.

namespace parley::test {
namespace {

std::vector<std::filesystem::path> blob_files(const server_process& of) {
  std::vector<std::filesystem::path> found;
  for (const auto& file :
       std::filesystem::recursive_directory_iterator(of.data_dir()))
    if (file.path().extension() == ".blob")
      found.push_back(file.path());
  return found;
}

/// Turns a bit in every so many bytes, head and foot aside.
void turn_bits(const std::filesystem::path& file) {
  constexpr std::streamoff edge = 64;
  constexpr std::streamoff step = 512;
  const auto size =
      static_cast<std::streamoff>(std::filesystem::file_size(file));
  std::fstream bytes(file, std::ios::in | std::ios::out | std::ios::binary);
  for (auto at = edge; at < size - edge; at += step) {
    const auto was = bytes.seekg(at).get();
    bytes.seekp(at).put(static_cast<char>(was ^ 1));
  }
  REQUIRE(bytes.good());
}

/// A node that has written the first bodies of a conversation into files, and
/// then found them changed.
struct damaged {
  damaged() {
    {
      auto session = we.alice.open();
      // A second file is begun only when the first is complete.
      for (int i = 0; i < 400 && blob_files(node).size() < 2; ++i)
        session.say(we.conv, std::string(90'000, 'x'));
    }
    node.terminate();
    const auto files = blob_files(node);
    REQUIRE_FALSE(files.empty());
    for (const auto& file : files)
      turn_bits(file);
    node.restart();
  }

  server_process node{overrides{{"storage.write_buffer_mb", 1}}};
  pair_of_users we{node};
};

TEST_CASE("internal: a body that is damaged on the disk is told as the node's "
          "mistake, and the session goes on (I9)") {
  damaged found;
  const auto& [alice, bob, conv] = found.we;
  // A device without a past has nothing to catch up with.
  auto session = alice.on("laptop");
  const auto reply = session.request(
      {{"t", "history"}, {"conv", conv}, {"before", 3}, {"limit", 2}});
  CHECK(error_code(reply) == "internal");
  CHECK(json::serialize(reply).find(found.node.data_dir().string())
        == std::string::npos);
  const auto response =
      alice.get(conversation_path(conv, "/messages?before=3&limit=2"));
  CHECK(problem(response) == "500 internal");
  CHECK(response.body.find(found.node.data_dir().string())
        == std::string::npos);

  const auto seq = session.say(conv, "still here");
  const auto page = session.request(
      {{"t", "history"}, {"conv", conv}, {"after", seq - 1}, {"limit", 1}});
  CHECK(json::serialize(page).find("still here") != std::string::npos);
}

} // namespace
} // namespace parley::test
