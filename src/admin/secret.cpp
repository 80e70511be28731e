#include "admin/secret.hpp"

#include <fmt/format.h>

#include <iostream>
#include <optional>
#include <termios.h>
#include <unistd.h>

namespace parley::admin {

namespace {

/// The terminal does not show what is typed while this lives.
class silence {
public:
  silence() {
    ::tcgetattr(STDIN_FILENO, &before_);
    auto quiet = before_;
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
  }
  silence(const silence&) = delete;
  silence& operator=(const silence&) = delete;
  ~silence() { ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_); }

private:
  termios before_{};
};

std::optional<std::string> line() {
  std::string text;
  if (!std::getline(std::cin, text) || text.empty())
    return std::nullopt;
  return text;
}

std::optional<std::string> typed(const char* prompt) {
  fmt::print(stderr, "{}", prompt);
  silence while_typing;
  auto text = line();
  fmt::print(stderr, "\n");
  return text;
}

} // namespace

result<std::string> read_secret(bool from_stdin) {
  error none{errc::bad_request,
             "a password is needed: type it, or give it as "
             "a line with --password-stdin",
             0};
  if (!from_stdin && ::isatty(STDIN_FILENO) == 0)
    return none;
  auto first = from_stdin ? line() : typed("Password: ");
  if (!first)
    return none;
  if (!from_stdin && typed("Again: ") != first)
    return error{errc::bad_request, "the two passwords differ", 0};
  return std::move(*first);
}

} // namespace parley::admin
