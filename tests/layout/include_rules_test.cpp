#include "include_rules.hpp"

#include <doctest/doctest.h>

using namespace parley::layout;

TEST_CASE("an include is found however it is written") {
  CHECK(includes_of("#pragma once\n"
                    "#include <caf/all.hpp>\n"
                    "  #  include \"parley/base/clock.hpp\" // why\n"
                    "#include<vector>\n"
                    "// #include <no>\n"
                    "auto text = \"#include <no>\";\n")
        == std::vector<std::string>{"caf/all.hpp", "parley/base/clock.hpp",
                                    "vector"});
}

TEST_CASE("a part owns a folder of sources and one of headers") {
  CHECK(part_of("include/parley/base/clock.hpp") == "base");
  CHECK(part_of("src/gateway/listener.cpp") == "gateway");
  CHECK(part_of("src/main.cpp") == "server");
  CHECK(part_of("src/nonsense/x.cpp").empty());
  CHECK(part_of("tests/base/x.cpp").empty());
}

TEST_CASE("what the table allows has no objection") {
  struct {
    const char* path;
    const char* name;
  } allowed[] = {
      {"src/actors/user.cpp", "caf/all.hpp"},
      {"include/parley/actors/messages.hpp", "caf/type_id.hpp"},
      {"include/parley/gateway/x.hpp", "caf/actor.hpp"},
      {"src/gateway/x.cpp", "boost/asio/strand.hpp"},
      {"src/main.cpp", "boost/asio.hpp"},
      {"src/history/rocks_store.cpp", "rocksdb/db.h"},
      {"src/gateway/client_regions.cpp", "maxminddb.h"},
      {"src/config/load.cpp", "toml++/toml.h"},
      {"src/cluster/zookeeper_client.cpp", "zookeeper/zookeeper.h"},
      {"src/cluster/x.cpp", "parley/model/placement.hpp"},
      {"src/model/x.cpp", "boost/json.hpp"},
      {"src/model/x.cpp", "parley/base/names.hpp"},
      {"src/model/x.cpp", "parley/model/y.hpp"},
      {"src/model/x.cpp", "model/y.hpp"},
      {"src/model/x.cpp", "y.hpp"},
      {"src/actors/x.cpp", "parley/history/store.hpp"},
      {"src/gateway/x.cpp", "parley/config/settings.hpp"},
      {"src/main.cpp", "parley/admin/x.hpp"},
      {"src/model/x.cpp", "sys/stat.h"},
  };
  for (auto& each : allowed) {
    CAPTURE(each.path);
    CAPTURE(each.name);
    CHECK(objection(each.path, each.name) == "");
  }
}

TEST_CASE("what the table forbids has an objection") {
  struct {
    const char* path;
    const char* name;
  } forbidden[] = {
      {"src/model/x.cpp", "caf/all.hpp"},
      {"include/parley/history/x.hpp", "caf/send.hpp"},
      {"src/actors/x.cpp", "boost/asio/post.hpp"},
      {"src/protocol/x.cpp", "boost/beast/core.hpp"},
      {"include/parley/history/x.hpp", "rocksdb/db.h"},
      {"src/actors/x.cpp", "rocksdb/db.h"},
      {"src/gateway/routes_node.cpp", "maxminddb.h"},
      {"src/config/keys.cpp", "toml++/toml.h"},
      {"src/cluster/membership.cpp", "zookeeper/zookeeper.h"},
      {"src/base/x.cpp", "parley/model/x.hpp"},
      {"src/history/x.cpp", "parley/model/x.hpp"},
      {"src/gateway/x.cpp", "parley/admin/x.hpp"},
      {"src/actors/x.cpp", "parley/gateway/x.hpp"},
      {"src/admin/x.cpp", "parley/server/x.hpp"},
      {"src/gateway/x.cpp", "actors/x.hpp"},
      {"src/gateway/x.cpp", "parley/nonsense/x.hpp"},
      {"src/nonsense/x.cpp", "parley/base/x.hpp"},
  };
  for (auto& each : forbidden) {
    CAPTURE(each.path);
    CAPTURE(each.name);
    CHECK(objection(each.path, each.name) != "");
  }
}
