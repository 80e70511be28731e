#include "gateway/router.hpp"

#include <algorithm>
#include <cctype>
#include <optional>

namespace parley::gateway {

namespace {

/// The next segment of a pattern, without its slash.
std::string_view next_part(std::string_view& pattern) {
  pattern.remove_prefix(1);
  auto slash = std::min(pattern.find('/'), pattern.size());
  auto part = pattern.substr(0, slash);
  pattern.remove_prefix(slash);
  return part;
}

std::optional<path_params> fit(std::string_view pattern,
                               const std::vector<std::string>& segments) {
  path_params params;
  for (const auto& segment : segments) {
    if (pattern.empty())
      return std::nullopt;
    auto part = next_part(pattern);
    if (part.starts_with('{'))
      params.emplace_back(part.substr(1, part.size() - 2), segment);
    else if (part != segment)
      return std::nullopt;
  }
  if (!pattern.empty())
    return std::nullopt;
  return params;
}

void add_method(std::string& allow, verb method) {
  if (!allow.empty())
    allow += ", ";
  allow += to_string(method);
  if (method == verb::get)
    allow += ", HEAD";
}

} // namespace

std::string_view to_string(verb x) noexcept {
  switch (x) {
    case verb::get:
      return "GET";
    case verb::head:
      return "HEAD";
    case verb::post:
      return "POST";
    case verb::put:
      return "PUT";
    case verb::patch:
      return "PATCH";
    case verb::del:
      return "DELETE";
    case verb::options:
      return "OPTIONS";
    case verb::other:
      break;
  }
  return "";
}

match find_route(std::span<const route> among, verb method,
                 const std::vector<std::string>& segments) {
  match found;
  auto wanted = method == verb::head ? verb::get : method;
  for (const auto& x : among) {
    auto params = fit(x.pattern, segments);
    if (!params)
      continue;
    add_method(found.allow, x.method);
    if (x.method != wanted)
      continue;
    found.to = &x;
    found.params = std::move(*params);
  }
  return found;
}

std::string_view bearer_token(std::string_view authorization) {
  constexpr std::string_view scheme = "bearer ";
  bool fits =
      authorization.size() > scheme.size()
      && std::equal(scheme.begin(), scheme.end(), authorization.begin(),
                    [](char wanted, char c) {
                      return wanted
                             == std::tolower(static_cast<unsigned char>(c));
                    });
  return fits ? authorization.substr(scheme.size()) : std::string_view{};
}

void run_route(const route& to, const exchange_ptr& x) {
  if (to.who == route::access::anyone) {
    to.run(x);
    return;
  }
  auto who = x->with().tokens.check(bearer_token(x->head().authorization));
  if (!who) {
    x->fail(who.error());
    return;
  }
  x->set_caller(*who);
  auto run = to.run;
  x->ask_user<answer>(who->user, admit{who->external},
                      or_fail<answer>(x, [x, run](const answer&) { run(x); }));
}

} // namespace parley::gateway
