#include "support/child_process.hpp"

#include <array>
#include <cerrno>
#include <condition_variable>
#include <csignal>
#include <fcntl.h>
#include <mutex>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <system_error>
#include <thread>
#include <unistd.h>

namespace parley::test {

namespace {

[[noreturn]] void fail(const std::string& what) {
  throw std::system_error(errno, std::generic_category(), what);
}

struct pipe_ends {
  int read_end;
  int write_end;
};

pipe_ends make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0)
    fail("pipe2");
  return {ends[0], ends[1]};
}

/// Becomes readable when the process ends. The C library's own function is
/// declared without C linkage in Debian 12.
int open_pid_fd(pid_t pid) {
  const auto fd = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
  if (fd < 0)
    fail("pidfd_open");
  return fd;
}

std::vector<char*> pointers(const std::vector<std::string>& strings) {
  std::vector<char*> result;
  for (const auto& string : strings)
    result.push_back(const_cast<char*>(string.c_str()));
  result.push_back(nullptr);
  return result;
}

std::vector<std::string>
merged_environment(const child_process::environment& extra) {
  std::vector<std::string> result;
  for (char** entry = environ; *entry; ++entry) {
    std::string_view text(*entry);
    if (!extra.contains(std::string(text.substr(0, text.find('=')))))
      result.emplace_back(text);
  }
  for (const auto& [name, value] : extra)
    result.push_back(name + "=" + value);
  return result;
}

} // namespace

struct child_process::state {
  pid_t pid = -1;
  int pid_fd = -1;
  int out_fd = -1;
  int err_fd = -1;
  std::optional<int> status;
  mutable std::mutex mutex;
  std::condition_variable grown;
  std::string out;
  std::string err;
  bool ended = false; ///< Both streams are at their end.
  std::thread drain;

  /// Moves what there is on `fd` to `text`; false at the end of the stream.
  bool take(int fd, std::string& text) {
    std::array<char, 4096> chunk; // NOLINT: read() fills it
    const auto count = ::read(fd, chunk.data(), chunk.size());
    if (count <= 0)
      return count < 0 && errno == EINTR;
    std::lock_guard guard(mutex);
    text.append(chunk.data(), static_cast<size_t>(count));
    grown.notify_all();
    return true;
  }

  void drain_streams() {
    std::array<pollfd, 2> streams{pollfd{out_fd, POLLIN, 0},
                                  pollfd{err_fd, POLLIN, 0}};
    while (streams[0].fd >= 0 || streams[1].fd >= 0) {
      if (::poll(streams.data(), streams.size(), -1) < 0)
        continue;
      if (streams[0].revents && !take(out_fd, out))
        streams[0].fd = -1;
      if (streams[1].revents && !take(err_fd, err))
        streams[1].fd = -1;
    }
    std::lock_guard guard(mutex);
    ended = true;
    grown.notify_all();
  }

  ~state() {
    if (!status) {
      ::kill(pid, SIGKILL);
      ::waitpid(pid, nullptr, 0);
    }
    drain.join();
    for (int fd : {pid_fd, out_fd, err_fd})
      ::close(fd);
  }
};

child_process::child_process(const std::vector<std::string>& argv,
                             const environment& extra, std::string_view input) {
  if (::access(argv.at(0).c_str(), X_OK) != 0)
    fail("cannot run " + argv[0]);
  auto arguments = pointers(argv);
  auto variables_text = merged_environment(extra);
  auto variables = pointers(variables_text);
  auto in = make_pipe();
  auto out = make_pipe();
  auto err = make_pipe();
  const auto parent = ::getpid();
  const auto pid = ::fork();
  if (pid < 0)
    fail("fork");
  if (pid == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent)
      ::_exit(127);
    ::dup2(in.read_end, STDIN_FILENO);
    ::dup2(out.write_end, STDOUT_FILENO);
    ::dup2(err.write_end, STDERR_FILENO);
    ::execve(arguments[0], arguments.data(), variables.data());
    ::_exit(127);
  }
  // A pipe holds 64 KiB, so this does not wait for the child.
  const auto written = ::write(in.write_end, input.data(), input.size());
  ::close(in.write_end);
  ::close(in.read_end);
  ::close(out.write_end);
  ::close(err.write_end);
  state_ = std::make_unique<state>();
  state_->pid = pid;
  state_->pid_fd = open_pid_fd(pid);
  state_->out_fd = out.read_end;
  state_->err_fd = err.read_end;
  state_->drain = std::thread([s = state_.get()] { s->drain_streams(); });
  if (written != static_cast<ssize_t>(input.size()))
    fail("write to the child");
}

child_process::child_process(child_process&&) noexcept = default;
child_process& child_process::operator=(child_process&&) noexcept = default;
child_process::~child_process() = default;

std::optional<std::string> child_process::wait_for_line(std::string_view start,
                                                        milliseconds limit) {
  const auto deadline = clock::now() + limit;
  std::unique_lock lock(state_->mutex);
  for (;;) {
    const std::string_view text = state_->out;
    for (size_t at = 0; at < text.size();) {
      const auto end = text.find('\n', at);
      if (end == std::string_view::npos)
        break;
      if (text.substr(at, end - at).starts_with(start))
        return std::string(text.substr(at, end - at));
      at = end + 1;
    }
    if (state_->ended)
      return std::nullopt;
    if (state_->grown.wait_until(lock, deadline) == std::cv_status::timeout)
      return std::nullopt;
  }
}

void child_process::signal(int number) {
  if (!state_->status)
    ::kill(state_->pid, number);
}

int child_process::wait_exit(milliseconds limit) {
  if (state_->status)
    return *state_->status;
  pollfd end{state_->pid_fd, POLLIN, 0};
  if (::poll(&end, 1, static_cast<int>(limit.count())) != 1)
    throw timed_out("the process still runs; its errors so far:\n" + errors());
  int raw = 0;
  ::waitpid(state_->pid, &raw, 0);
  state_->status = WIFEXITED(raw) ? WEXITSTATUS(raw) : -WTERMSIG(raw);
  std::unique_lock lock(state_->mutex);
  state_->grown.wait_for(lock, limit, [this] { return state_->ended; });
  return *state_->status;
}

bool child_process::running() {
  pollfd end{state_->pid_fd, POLLIN, 0};
  return !state_->status && ::poll(&end, 1, 0) == 0;
}

int child_process::pid() const {
  return state_->pid;
}

std::string child_process::output() const {
  std::lock_guard guard(state_->mutex);
  return state_->out;
}

std::string child_process::errors() const {
  std::lock_guard guard(state_->mutex);
  return state_->err;
}

finished run(const std::vector<std::string>& argv,
             const child_process::environment& extra, std::string_view input) {
  child_process child(argv, extra, input);
  const auto status = child.wait_exit();
  return {status, child.output(), child.errors()};
}

} // namespace parley::test
