#include "actors/wire_samples.hpp"

#include "parley/actors/errors.hpp"
#include "parley/actors/spawn.hpp"

#include <boost/pfr.hpp>
#include <caf/all.hpp>
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

using namespace parley;
using namespace parley::test;

namespace {

struct wire_system;
wire_system* current = nullptr; ///< Of the test that runs.

struct wire_system {
  struct config : caf::actor_system_config {
    config() {
      set("logger.console", caf::atom("none"));
      register_messages(*this);
    }
  };

  config cfg;
  caf::actor_system sys{cfg};
  caf::actor somebody = sys.spawn([]() -> caf::behavior {
    return {[](tick) {
    }};
  });

  wire_system() { current = this; }

  ~wire_system() {
    caf::anon_send_exit(somebody, caf::exit_reason::user_shutdown);
  }
};

// -- comparing, field by field -----------------------------------------------

/// What is compared as a whole; other structs are taken apart.
template <class T>
constexpr bool is_leaf =
    std::is_arithmetic_v<
        T> || std::is_enum_v<T> || std::is_same_v<T, std::string> || std::is_same_v<T, shared_bytes> || std::is_same_v<T, hash128> || std::is_same_v<T, caf::actor> || std::is_same_v<T, caf::node_id> || std::is_same_v<T, caf::actor_addr>;

bool same(const caf::message& a, const caf::message& b) {
  return caf::to_string(a) == caf::to_string(b);
}

template <class T>
bool same(const std::optional<T>& a, const std::optional<T>& b);
template <class T>
bool same(const std::shared_ptr<const T>& a, const std::shared_ptr<const T>& b);
template <class T>
bool same(const std::vector<T>& a, const std::vector<T>& b);

template <class T>
bool same(const T& a, const T& b) {
  if constexpr (is_leaf<T>) {
    return a == b;
  } else {
    auto all = true;
    boost::pfr::for_each_field(a, [&](const auto& x, auto i) {
      all = all && same(x, boost::pfr::get<i>(b));
    });
    return all;
  }
}

template <class T>
bool same(const std::optional<T>& a, const std::optional<T>& b) {
  return a.has_value() == b.has_value() && (!a || same(*a, *b));
}

template <class T>
bool same(const std::shared_ptr<const T>& a,
          const std::shared_ptr<const T>& b) {
  return !a == !b && (!a || same(*a, *b));
}

template <class T>
bool same(const std::vector<T>& a, const std::vector<T>& b) {
  if (a.size() != b.size())
    return false;
  for (size_t i = 0; i < a.size(); ++i)
    if (!same(a[i], b[i]))
      return false;
  return true;
}

/// Whether no field, at any depth, is as it is by default.
template <class T>
bool is_unlike_default(const T& x);

template <class T>
bool is_unlike_default(const std::optional<T>& x) {
  return x.has_value();
}

template <class T>
bool is_unlike_default(const std::vector<T>& all) {
  for (const auto& x : all)
    if (!is_unlike_default(x))
      return false;
  return !all.empty();
}

template <class T>
bool is_unlike_default(const std::shared_ptr<const T>& x) {
  return x && is_unlike_default(*x);
}

template <>
bool is_unlike_default(const caf::message& x) {
  return !x.empty();
}

template <class T>
bool is_unlike_default(const T& x) {
  if constexpr (is_leaf<T>) {
    return true; // Its owner knows what its default is.
  } else {
    auto all = true;
    const T fresh{};
    boost::pfr::for_each_field(x, [&](const auto& field, auto i) {
      all = all && is_unlike_default(field)
            && !same(field, boost::pfr::get<i>(fresh));
    });
    return all;
  }
}

// -- writing and reading -----------------------------------------------------

template <class T>
std::vector<char> written(const T& x) {
  std::vector<char> bytes;
  caf::binary_serializer to{current->sys, bytes};
  REQUIRE(!to(x));
  return bytes;
}

/// @returns whether all of it was there.
template <class T>
bool reads(const std::vector<char>& bytes, size_t count, T& x) {
  caf::binary_deserializer from{current->sys, bytes.data(), count};
  return !from(x) && from.remaining() == 0;
}

/// A later version has more fields, an earlier one fewer. One without fields is
/// written as nothing, and stays so.
template <class T>
void check_grows(const std::vector<char>& bytes) {
  if constexpr (!std::is_empty_v<T>) {
    REQUIRE(bytes.size() >= 4);
    REQUIRE(static_cast<uint8_t>(bytes[3]) < 0xfc);
    auto later = bytes;
    later[3] = static_cast<char>(later[3] + 3);
    later.insert(later.end(), {'n', 'e', 'w'});
    T came;
    CHECK(reads(later, later.size(), came));
    CHECK(same(sample<T>(), came));
    T none;
    const std::vector<char> no_fields(4);
    CHECK(reads(no_fields, no_fields.size(), none));
    CHECK(same(none, T{}));
  }
}

template <class T>
void check_travels(const std::string& name) {
  CAPTURE(name);
  const auto sent = sample<T>();
  CHECK(is_unlike_default(sent));
  const auto bytes = written(sent);
  T came;
  REQUIRE(reads(bytes, bytes.size(), came));
  CHECK(same(sent, came));
  for (size_t cut = 0; cut < bytes.size(); ++cut) {
    CAPTURE(cut);
    T half;
    CHECK_FALSE(reads(bytes, cut, half));
  }
  check_grows<T>(bytes);
  // As it goes over a link: with its type's name.
  auto message = caf::make_message(to_user{"ann"}, sent);
  const auto whole = written(message);
  caf::message back;
  REQUIRE(reads(whole, whole.size(), back));
  REQUIRE(back.match_elements<to_user, T>());
  CHECK(same(sent, back.get_as<T>(1)));
}

template <caf::type_id_t Id>
void check_type() {
  using type = typename caf::type_by_id<Id>::type;
  if constexpr (!caf::allowed_unsafe_message_type<type>::value)
    check_travels<type>(caf::type_name_by_id<Id>::value);
}

template <size_t... Is>
void check_block(std::index_sequence<Is...>) {
  (check_type<caf::id_block::parley::begin + Is>(), ...);
}

} // namespace

const caf::actor& parley::test::somebody() {
  return current->somebody;
}

TEST_CASE_FIXTURE(
    wire_system,
    "every message that is not marked as local crosses to another node, "
    "whole, and what is cut short is refused") {
  check_block(std::make_index_sequence<caf::id_block::parley::end
                                       - caf::id_block::parley::begin>{});
}

TEST_CASE_FIXTURE(wire_system,
                  "of a message that is passed on and is of a type "
                  "that is not known here, nothing comes, and all "
                  "else does") {
  auto bytes = written(sample<relayed>());
  const std::string known = "parley::fetch";
  const auto name =
      std::search(bytes.begin(), bytes.end(), known.begin(), known.end());
  REQUIRE(name != bytes.end());
  *name = 'q';
  relayed came;
  REQUIRE(reads(bytes, bytes.size(), came));
  CHECK(came.epoch == sample<relayed>().epoch);
  CHECK(came.what.empty());
}

TEST_CASE_FIXTURE(wire_system, "what is missing stays missing") {
  const auto bytes = written(get_history{"ann", {}, {}, 5});
  auto came = sample<get_history>();
  REQUIRE(reads(bytes, bytes.size(), came));
  CHECK(same(came, get_history{"ann", {}, {}, 5}));
  const auto none = written(observe_all{"ann", {}, {}, {}});
  auto seen = sample<observe_all>();
  REQUIRE(reads(none, none.size(), seen));
  CHECK(same(seen, observe_all{"ann", {}, {}, {}}));
  const auto empty = written(fetched{});
  auto page = sample<fetched>();
  REQUIRE(reads(empty, empty.size(), page));
  CHECK(page.events == nullptr);
}

TEST_CASE_FIXTURE(wire_system,
                  "an error keeps its code, its words and its time to wait") {
  for (auto code = static_cast<uint8_t>(errc::bad_frame);
       code <= static_cast<uint8_t>(errc::unavailable); ++code) {
    const auto sent =
        to_caf(error{static_cast<errc>(code), "try again", 1500u + code});
    const auto bytes = written(sent);
    caf::error came;
    REQUIRE(reads(bytes, bytes.size(), came));
    const auto back = from_caf(came);
    CHECK(back.code == static_cast<errc>(code));
    CHECK(back.message == "try again");
    CHECK(back.retry_after_ms == 1500u + code);
  }
}
