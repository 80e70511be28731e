#pragma once

#include "parley/base/clock.hpp"
#include "parley/base/error.hpp"
#include "parley/base/hash.hpp"
#include "parley/base/random.hpp"
#include "parley/config/settings.hpp"
#include "parley/history/records.hpp"
#include "parley/history/store.hpp"
#include "parley/model/nearest.hpp"
#include "parley/model/pace.hpp"

#include <caf/actor.hpp>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace parley {

/// Who a sound token speaks for.
struct identity {
  std::string user;
  std::string login; ///< Empty for an external login service's tokens.
  timestamp expires = 0;
  bool external = false; ///< The user is made at first sight.
};

/// Checks access tokens; safe to call from any thread, does no I/O.
class token_checker {
public:
  virtual ~token_checker() = default;
  /// Errors: `unauthenticated`.
  virtual result<identity> check(std::string_view token) const = 0;
};

/// What the part that notifies people who are away is for the others.
struct push_access {
  caf::actor dispatcher; ///< None: nobody is notified.
  bool webhook = false;  ///< It gets everybody's notifications.
  std::string vapid_key; ///< base64url, for browsers.
  /// Says what is wrong with a subscription that a client gave, or nothing.
  std::function<std::optional<error>(const history::subscription_record&)>
      check;
};

/// In which epochs this node leads its partitions, as of what its store holds:
/// while it says that an epoch is led here, nothing of a later one can be read.
/// Safe to ask from any thread.
class led_epochs {
public:
  void resize(size_t partitions) {
    all_ = std::vector<std::atomic<uint64_t>>(partitions);
  }
  /// Called before the store changes its mind. @param epoch 0: it leads not.
  void set(uint16_t partition, uint64_t epoch) noexcept {
    if (partition < all_.size())
      all_[partition].store(epoch, std::memory_order_release);
  }
  /// 0: none.
  uint64_t of(size_t partition) const noexcept {
    return partition < all_.size()
               ? all_[partition].load(std::memory_order_acquire)
               : 0;
  }

private:
  std::vector<std::atomic<uint64_t>> all_;
};

/// What the presence of all partitions of a node may do together.
struct presence_budget {
  explicit presence_budget(const config::presence_settings& by)
      : tells(by.changes_per_s),
        writes(by.writes_per_s),
        rows(by.writes_waiting_max) {}

  model::pace tells;  ///< Changes of status.
  model::pace writes; ///< Rows.
  model::waiting_room rows;
};

/// What all actors of a node share. Everything in it is fixed before the first
/// actor that uses it starts, or is safe to use from any thread.
struct node_context {
  config::settings settings;
  const wall_clock* clock = nullptr;
  random_source* random = nullptr;
  const history::store* store = nullptr; ///< Reads only; see reach::memory.
  const token_checker* tokens = nullptr;
  uint64_t starts = 0; ///< Number of this start; standalone: also the epoch.
  caf::actor journal;
  std::vector<caf::actor> readers;
  std::vector<caf::actor> partitions;
  std::vector<caf::actor> couriers;
  caf::actor presence_hub; ///< Knows what this node's sessions watch.
  std::shared_ptr<presence_budget> presence;
  push_access push;
  /// The living nodes of the cluster, this one among them. Not set: there is
  /// only this one.
  std::function<std::vector<model::known_node>()> alive;
  /// Whom to ask `get_leaders`. None: this node leads everything.
  caf::actor directory;
  mutable led_epochs led;
  mutable std::atomic<size_t> next_reader{0};
  mutable std::atomic<bool> refuses_sends{false}; ///< The disk is nearly full.

  place where(std::string_view name) const noexcept {
    return place_of(name, static_cast<uint32_t>(partitions.size()));
  }
  /// The home partition of a name.
  const caf::actor& home(std::string_view name) const noexcept {
    return partitions[where(name).partition];
  }
  /// Whether that is led here: then the store has all of it.
  bool leads(std::string_view name) const noexcept {
    return led.of(where(name).partition) != 0;
  }
  void divide_into(size_t count) {
    partitions.resize(count);
    led.resize(count);
    presence = std::make_shared<presence_budget>(settings.presence);
  }
};

using context_ptr = std::shared_ptr<const node_context>;

} // namespace parley
