#include "cluster/service.hpp"
#include "cluster/zookeeper_client.hpp"
#include "support/zookeeper_process.hpp"

namespace parley::test {

namespace {

/// One for all cases: it takes a second to start.
zookeeper_process& shared_zookeeper() {
  static zookeeper_process one;
  return one;
}

class in_zookeeper final : public service {
public:
  in_zookeeper() {
    static int count = 0;
    root_ = "/test-" + std::to_string(++count);
  }

  std::unique_ptr<cluster::coordination> connect() override {
    return cluster::connect_zookeeper(
        {shared_zookeeper().servers(), milliseconds{10'000}}, tasks_.poster());
  }

  bool until(const std::function<bool()>& holds) override {
    return until(holds, 2 * patience);
  }

  void expire(cluster::coordination& of) override {
    auto& client = dynamic_cast<cluster::zookeeper_client&>(of);
    auto over = false;
    auto held = of.subscribe([&](auto& x) {
      over = over || x.state == cluster::session_state::expired;
    });
    // The client may take its session back before it is closed.
    eventually([&] {
      client.close_session_from_elsewhere();
      return until([&] { return over; }, milliseconds{2000});
    });
  }

  void freeze() override { shared_zookeeper().pause(); }
  void cut() override { shared_zookeeper().kill(); }
  void heal() override { shared_zookeeper().restart(); }

private:
  bool until(const std::function<bool()>& holds, milliseconds limit) {
    const auto deadline = clock::now() + limit;
    while (!holds())
      if (!tasks_.run_one(milliseconds{100}) && clock::now() > deadline)
        return holds();
    return true;
  }
};

} // namespace

std::unique_ptr<service> make_service() {
  return std::make_unique<in_zookeeper>();
}

} // namespace parley::test
