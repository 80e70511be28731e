#pragma once

#include "cluster/task_queue.hpp"

namespace parley::test {

/// A coordination service under test with the faults that it can be made to
/// have. Each is a program of its own with the same cases.
class service {
public:
  virtual ~service() = default;

  virtual std::unique_ptr<cluster::coordination> connect() = 0;

  /// Lets things happen until `holds`.
  /// @returns whether it came to hold.
  virtual bool until(const std::function<bool()>& holds) = 0;

  /// Ends the session of a connected client.
  virtual void expire(cluster::coordination& of) = 0;

  /// From now on nothing is answered.
  virtual void freeze() = 0;
  /// All connections break; what was not answered is in doubt.
  virtual void cut() = 0;
  virtual void heal() = 0;

  /// An entry for this test alone.
  std::string root() const { return root_; }

protected:
  task_queue tasks_;
  std::string root_;
};

/// Defined by the program.
std::unique_ptr<service> make_service();

} // namespace parley::test
