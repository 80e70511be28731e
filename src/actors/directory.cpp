#include "parley/actors/directory.hpp"

#include "parley/actors/ask.hpp"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <memory>
#include <utility>

namespace parley {

namespace {

/// Someone waits for it while typing.
constexpr auto search_timeout = std::chrono::seconds{3};

/// A node that stands alone leads everything.
leaders alone(const node_context& node) {
  leaders all;
  auto& self = all.nodes.emplace_back();
  self.partitions = node.partitions;
  if (!node.partitions.empty())
    self.where = node.partitions.front().node();
  for (size_t i = 0; i < node.partitions.size(); ++i)
    self.leads.push_back(static_cast<uint16_t>(i));
  return all;
}

/// One search; lives on one courier.
class search : public std::enable_shared_from_this<search> {
public:
  search(find_accounts what, std::function<void(result<search_result>)> done)
      : what_(std::move(what)), done_(std::move(done)) {}

  /// What nobody leads at the moment is looked for here, where a replica of it
  /// may be.
  void begin(caf::event_based_actor* self, leaders all) {
    found_.partial = !all.without.empty();
    if (!all.nodes.empty())
      std::ranges::move(all.without,
                        std::back_inserter(all.nodes.front().leads));
    std::erase_if(all.nodes, [](const auto& x) { return x.leads.empty(); });
    open_ = all.nodes.size();
    if (open_ == 0)
      return end();
    for (auto& node : all.nodes) {
      what_.partitions = std::move(node.leads);
      self->request(node.partitions.front(), search_timeout, what_)
          .then(
              [me = shared_from_this()](accounts_found& x) {
                me->answered_ = true;
                std::ranges::move(x.all, std::back_inserter(me->found_.all));
                me->take();
              },
              [me = shared_from_this()](const caf::error&) {
                me->found_.partial = true;
                me->take();
              });
    }
  }

  void fail(const error& why) { done_(why); }

private:
  void take() {
    if (--open_ == 0)
      end();
  }

  void end() {
    if (!answered_)
      return fail({errc::unavailable, "nobody answers; try again", 1000});
    auto& all = found_.all;
    std::ranges::sort(all, {}, &found_account::user);
    auto doubled = std::ranges::unique(all, {}, &found_account::user);
    all.erase(doubled.begin(), doubled.end());
    if (all.size() > what_.limit)
      all.resize(what_.limit);
    done_(std::move(found_));
  }

  find_accounts what_;
  std::function<void(result<search_result>)> done_;
  search_result found_;
  size_t open_ = 0;
  bool answered_ = false;
};

} // namespace

void ask_leaders(const node_context& node,
                 std::function<void(result<leaders>)> done) {
  if (node.directory)
    ask<leaders>(node, node.directory, std::move(done), get_leaders{});
  else
    done(alone(node));
}

void search_accounts(const node_context& node, std::string prefix,
                     uint32_t limit,
                     std::function<void(result<search_result>)> done) {
  auto it = std::make_shared<search>(
      find_accounts{std::move(prefix), limit, {}}, std::move(done));
  auto begin = [it](caf::event_based_actor* self, leaders all) {
    it->begin(self, std::move(all));
  };
  if (!node.directory)
    return send_errand(
        node, [begin, all = alone(node)](auto* self) { begin(self, all); });
  send_errand(node, [it, begin, whom = node.directory](auto* self) {
    self->request(whom, ask_timeout, get_leaders{})
        .then([begin, self](leaders& all) { begin(self, std::move(all)); },
              [it](const caf::error& why) { it->fail(from_caf(why)); });
  });
}

} // namespace parley
