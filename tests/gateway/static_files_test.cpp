#include "gateway/assets.hpp"
#include "gateway/encoding.hpp"
#include "gateway/header.hpp"
#include "gateway/static_files.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <iterator>
#include <string>

using namespace parley::gateway;
using parley::test::header;

namespace {

/// As the build of the web client or of the documents left it.
std::string built_file(std::string_view path) {
  std::string place{PARLEY_WEB_APP};
  if (path.starts_with("docs/")) {
    place = PARLEY_WEB_DOCS;
    path.remove_prefix(5);
  }
  std::ifstream in{place + "/" + std::string{path}, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

std::string first_script() {
  for (const auto& x : assets())
    if (x.path.starts_with("assets/") && x.path.ends_with(".js"))
      return std::string{x.path};
  return {};
}

} // namespace

TEST_CASE("the binary holds the files byte for byte") {
  CHECK_FALSE(assets().empty());
  for (const auto& x : assets()) {
    CAPTURE(x.path);
    CHECK_FALSE(x.bytes.empty());
    CHECK(x.bytes == built_file(x.path));
  }
}

TEST_CASE("the root is the index, and files have their types") {
  auto reply = static_file("", {});
  REQUIRE(reply.has_value());
  CHECK(reply->status == 200);
  CHECK(reply->type == "text/html; charset=utf-8");
  CHECK(reply->body == built_file("index.html"));
  CHECK(static_file("favicon.svg", {})->type == "image/svg+xml");
}

TEST_CASE("the documents of the protocol are there, for people and programs") {
  for (const auto* path : {"docs", "docs/http", "docs/websocket"}) {
    CAPTURE(path);
    CHECK(static_file(path, {})->type == "text/html; charset=utf-8");
  }
  for (const auto* path : {"docs/openapi.yaml", "docs/asyncapi.yaml"}) {
    CAPTURE(path);
    CHECK(static_file(path, {})->type == "application/yaml");
  }
}

TEST_CASE("a file that the client has is not sent again") {
  auto tag = header(*static_file("", {}), "ETag");
  CHECK(tag.size() == 34);
  for (const auto& known : {tag, "\"other\", W/" + tag, std::string{"*"}}) {
    auto reply = static_file("", {known, {}});
    CHECK(reply->status == 304);
    CHECK(reply->body.empty());
    CHECK(header(*reply, "ETag") == tag);
  }
  CHECK(static_file("", {"\"other\"", {}})->status == 200);
}

TEST_CASE("a file goes out as small as the client takes it") {
  auto script = first_script();
  REQUIRE_FALSE(script.empty());
  auto plain = static_file(script, {});
  auto gzip = static_file(script, {{}, "gzip, deflate"});
  auto brotli = static_file(script, {{}, "gzip, deflate, br, zstd"});
  CHECK(header(*plain, "Content-Encoding").empty());
  CHECK(header(*gzip, "Content-Encoding") == "gzip");
  CHECK(gzip->body.starts_with("\x1f\x8b"));
  CHECK(header(*brotli, "Content-Encoding") == "br");
  CHECK(brotli->body.size() < gzip->body.size());
  CHECK(gzip->body.size() < plain->body.size());
  for (const auto& reply : {*plain, *gzip, *brotli})
    CHECK(header(reply, "Vary") == "Accept-Encoding");
}

TEST_CASE("each form of a file has a tag of its own") {
  auto script = first_script();
  auto tag = header(*static_file(script, {{}, "br"}), "ETag");
  CHECK(static_file(script, {tag, "br"})->status == 304);
  CHECK(static_file(script, {tag, "gzip"})->status == 200);
  CHECK(static_file(script, {tag, {}})->status == 200);
}

TEST_CASE("only what has its content's hash in its name is kept for good") {
  auto kept = header(*static_file(first_script(), {}), "Cache-Control");
  CHECK(kept.find("immutable") != std::string::npos);
  for (const auto* path : {"", "index.html", "sw.js", "favicon.svg"}) {
    CAPTURE(path);
    CHECK(header(*static_file(path, {}), "Cache-Control") == "no-cache");
  }
}

TEST_CASE("what is not in the table does not exist") {
  for (const std::string path :
       {"nothing", "../front.cpp", "assets", "assets/index.html", "INDEX.HTML",
        "index.html/", "/index.html", "/etc/passwd"}) {
    CAPTURE(path);
    CHECK_FALSE(static_file(path, {}).has_value());
  }
}

TEST_CASE("Accept-Encoding is read with its weights") {
  CHECK(accepts_encoding("br", "br"));
  CHECK(accepts_encoding("gzip, deflate, br, zstd", "br"));
  CHECK(accepts_encoding(" GZIP ;q=0.5", "gzip"));
  CHECK(accepts_encoding("gzip;q=1.0", "gzip"));
  CHECK(accepts_encoding("*", "br"));
  CHECK(accepts_encoding("gzip;q=0, *", "br"));
  CHECK_FALSE(accepts_encoding("", "br"));
  CHECK_FALSE(accepts_encoding("gzip", "br"));
  CHECK_FALSE(accepts_encoding("brotli", "br"));
  CHECK_FALSE(accepts_encoding("br;q=0", "br"));
  CHECK_FALSE(accepts_encoding("br; q=0.000, *", "br"));
  CHECK_FALSE(accepts_encoding("identity;q=1, *;q=0", "br"));
}
