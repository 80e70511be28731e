#include "gateway/assets.hpp"
#include "gateway/header.hpp"
#include "gateway/static_files.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <iterator>
#include <string>

using namespace parley::gateway;
using parley::test::header;

namespace {

std::string file_on_disk(std::string_view name) {
  std::ifstream in{std::string{PARLEY_SOURCE_DIR} + "/src/gateway/assets/"
                       + std::string{name},
                   std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

} // namespace

TEST_CASE("the binary holds the assets byte for byte") {
  CHECK_FALSE(assets().empty());
  for (const auto& x : assets()) {
    CAPTURE(x.path);
    CHECK(x.bytes == file_on_disk(x.path));
  }
}

TEST_CASE("the root is the index, typed and under a strict policy") {
  auto reply = static_file("", "");
  REQUIRE(reply.has_value());
  CHECK(reply->status == 200);
  CHECK(reply->type == "text/html; charset=utf-8");
  CHECK(reply->body == file_on_disk("index.html"));
  auto policy = header(*reply, "Content-Security-Policy");
  CHECK(policy.starts_with("default-src 'none'"));
  CHECK(policy.find("unsafe") == std::string::npos);
  CHECK(static_file("style.css", "")->type == "text/css; charset=utf-8");
}

TEST_CASE("a file that the client has is not sent again") {
  auto tag = header(*static_file("", ""), "ETag");
  CHECK(tag.size() == 34);
  for (const auto& known : {tag, "\"other\", W/" + tag, std::string{"*"}}) {
    auto reply = static_file("", known);
    CHECK(reply->status == 304);
    CHECK(reply->body.empty());
    CHECK(header(*reply, "ETag") == tag);
  }
  CHECK(static_file("", "\"other\"")->status == 200);
}

TEST_CASE("what is not in the table does not exist") {
  for (const std::string path : {"nothing", "../front.cpp", "assets/index.html",
                                 "INDEX.HTML", "index.html/", "/etc/passwd"}) {
    CAPTURE(path);
    CHECK_FALSE(static_file(path, "").has_value());
  }
}
