#include "parley/base/secret_file.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace parley {

namespace {

class descriptor {
public:
  explicit descriptor(int number) : number_(number) {}
  descriptor(const descriptor&) = delete;
  descriptor& operator=(const descriptor&) = delete;
  ~descriptor() {
    if (number_ >= 0)
      ::close(number_);
  }

  explicit operator bool() const noexcept { return number_ >= 0; }
  int number() const noexcept { return number_; }

private:
  int number_;
};

error trouble(const std::string& path, std::string_view what) {
  return {errc::internal, fmt::format("{}: {}", path, what)};
}

error trouble_of_system(const std::string& path, int number) {
  return trouble(path, std::strerror(number));
}

/// At most `bytes_max` bytes and one, which tells that there are more.
result<std::string> read_all(const std::string& path, const descriptor& from,
                             size_t bytes_max) {
  std::string bytes(bytes_max + 1, '\0');
  size_t size = 0;
  while (size < bytes.size()) {
    auto n = ::read(from.number(), bytes.data() + size, bytes.size() - size);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return trouble_of_system(path, errno);
    if (n == 0)
      break;
    size += static_cast<size_t>(n);
  }
  bytes.resize(size);
  return bytes;
}

result<std::string> check(const std::string& path, const descriptor& file) {
  struct stat about {};
  if (::fstat(file.number(), &about) != 0)
    return trouble_of_system(path, errno);
  if (!S_ISREG(about.st_mode))
    return trouble(path, "is not a plain file");
  if ((about.st_mode & (S_IRWXG | S_IRWXO)) != 0)
    return trouble(path,
                   "is open to others than its owner; expected mode 0600");
  auto secret = read_all(path, file, secret_bytes_max);
  if (secret
      && (secret->size() < secret_bytes_min
          || secret->size() > secret_bytes_max))
    return trouble(path, fmt::format("has {} bytes; expected {} to {}",
                                     secret->size(), secret_bytes_min,
                                     secret_bytes_max));
  return secret;
}

/// Writes beside `path` and links, so that the name never stands for a part of
/// the secret. @returns an errno; EEXIST if another process was first.
int write_new(const std::string& path, const std::string& secret) {
  auto draft = path + ".new";
  ::unlink(draft.c_str());
  descriptor file{
      ::open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)};
  if (!file)
    return errno;
  auto written = ::write(file.number(), secret.data(), secret.size());
  int failed = 0;
  if (written != static_cast<ssize_t>(secret.size()))
    failed = written < 0 ? errno : ENOSPC;
  else if (::fsync(file.number()) != 0
           || ::link(draft.c_str(), path.c_str()) != 0)
    failed = errno;
  ::unlink(draft.c_str());
  return failed;
}

/// Makes the new name itself survive a power loss.
void sync_directory(const std::string& path) {
  auto parent = std::filesystem::path{path}.parent_path();
  descriptor directory{::open(parent.empty() ? "." : parent.c_str(),
                              O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (directory)
    ::fsync(directory.number());
}

} // namespace

result<std::string> open_secret(const std::string& path,
                                const std::function<std::string()>& make) {
  descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  if (file)
    return check(path, file);
  if (errno != ENOENT)
    return trouble_of_system(path, errno);
  auto failed = write_new(path, make());
  if (failed != 0 && failed != EEXIST)
    return trouble_of_system(path, failed);
  sync_directory(path);
  descriptor made{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (!made)
    return trouble_of_system(path, errno);
  return check(path, made);
}

result<std::string> open_secret(const std::string& path,
                                random_source& random) {
  return open_secret(path, [&random] {
    std::string secret(secret_bytes_min, '\0');
    random.fill(secret.data(), secret.size());
    return secret;
  });
}

result<std::string> read_small_file(const std::string& path, size_t bytes_max) {
  descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  if (!file)
    return trouble_of_system(path, errno);
  auto bytes = read_all(path, file, bytes_max);
  if (bytes && bytes->size() > bytes_max)
    return trouble(path, fmt::format("has more than {} bytes", bytes_max));
  return bytes;
}

} // namespace parley
