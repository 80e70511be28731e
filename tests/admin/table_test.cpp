#include "admin/table.hpp"

#include <boost/json.hpp>
#include <doctest/doctest.h>

namespace parley::admin {

namespace {

using rows = std::vector<boost::json::object>;

} // namespace

TEST_CASE("a list is a table whose columns line up") {
  rows users{
      {{"user", "al"}, {"created", 1'700'000'000'123}, {"disabled", true}},
      {{"user", "bartholomew"}, {"created", 0}, {"disabled", false}}};
  CHECK(render(users, {{"ok", true}, {"count", 2}, {"more", false}})
        == "user         created               disabled\n"
           "al           2023-11-14 22:13:20Z  yes\n"
           "bartholomew  1970-01-01 00:00:00Z  no\n");
}

TEST_CASE("numbers line up at their ends, letters by characters not by bytes") {
  rows some{{{"name", "Zoë"}, {"seq", 7}}, {{"name", "abcd"}, {"seq", 12345}}};
  CHECK(render(some, {{"count", 2}})
        == "name    seq\n"
           "Zoë       7\n"
           "abcd  12345\n");
}

TEST_CASE("a row may lack a column or bring one") {
  rows some{{{"a", "1"}}, {{"a", "2"}, {"b", "x"}}};
  CHECK(render(some, {{"count", 2}}) == "a  b\n1\n2  x\n");
}

TEST_CASE("an empty list says so, a cut one too") {
  CHECK(render({}, {{"ok", true}, {"count", 0}, {"more", false}}) == "none\n");
  CHECK(render({{{"a", "1"}}}, {{"count", 1}, {"more", true}})
        == "a\n1\nThere are more: raise --limit.\n");
}

TEST_CASE("one thing is lines of name and value in the units of people") {
  CHECK(render({}, {{"ok", true},
                    {"node", "n1"},
                    {"uptime_s", 93784},
                    {"messages_per_s", 12.25},
                    {"storage_bytes", 1536},
                    {"disk_free_bytes", 5},
                    {"disk_total_bytes", uint64_t{3} << 40},
                    {"since", 1'700'000'000'000}})
        == "node            n1\n"
           "uptime          1d 02:03:04\n"
           "messages per s  12.2\n"
           "storage         1.5 KiB\n"
           "disk free       5 B\n"
           "disk total      3.0 TiB\n"
           "since           2023-11-14 22:13:20Z\n");
}

TEST_CASE("a list within one thing becomes a table below it") {
  boost::json::array members{
      boost::json::object{{"user", "al"}, {"read_seq", 3}},
      boost::json::object{{"user", "bo"}, {"read_seq", 12}}};
  CHECK(render({}, {{"ok", true}, {"conv", "g:1"}, {"members", members}})
        == "conv  g:1\n"
           "\n"
           "members:\n"
           "user  read seq\n"
           "al           3\n"
           "bo          12\n");
}

TEST_CASE("an answer that only says that it worked shows nothing") {
  CHECK(render({}, {{"ok", true}}) == "");
}

TEST_CASE("control characters do not reach the terminal") {
  CHECK(render({}, {{"about", "a\x1b[31mb\nc\x7f"}})
        == "about  a\\x1b[31mb\\x0ac\\x7f\n");
  CHECK(render({}, {{"about", "a\xc2\x9b"
                              "1mb\xc2\xa0"}})
        == "about  a\\x9b1mb\xc2\xa0\n");
}

} // namespace parley::admin
