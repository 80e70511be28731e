#include "gateway/static_files.hpp"

#include "gateway/assets.hpp"
#include "gateway/encoding.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

namespace parley::gateway {

namespace {

/// Files here have a hash of their content in their names.
constexpr std::string_view hashed_folder = "assets/";

std::string_view type_of(std::string_view path) {
  constexpr std::pair<std::string_view, std::string_view> types[] = {
      {".html", "text/html; charset=utf-8"},
      {".css", "text/css; charset=utf-8"},
      {".js", "text/javascript; charset=utf-8"},
      {".json", "application/json"},
      {".yaml", "application/yaml"},
      {".txt", "text/plain; charset=utf-8"},
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

const asset* find(std::string_view path) {
  auto all = assets();
  auto at = std::find_if(all.begin(), all.end(),
                         [&](const asset& x) { return x.path == path; });
  return at == all.end() ? nullptr : &*at;
}

const asset* find_file_or_index(std::string_view path) {
  if (const auto* file = path.empty() ? nullptr : find(path))
    return file;
  return find(fmt::format("{}{}index.html", path, path.empty() ? "" : "/"));
}

/// One form of a file, by the name that Content-Encoding has for it.
struct form {
  std::string_view encoding;
  std::string_view bytes;
};

form smallest(const asset& x, std::string_view accept_encoding) {
  if (!x.brotli.empty() && accepts_encoding(accept_encoding, "br"))
    return {"br", x.brotli};
  if (!x.gzip.empty() && accepts_encoding(accept_encoding, "gzip"))
    return {"gzip", x.gzip};
  return {{}, x.bytes};
}

/// RFC 9110, 13.1.2: `*`, or a list of tags that may be marked as weak.
bool matches(std::string_view if_none_match, std::string_view tag) {
  return if_none_match == "*"
         || if_none_match.find(tag) != std::string_view::npos;
}

} // namespace

std::optional<http_reply> static_file(std::string_view path,
                                      const file_request& from) {
  const auto* file = find_file_or_index(path);
  if (!file)
    return std::nullopt;
  auto [encoding, bytes] = smallest(*file, from.accept_encoding);
  auto tag = encoding.empty() ? fmt::format("\"{}\"", file->hash)
                              : fmt::format("\"{}-{}\"", file->hash, encoding);
  http_reply reply;
  reply.type = type_of(file->path);
  reply.headers.emplace_back("ETag", tag);
  reply.headers.emplace_back("Cache-Control",
                             file->path.starts_with(hashed_folder)
                                 ? "public, max-age=31536000, immutable"
                                 : "no-cache");
  reply.headers.emplace_back("Vary", "Accept-Encoding");
  reply.headers.emplace_back("Cross-Origin-Opener-Policy", "same-origin");
  if (matches(from.if_none_match, tag)) {
    reply.status = 304;
    return reply;
  }
  if (!encoding.empty())
    reply.headers.emplace_back("Content-Encoding", encoding);
  reply.body = bytes;
  return reply;
}

} // namespace parley::gateway
