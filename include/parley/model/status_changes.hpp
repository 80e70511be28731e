#pragma once

#include "parley/base/clock.hpp"
#include "parley/model/pace.hpp"
#include "parley/protocol/events.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace parley::model {

/// One moment by two clocks.
struct moment {
  int64_t steady = 0; ///< Milliseconds; decides what is due.
  timestamp wall = 0; ///< What a `last_active` says.
};

struct presence_rules {
  std::chrono::milliseconds coalesce{0};    ///< A change lasts as long.
  std::chrono::milliseconds write_every{1}; ///< Rows of who stays connected.
  int64_t settles = 0; ///< Until then sessions may come from another leader.
};

/// The users of a partition: what they are, what of it is told and written, and
/// when.
///
/// Going offline is told once it has lasted for `coalesce`; whatever else
/// changes is told at once, but nothing of a user within `coalesce` of what was
/// told of them last. Where nobody watches, the same happens unheard, so that
/// what is answered is always what a watcher would have been told last.
///
/// A row is due when something is told, and for who stays online every
/// `write_every`; a user waits for it once, however much changes meanwhile.
/// Nobody is remembered of whom nothing is to be told, known or written.
class status_changes {
public:
  using status = protocol::presence_status;

  struct seen {
    status is = status::offline;
    timestamp last_active = 0; ///< 0: never.
    bool certain = true; ///< Not: the user may be on the way from elsewhere.
  };
  struct told {
    std::string user;
    seen now;
  };
  struct row {
    std::string user;
    timestamp last_active = 0;
  };

  status_changes(presence_rules rules, waiting_room& rows_room);
  ~status_changes();
  status_changes(const status_changes&) = delete;
  status_changes& operator=(const status_changes&) = delete;

  /// The user's sessions say this now.
  /// @param held a user who left is not told offline for so long.
  void move(const std::string& user, status now_is, moment now,
            std::chrono::milliseconds held = {});

  /// Whether `last_active` is known; if not, it is to be read and restored.
  bool knows(const std::string& user) const;
  void restore(const std::string& user, timestamp last_active, moment now);

  /// Whether anybody watches the user: only then is something to be told.
  void watch(const std::string& user, bool watched, moment now);

  seen look(const std::string& user, moment now) const;

  /// How many changes are due to be told, counted up to `max`.
  size_t due(moment now, size_t max) const;
  /// Applies what nobody watches, and takes out up to `max` of what is due to
  /// be told: who came before who left.
  std::vector<told> take_due(moment now, size_t max);

  /// Rows that are due. They wait in the room; for who finds no place it stays
  /// as it was written last, or as long as they are online until the next
  /// `write_every`.
  size_t rows_due(moment now);
  /// Takes out up to `max`; the same rows are not due again before `settle`.
  std::vector<row> take_rows(moment now, size_t max);
  void settle_rows(moment now); ///< What was taken is written.
  /// Of all whose row is older than what is known of them, at the end.
  std::vector<row> last_rows(moment now) const;
  size_t rows_refused() const noexcept { return rows_refused_; }

  /// When to look again; nothing: not before something changes.
  std::optional<int64_t> next_due() const;
  size_t changes_waiting() const noexcept;
  size_t rows_waiting() const noexcept { return rows_.size(); }
  size_t users() const noexcept { return all_.size(); }

private:
  struct entry;
  using item = std::pair<const std::string, entry>;
  using key = std::pair<int64_t, uint64_t>; ///< When, and in which order.
  using queue = std::map<key, item*>;

  struct entry {
    status real = status::offline;
    std::optional<status> told; ///< Nothing: the leader before knew.
    int64_t told_at = 0;
    timestamp active = 0;
    bool known = false; ///< `active` is.
    bool watched = false;
    queue* waits_in = nullptr; ///< To be told.
    key waits_at;
    bool row_stale = false; ///< The row says less than is known.
    bool row_waits = false; ///< In `rows_`.
    bool row_taken = false;
    std::optional<key> row_later; ///< In `later_`.
  };

  item& find_or_add(const std::string& user, moment now);
  const entry* find(const std::string& user) const;
  void wait(item& x, int64_t when);
  void wait_no_more(entry& x);
  void apply(item& x, moment now);
  void want_row(item& x, int64_t when);
  void queue_row(item& x, moment now);
  void wait_for_next_row(item& x, int64_t when);
  void forget_if_nothing(item& x);
  seen seen_of(const entry& x, moment now) const;
  static timestamp active_of(const entry& x, moment now);

  presence_rules rules_;
  waiting_room& room_;
  std::unordered_map<std::string, entry> all_;
  queue unheard_; ///< Nobody watches.
  queue prompt_;
  queue patient_; ///< Who left.
  queue later_;   ///< Rows.
  std::deque<item*> rows_;
  std::vector<item*> taken_;
  uint64_t order_ = 0;
  size_t rows_refused_ = 0;
};

} // namespace parley::model
