#include "process.hpp"

#include <fmt/core.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fcntl.h>
#include <fstream>
#include <sched.h>
#include <stdexcept>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace parley::bench {

namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

[[noreturn]] void fail(std::string_view what, int error) {
  throw std::runtime_error{fmt::format("{}: {}", what, std::strerror(error))};
}

/// The child's side of a start: only calls that are safe after a fork.
[[noreturn]] void become(std::vector<char*>& argv, int cpu, int output) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  cpu_set_t cores;
  CPU_ZERO(&cores);
  CPU_SET(static_cast<size_t>(cpu), &cores);
  ::sched_setaffinity(0, sizeof cores, &cores);
  ::dup2(output, STDOUT_FILENO);
  ::dup2(output, STDERR_FILENO);
  ::execvp(argv[0], argv.data());
  ::_exit(127);
}

} // namespace

std::chrono::nanoseconds cpu_time_of(pid_t pid) {
  // The process's clock is the sum that /proc/PID/stat shows as utime and
  // stime, ended threads included, in nanoseconds instead of ticks.
  clockid_t id;
  if (int error = ::clock_getcpuclockid(pid, &id); error != 0)
    fail("the server's CPU clock", error);
  timespec now{};
  if (::clock_gettime(id, &now) != 0)
    fail("the server's CPU clock", errno);
  return std::chrono::seconds{now.tv_sec}
         + std::chrono::nanoseconds{now.tv_nsec};
}

double seconds_of(clockid_t clock) {
  timespec at{};
  ::clock_gettime(clock, &at);
  return static_cast<double>(at.tv_sec) + static_cast<double>(at.tv_nsec) / 1e9;
}

usage usage_of(pid_t pid) {
  usage result{.cpu = cpu_time_of(pid)};
  std::ifstream rollup{fmt::format("/proc/{}/smaps_rollup", pid)};
  for (std::string key; rollup >> key;) {
    uint64_t kib = 0;
    if (key == "Rss:" && rollup >> kib) {
      result.resident_bytes = kib * 1024;
      return result;
    }
  }
  throw std::runtime_error{"cannot read the server's resident memory"};
}

double kernel_bytes() {
  std::ifstream info{"/proc/meminfo"};
  for (std::string key; info >> key;) {
    double kib = 0;
    if (key == "SUnreclaim:" && info >> kib)
      return kib * 1024;
  }
  throw std::runtime_error{"cannot read the kernel's memory"};
}

void pin_to(int cpu) {
  cpu_set_t cores;
  CPU_ZERO(&cores);
  CPU_SET(static_cast<size_t>(cpu), &cores);
  if (::sched_setaffinity(0, sizeof cores, &cores) != 0)
    fail(fmt::format("core {}", cpu), errno);
}

void raise_file_limit() {
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0)
    fail("limit of open files", errno);
  files.rlim_cur = files.rlim_max;
  if (::setrlimit(RLIMIT_NOFILE, &files) != 0)
    fail("limit of open files", errno);
}

temp_directory::temp_directory(const std::filesystem::path& parent) {
  auto name = (parent / "parley-bench-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr)
    fail(name, errno);
  path_ = name;
}

temp_directory::~temp_directory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

process::process(const std::vector<std::string>& command, std::string_view name,
                 int cpu, const std::filesystem::path& log,
                 std::chrono::seconds limit)
    : log_{log} {
  auto words = command;
  std::vector<char*> argv;
  argv.reserve(words.size() + 1);
  for (auto& word : words)
    argv.push_back(word.data());
  argv.push_back(nullptr);
  int output =
      ::open(log.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (output < 0)
    fail(log.string(), errno);
  auto began = clock::now();
  pid_ = ::fork();
  if (pid_ == 0)
    become(argv, cpu, output);
  int error = errno;
  ::close(output);
  if (pid_ < 0)
    fail("fork", error);
  try {
    await_ready(fmt::format("{}: ready at ", name), limit);
  } catch (...) {
    kill();
    throw;
  }
  start_time_ = clock::now() - began;
}

process::~process() {
  kill();
}

void process::kill() {
  if (pid_ <= 0)
    return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

bool process::ended() {
  if (::waitpid(pid_, nullptr, WNOHANG) != pid_)
    return false;
  pid_ = -1;
  return true;
}

void process::await_ready(const std::string& prefix,
                          std::chrono::seconds limit) {
  auto deadline = clock::now() + limit;
  while (clock::now() < deadline) {
    bool over = ended();
    std::ifstream printed{log_};
    std::string last;
    // A line without its end may not be whole yet.
    for (std::string line; std::getline(printed, line) && !printed.eof();) {
      if (line.starts_with(prefix)) {
        url_ = line.substr(prefix.size());
        return;
      }
      last = std::move(line);
    }
    if (over)
      throw std::runtime_error{fmt::format(
          "the server ended before it was ready; its last line: {}", last)};
    std::this_thread::sleep_for(1ms);
  }
  throw std::runtime_error{
      fmt::format("the server was not ready after {} s", limit.count())};
}

} // namespace parley::bench
