#include "cluster/service.hpp"

#include "parley/cluster/memory_coordination.hpp"

namespace parley::test {

namespace {

class in_memory final : public service {
public:
  in_memory() { root_ = "/test"; }

  std::unique_ptr<cluster::coordination> connect() override {
    return tree_.connect(tasks_.poster());
  }

  bool until(const std::function<bool()>& holds) override {
    while (!holds())
      if (tree_.deliver() + tasks_.run() == 0)
        return holds();
    return true;
  }

  void expire(cluster::coordination& of) override {
    dynamic_cast<cluster::memory_client&>(of).expire();
  }

  void freeze() override {
    for (auto* each : tree_.clients())
      each->hold();
  }
  void cut() override {
    for (auto* each : tree_.clients())
      each->cut(cluster::in_doubt::lost);
  }
  void heal() override {
    for (auto* each : tree_.clients()) {
      each->heal();
      each->release();
    }
  }

private:
  cluster::memory_service tree_;
};

} // namespace

std::unique_ptr<service> make_service() {
  return std::make_unique<in_memory>();
}

} // namespace parley::test
