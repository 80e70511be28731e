#include "gateway/static_files.hpp"

#include "gateway/assets.hpp"

#include "parley/base/hash.hpp"

#include <fmt/format.h>

#include <array>
#include <string>
#include <vector>

namespace parley::gateway {

namespace {

struct known_file {
  const asset* what;
  std::string_view type;
  std::string tag; ///< With its quotes.
};

std::string_view type_of(std::string_view path) {
  constexpr std::pair<std::string_view, std::string_view> types[] = {
      {".html", "text/html; charset=utf-8"},
      {".css", "text/css; charset=utf-8"},
      {".js", "text/javascript; charset=utf-8"},
      {".json", "application/json"},
      {".webmanifest", "application/manifest+json"},
      {".svg", "image/svg+xml"},
      {".png", "image/png"},
      {".ico", "image/vnd.microsoft.icon"},
      {".woff2", "font/woff2"}};
  for (const auto& [ending, type] : types)
    if (path.ends_with(ending))
      return type;
  return "application/octet-stream";
}

std::vector<known_file> describe_assets() {
  std::vector<known_file> files;
  for (const auto& x : assets())
    files.push_back(
        {&x, type_of(x.path),
         fmt::format("\"{:02x}\"", fmt::join(hash_of(x.bytes).bytes, ""))});
  return files;
}

const known_file* find(std::string_view path) {
  static const auto files = describe_assets();
  for (const auto& x : files)
    if (x.what->path == path)
      return &x;
  return nullptr;
}

/// RFC 9110, 13.1.2: `*`, or a list of tags that may be marked as weak.
bool matches(std::string_view if_none_match, std::string_view tag) {
  return if_none_match == "*"
         || if_none_match.find(tag) != std::string_view::npos;
}

} // namespace

std::optional<http_reply> static_file(std::string_view path,
                                      std::string_view if_none_match) {
  const auto* file = find(path.empty() ? "index.html" : path);
  if (!file)
    return std::nullopt;
  http_reply reply;
  reply.type = file->type;
  reply.headers.emplace_back("ETag", file->tag);
  reply.headers.emplace_back("Cache-Control", "no-cache");
  reply.headers.emplace_back(
      "Content-Security-Policy",
      "default-src 'none'; style-src 'self'; img-src 'self'; "
      "script-src 'self'; connect-src 'self'; manifest-src 'self'; "
      "base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
  if (matches(if_none_match, file->tag))
    reply.status = 304;
  else
    reply.body = file->what->bytes;
  return reply;
}

} // namespace parley::gateway
