#include "parley/admin/control.hpp"

#include "admin/net.hpp"
#include "admin/peer.hpp"

#include "parley/admin/limits.hpp"
#include "parley/base/log.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <sys/stat.h>
#include <thread>
#include <unordered_map>

namespace parley::admin {

namespace fs = std::filesystem;

std::string socket_path(const config::settings& of) {
  if (!of.admin.socket.empty())
    return of.admin.socket;
  return (fs::path{of.node.data_dir} / "parley.sock").string();
}

namespace {

error failure(std::string message) {
  return {errc::unavailable, std::move(message), 0};
}

/// Removes a socket that its owner left behind when it crashed.
result<void> remove_stale(asio::io_context& io, const std::string& path) {
  std::error_code none;
  auto what = fs::symlink_status(path, none).type();
  if (what == fs::file_type::not_found)
    return {};
  if (what != fs::file_type::socket)
    return failure(fmt::format("{} exists and is not a socket", path));
  error_code failed;
  local::socket{io}.connect(local::endpoint{path}, failed);
  if (!failed)
    return failure(fmt::format("another process answers on {}", path));
  if (failed != asio::error::connection_refused)
    return failure(fmt::format("{}: {}", path, failed.message()));
  fs::remove(path, none);
  return {};
}

result<void> listen(local::acceptor& to, const std::string& path) {
  error_code failed;
  to.open(local{}, failed);
  // The file takes its mode from the socket at the bind, so that there is no
  // moment in which others may connect.
  if (!failed && ::fchmod(to.native_handle(), S_IRUSR | S_IWUSR) != 0)
    failed.assign(errno, boost::system::system_category());
  if (!failed)
    to.bind(local::endpoint{path}, failed);
  if (!failed)
    to.listen(static_cast<int>(clients_max), failed);
  if (failed)
    return failure(fmt::format("{}: {}", path, failed.message()));
  return {};
}

} // namespace

struct control::listener {
  explicit listener(services what) : with(std::move(what)) {}

  services with;
  std::string path;
  std::shared_ptr<asio::io_context> io = std::make_shared<asio::io_context>(1);
  local::acceptor acceptor{*io};
  asio::steady_timer pause{*io};
  std::unordered_map<peer*, std::shared_ptr<peer>> peers;
  std::thread thread;

  void accept() {
    acceptor.async_accept([this](error_code failed, local::socket socket) {
      if (!acceptor.is_open())
        return;
      if (failed)
        return retry(failed);
      welcome(std::move(socket));
      accept();
    });
  }

  /// Out of descriptors, most likely: waits, so as not to spin.
  void retry(error_code failed) {
    log::warn("admin.accept_failed", "reason=\"{}\"", failed.message());
    pause.expires_after(std::chrono::seconds{1});
    pause.async_wait([this](error_code cancelled) {
      if (!cancelled)
        accept();
    });
  }

  void welcome(local::socket socket) {
    if (peers.size() >= clients_max) {
      static constexpr std::string_view full =
          R"({"ok":false,"code":"unavailable","error":"too many clients"})"
          "\n";
      error_code ignored;
      socket.non_blocking(true, ignored);
      socket.write_some(asio::buffer(full), ignored);
      return;
    }
    auto one = std::make_shared<peer>(io, std::move(socket), with,
                                      [this](peer* x) { peers.erase(x); });
    peers.emplace(one.get(), one);
    one->start();
  }

  void close() {
    error_code ignored;
    acceptor.close(ignored);
    pause.cancel();
    for (const auto& one : std::exchange(peers, {}))
      one.second->close();
  }
};

control::control() = default;

control::~control() {
  stop();
}

result<std::unique_ptr<control>> control::start(services with,
                                                const std::string& path) {
  if (path.empty() || path.size() > path_bytes_max)
    return failure(fmt::format("the control socket's path may have {} bytes: "
                               "set admin.socket to a shorter one",
                               path_bytes_max));
  auto made = std::unique_ptr<control>{new control};
  auto on = std::make_unique<listener>(std::move(with));
  if (auto removed = remove_stale(*on->io, path); !removed)
    return removed.error();
  if (auto bound = listen(on->acceptor, path); !bound)
    return bound.error();
  on->path = path;
  on->accept();
  on->thread = std::thread{[io = on->io] {
    io->run();
  }};
  made->listener_ = std::move(on);
  return made;
}

void control::stop() {
  if (!listener_)
    return;
  std::error_code ignored;
  fs::remove(listener_->path, ignored);
  asio::post(*listener_->io, [on = listener_.get()] { on->close(); });
  listener_->thread.join();
  listener_.reset();
}

} // namespace parley::admin
