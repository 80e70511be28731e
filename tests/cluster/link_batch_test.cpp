#include "cluster/samples.hpp"

#include "parley/cluster/link_messages.hpp"

#include <caf/all.hpp>
#include <doctest/doctest.h>

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

} // namespace

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
  constexpr size_t head = 8 + 8 + 4 + 4;
  auto changed = bytes;
  changed[head] = 99; // No such message.
  auto back = with.read(changed);
  CHECK(back.damaged);
  CHECK(back.messages.empty());
  CHECK(back.link == 7);
  CHECK(with.unread == 0);
  changed = bytes;
  changed.pop_back();
  CHECK(with.read(changed).damaged);
  changed = bytes;
  changed[16] = 127; // Far more messages than there are bytes.
  CHECK(with.read(changed).damaged);
}

TEST_CASE("a batch without its head is an error of CAF") {
  format with;
  with.read(std::vector<char>(10));
  CHECK(with.unread == SIZE_MAX);
}
