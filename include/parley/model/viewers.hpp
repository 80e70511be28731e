#pragma once

#include "parley/base/hash.hpp"

#include <algorithm>
#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace parley::model {

/// Who may see the users of a partition, and by way of which node: a node is
/// told once, however many of its users see a change. `Node` is how one is
/// reached; it has an order.
template <class Node>
class viewers {
public:
  using groups = std::shared_ptr<const std::vector<hash128>>;

  struct viewer {
    Node node;
    std::string name;
    groups in; ///< That the viewer was a member of when they asked; sorted.
  };

  explicit viewers(size_t each_max) : each_max_(each_max) {}

  /// @returns false if too many see the user already.
  bool add(const std::string& user, const Node& node, const std::string& who,
           groups in) {
    auto& seen = all_[user];
    auto known = has(user, node, who);
    if (!known && seen.count >= each_max_)
      return false;
    seen.nodes[node].insert_or_assign(who, std::move(in));
    if (!known)
      ++seen.count;
    return true;
  }

  bool has(const std::string& user, const Node& node,
           const std::string& who) const {
    auto seen = all_.find(user);
    if (seen == all_.end())
      return false;
    auto at = seen->second.nodes.find(node);
    return at != seen->second.nodes.end() && at->second.count(who) != 0;
  }

  void remove(const std::string& user, const Node& node,
              const std::string& who) {
    auto seen = all_.find(user);
    if (seen == all_.end())
      return;
    auto at = seen->second.nodes.find(node);
    if (at == seen->second.nodes.end() || at->second.erase(who) == 0)
      return;
    --seen->second.count;
    if (at->second.empty())
      seen->second.nodes.erase(at);
    if (seen->second.nodes.empty())
      all_.erase(seen);
  }

  /// @returns the users whom nobody watches any more.
  std::vector<std::string> remove_node(const Node& node) {
    std::vector<std::string> left;
    for (auto i = all_.begin(); i != all_.end();) {
      auto& [user, seen] = *i;
      if (auto at = seen.nodes.find(node); at != seen.nodes.end()) {
        seen.count -= at->second.size();
        seen.nodes.erase(at);
      }
      if (seen.nodes.empty()) {
        left.push_back(user);
        i = all_.erase(i);
      } else {
        ++i;
      }
    }
    return left;
  }

  /// A user is no longer in a group: not for its sake do they see anybody.
  void leave_group(const std::string& user, const std::string& who,
                   const hash128& group) {
    auto seen = all_.find(user);
    if (seen == all_.end())
      return;
    for (auto& [node, names] : seen->second.nodes) {
      auto at = names.find(who);
      if (at == names.end()
          || !std::binary_search(at->second->begin(), at->second->end(), group))
        continue;
      auto less = *at->second;
      std::erase(less, group);
      at->second =
          std::make_shared<const std::vector<hash128>>(std::move(less));
    }
  }

  std::vector<Node> nodes_of(const std::string& user) const {
    std::vector<Node> result;
    if (auto seen = all_.find(user); seen != all_.end())
      for (const auto& [node, names] : seen->second.nodes)
        result.push_back(node);
    return result;
  }

  std::vector<viewer> of(const std::string& user) const {
    std::vector<viewer> result;
    if (auto seen = all_.find(user); seen != all_.end())
      for (const auto& [node, names] : seen->second.nodes)
        for (const auto& [name, in] : names)
          result.push_back({node, name, in});
    return result;
  }

  bool watched(const std::string& user) const { return all_.count(user) != 0; }
  bool empty() const noexcept { return all_.empty(); }

private:
  struct watched_user {
    std::map<Node, std::map<std::string, groups>> nodes;
    size_t count = 0; ///< Of viewers.
  };

  size_t each_max_;
  std::unordered_map<std::string, watched_user> all_;
};

} // namespace parley::model
