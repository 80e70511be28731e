#include "actors/show.hpp"

#include "actors/store_read.hpp"
#include "actors/user.hpp"

#include "parley/base/limits.hpp"
#include "parley/protocol/events.hpp"
#include "parley/protocol/text.hpp"

#include <utility>

namespace parley {

namespace {

/// Longer than a partition holds what it cannot pass on.
constexpr std::chrono::seconds show_timeout{20};

/// A group's name as of `seq`: what came later is not for those who left.
result<std::string> name_at(const history::store& from, const place& where,
                            uint64_t seq) {
  constexpr uint64_t step = 256;
  for (auto until = seq; until > 0;) {
    auto after = until > step ? until - step : 0;
    auto some = history::read_entries(from, where, after, until, step);
    if (!some)
      return some.error();
    for (auto x = some->rbegin(); x != some->rend(); ++x)
      if (x->kind == entry_kind::group)
        return x->text;
    until = after;
  }
  return std::string{};
}

result<std::string> name_now(const history::store& from, const place& where) {
  auto row = history::load<history::conversation_record>(
      from, history::state_key(history::record::conversation, where));
  if (!row)
    return row.error();
  return *row ? (*row)->name : std::string{};
}

/// What an inbox points to was committed; a store without it is not the
/// leader's any more.
result<shown_entry> gone_or_behind(const history::store& from,
                                   const place& where, uint64_t seq) {
  auto last = history::last_entry(from, where);
  if (!last)
    return last.error();
  if (last->first < seq)
    return error{errc::unavailable, "this node is behind; try again", 1000};
  shown_entry gone;
  gone.seq = seq;
  return gone;
}

result<shown_entry> read_one(const history::store& from, const place& where,
                             const std::string& conv, uint64_t seq,
                             const show& what) {
  auto found = history::read_item(from, where, seq, what.visible);
  if (!found && found.error().code == errc::not_found)
    return gone_or_behind(from, where, seq);
  if (!found)
    return found.error();
  auto& body = found->what.body;
  shown_entry one{seq, true, found->what.kind, found->what.from, {}, {}};
  if (what.brief) {
    body.resize(protocol::first_chars(body, limits::preview_chars).size());
    one.text = body;
  }
  one.tail = protocol::encode_tail(conv, *found);
  return one;
}

} // namespace

result<shown> read_shown(const history::store& from, const place& where,
                         const std::string& conv, const show& what) {
  shown all;
  if (what.name != name_of::nobody) {
    auto name = what.name == name_of::now ? name_now(from, where)
                                          : name_at(from, where, what.visible);
    if (!name)
      return name.error();
    all.name = std::move(*name);
  }
  uint64_t bytes = 0;
  for (auto seq : what.seqs) {
    auto one = read_one(from, where, conv, seq, what);
    if (!one)
      return one.error();
    bytes += one->tail.size();
    if (bytes > what.max_bytes && !all.entries.empty())
      break;
    all.entries.push_back(std::move(*one));
  }
  return all;
}

void wake_if_behind(const node_context& node, const std::string& conv,
                    const error& why) {
  if (why.code == errc::unavailable)
    caf::anon_send(node.home(conv), to_conversation{conv}, wake{});
}

namespace {

/// Answers that come in by and by.
struct gathering {
  std::vector<shown> all;
  size_t open = 0;
  std::function<void(result<std::vector<shown>>)> done;

  void take(const std::vector<size_t>& at, result<std::vector<shown>> some) {
    if (!done)
      return;
    if (!some)
      return std::exchange(done, nullptr)(some.error());
    for (size_t i = 0; i < at.size(); ++i)
      all[at[i]] = std::move((*some)[i]);
    if (--open == 0)
      std::exchange(done, nullptr)(std::move(all));
  }
};

void show_here(user_state& by, std::vector<show_question> questions,
               uint64_t max_bytes,
               std::function<void(result<std::vector<shown>>)> done) {
  auto partitions = static_cast<uint32_t>(by.node->partitions.size());
  read_store<std::vector<shown>>(
      by.self, *by.node, meanwhile::goes_on,
      [questions = std::move(questions), partitions, max_bytes, node = by.node](
          const history::store& from) -> result<std::vector<shown>> {
        std::vector<shown> all(questions.size());
        uint64_t bytes = 0;
        for (size_t i = 0; i < all.size() && bytes <= max_bytes; ++i) {
          const auto& x = questions[i];
          auto one =
              read_shown(from, place_of(x.conv, partitions), x.conv, x.what);
          if (!one) {
            wake_if_behind(*node, x.conv, one.error());
            return one.error();
          }
          for (const auto& entry : one->entries)
            bytes += entry.tail.size();
          all[i] = std::move(*one);
        }
        return all;
      },
      std::move(done));
}

} // namespace

void show_all(user_state& by, std::vector<show_question> all,
              uint64_t max_bytes,
              std::function<void(result<std::vector<shown>>)> done) {
  if (all.empty())
    return done(std::vector<shown>{});
  auto into = std::make_shared<gathering>();
  into->all.resize(all.size());
  into->done = std::move(done);
  std::vector<show_question> here;
  std::vector<size_t> at_here;
  for (size_t i = 0; i < all.size(); ++i) {
    all[i].what.max_bytes = max_bytes / all.size();
    if (by.node->leads(all[i].conv)) {
      here.push_back(std::move(all[i]));
      at_here.push_back(i);
      continue;
    }
    ++into->open;
    auto asked = by.questions.ask();
    by.self
        ->request(by.node->home(all[i].conv), show_timeout,
                  to_conversation{all[i].conv}, std::move(all[i].what))
        .then(
            [into, i, asked](shown& x) {
              into->take({i}, std::vector<shown>{std::move(x)});
            },
            [into, asked](const caf::error& why) {
              into->take({}, from_caf(why));
            });
  }
  if (here.empty())
    return;
  ++into->open;
  show_here(by, std::move(here), max_bytes,
            [into, at = std::move(at_here)](result<std::vector<shown>> x) {
              into->take(at, std::move(x));
            });
}

} // namespace parley
