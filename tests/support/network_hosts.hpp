#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace parley::test {

/// Hosts of a network of their own: namespaces that a switch joins, out of
/// reach of everything else. They are gone with the object. Needs root.
class network_hosts {
public:
  /// Whether this process may make some.
  static bool possible();

  /// @throws std::runtime_error naming the command that failed.
  explicit network_hosts(size_t count);
  network_hosts(const network_hosts&) = delete;
  network_hosts& operator=(const network_hosts&) = delete;
  ~network_hosts();

  size_t count() const { return count_; }
  std::string address(size_t host) const; ///< IPv4; hosts count from 0.

  /// The command line that runs `argv` on a host.
  std::vector<std::string> on(size_t host, std::vector<std::string> argv) const;

  /// While it lives, the thread that made it is on a host, with all threads
  /// and programs that it starts meanwhile.
  class visit {
  public:
    visit(const network_hosts& of, size_t host);
    visit(const visit&) = delete;
    visit& operator=(const visit&) = delete;
    ~visit();

  private:
    int home_; ///< The network that the thread came from.
  };

  /// What one sends to the other disappears, without an answer.
  void cut(size_t a, size_t b);
  void cut_one_way(size_t from, size_t to);
  void isolate(size_t host); ///< From all others.
  void heal();               ///< Everything.

private:
  std::string name(size_t host) const;
  std::string switch_name() const;
  void make();
  void remove() noexcept;

  size_t count_;
  std::string prefix_;
};

} // namespace parley::test
