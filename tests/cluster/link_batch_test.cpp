#include "cluster/link_beat.hpp"
#include "cluster/samples.hpp"

#include "parley/cluster/link_messages.hpp"
#include "parley/cluster/replicator_messages.hpp"

#include <caf/all.hpp>
#include <doctest/doctest.h>

#include <string>
#include <type_traits>
#include <utility>
#include <vector>

using namespace parley;
using namespace parley::cluster;

namespace {

struct format {
  caf::actor_system_config cfg;
  caf::actor_system sys{cfg};

  std::vector<char> written(const batch& x) {
    std::vector<char> bytes;
    caf::binary_serializer sink{sys, bytes};
    REQUIRE(!sink(const_cast<batch&>(x)));
    return bytes;
  }
  batch read(const std::vector<char>& bytes) {
    batch x;
    caf::binary_deserializer source{sys, bytes};
    unread = !source(x) ? source.remaining() : SIZE_MAX;
    return x;
  }
  size_t unread = 0;
};

/// Behind what is known of it a later version may have more, and an earlier one
/// has less.
template <caf::type_id_t Id>
void check_grows(format& with) {
  using type = typename caf::type_by_id<Id>::type;
  if constexpr (!caf::allowed_unsafe_message_type<type>::value
                && !std::is_empty_v<type>) {
    CAPTURE(std::string{caf::type_name_by_id<Id>::value});
    std::vector<char> bytes;
    caf::binary_serializer sink{with.sys, bytes};
    type sent{};
    REQUIRE(!sink(sent));
    REQUIRE(bytes.size() >= 4);
    REQUIRE(static_cast<size_t>(bytes[3]) == bytes.size() - 4);
    bytes[3] = static_cast<char>(bytes[3] + 2);
    bytes.insert(bytes.end(), {'m', 'e'});
    for (const auto& x : {bytes, std::vector<char>(4)}) {
      caf::binary_deserializer source{with.sys, x};
      type came{};
      CHECK(!source(came));
      CHECK(source.remaining() == 0);
    }
  }
}

template <class Block, size_t... Is>
void check_block(format& with, std::index_sequence<Is...>) {
  (check_grows<Block::begin + Is>(with), ...);
}

template <class Block>
void check_block(format& with) {
  check_block<Block>(with,
                     std::make_index_sequence<Block::end - Block::begin>{});
}

} // namespace

TEST_CASE("every message between nodes may get fields") {
  format with;
  check_block<caf::id_block::parley_links>(with);
  check_block<caf::id_block::parley_replicator>(with);
}

TEST_CASE("a batch comes back as it was") {
  format with;
  const batch sent{7, 1'000, test::sample_messages(), false};
  const auto back = with.read(with.written(sent));
  CHECK(with.unread == 0);
  CHECK(back.link == 7);
  CHECK(back.sent == 1'000);
  CHECK(!back.damaged);
  REQUIRE(back.messages.size() == sent.messages.size());
  for (size_t i = 0; i < sent.messages.size(); ++i)
    CHECK(test::same(back.messages[i], sent.messages[i]));
}

TEST_CASE("a batch with damage inside is marked, and empty") {
  format with;
  const auto bytes = with.written({7, 1'000, test::sample_messages(), false});
  constexpr size_t count = 4 + 8 + 8; // behind the size of all, link and sent
  constexpr size_t head = count + 4 + 4;
  auto changed = bytes;
  changed[head] = 0; // An empty message.
  auto back = with.read(changed);
  CHECK(back.damaged);
  CHECK(back.messages.empty());
  CHECK(back.link == 7);
  CHECK(with.unread == 0);
  changed = bytes;
  changed[count] = 127; // Far more messages than there are bytes.
  CHECK(with.read(changed).damaged);
}

TEST_CASE("a batch that is cut short is an error of CAF") {
  format with;
  auto bytes = with.written({7, 1'000, test::sample_messages(), false});
  while (!bytes.empty()) {
    bytes.pop_back();
    with.read(bytes);
    CHECK(with.unread == SIZE_MAX);
  }
}

TEST_CASE("of a batch, messages that came later are left out") {
  format with;
  const auto all = test::sample_messages();
  auto bytes = with.written({7, 1'000, all, false});
  bytes[4 + 8 + 8 + 4 + 4 + 1] = 99; // The kind of the first.
  const auto back = with.read(bytes);
  CHECK(with.unread == 0);
  CHECK(!back.damaged);
  REQUIRE(back.messages.size() == all.size() - 1);
  CHECK(test::same(back.messages.front(), all[1]));
}
