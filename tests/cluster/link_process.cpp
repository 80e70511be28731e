#include "cluster/link_process.hpp"

#include "support/temporary_directory.hpp"

#include <doctest/doctest.h>

#include <sys/stat.h>
#include <utility>

namespace parley::test {

link_process::link_process(options with) : with_(std::move(with)) {
  const temporary_directory folder;
  const auto pipe = folder.file("commands");
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  address_ = with_.hosts ? with_.hosts->address(with_.node - 1) : with_.listen;
  std::vector<std::string> argv{PARLEY_LINK_NODE,
                                "--cluster",
                                "c1",
                                "--node",
                                std::to_string(with_.node),
                                "--listen",
                                address_,
                                "--commands",
                                pipe};
  if (!with_.tls.empty())
    argv.insert(argv.end(), {"--tls", with_.tls});
  argv.insert(argv.end(), with_.more.begin(), with_.more.end());
  if (with_.hosts)
    argv = with_.hosts->on(with_.node - 1, argv);
  child_.emplace(argv);
  const auto line = child_->wait_for_line("listening ");
  if (!line)
    FAIL("it does not listen: ", child_->output(), child_->errors());
  port_ = static_cast<uint16_t>(std::stoul(line->substr(10)));
  commands_.open(pipe); // Waits for the reader.
}

void link_process::tell(const std::string& command) {
  commands_ << command << std::endl;
}

std::string link_process::next_event(milliseconds limit) {
  const auto start = "event " + std::to_string(events_ + 1) + " ";
  const auto line = child_->wait_for_line(start, limit);
  if (!line)
    return {};
  ++events_;
  return line->substr(start.size());
}

std::string link_process::answer_to(const std::string& verb,
                                    const std::string& rest) {
  const auto id = std::to_string(++asked_);
  tell(verb + " " + id + " " + rest);
  const auto start = (verb == "ask" ? "asked " : verb + " ") + id + " ";
  const auto line = child_->wait_for_line(start);
  return line ? line->substr(start.size()) : "no answer";
}

std::string link_process::as_peer(uint64_t incarnation) const {
  return " " + std::to_string(with_.node) + " " + address_ + " "
         + std::to_string(port_) + " " + std::to_string(incarnation);
}

} // namespace parley::test
