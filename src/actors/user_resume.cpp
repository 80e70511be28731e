#include "actors/show.hpp"
#include "actors/store_read.hpp"
#include "actors/user.hpp"

#include "parley/base/limits.hpp"

#include <algorithm>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace parley {

namespace {

using history::record;

constexpr size_t marks_max = 4096;

using by_conversation = std::unordered_map<std::string_view, size_t>;

/// The conversations that inbox entries point to, in the order of their first
/// ones, asked what the entries look like now.
std::vector<show_question>
questions_about(const std::vector<recent_entry>& pointers) {
  std::vector<show_question> all;
  by_conversation at;
  for (const auto& p : pointers) {
    auto [known, is_new] = at.emplace(*p.conv, all.size());
    if (is_new)
      all.push_back({*p.conv, {{}, p.shown}});
    all[known->second].what.seqs.push_back(p.what.seq);
  }
  return all;
}

/// Puts what was shown, by `questions_about`, into the inbox's order, up to
/// `max_bytes` but one event at least. An entry that is gone is left out.
fetched page_of(const std::vector<recent_entry>& pointers,
                const std::vector<shown>& answers, size_t max_bytes) {
  by_conversation at;
  std::vector<size_t> taken(answers.size(), 0);
  auto events = std::make_shared<std::vector<live_event>>();
  fetched page;
  size_t bytes = 0;
  for (const auto& p : pointers) {
    auto which = at.emplace(*p.conv, at.size()).first->second;
    const auto& entries = answers[which].entries;
    if (taken[which] == entries.size())
      break;
    const auto& x = entries[taken[which]++];
    bytes += x.tail.size();
    if (bytes > max_bytes && !events->empty())
      break;
    if (x.found)
      events->push_back(
          {p.what.useq, x.kind, p.session, p.conv, p.what.seq, x.tail});
    page.upto = p.what.useq;
  }
  page.events = std::move(events);
  return page;
}

} // namespace

void user_state::on_attach(const attach& x) {
  if (!account_row && x.create) {
    history::batch rows;
    make_account(name, {}, rows);
    submit(std::move(rows), {});
  }
  if (!account_row)
    return refuse_attach(x, protocol::close_code::not_authenticated);
  if (account_row->disabled)
    return refuse_attach(x, protocol::close_code::ended);
  begin_session(x);
}

void user_state::refuse_attach(const attach& x, protocol::close_code code) {
  self->send(x.session, end_session{static_cast<uint16_t>(code)});
  self->send(partition, to_user{name}, detach{x.id});
}

/// Finds where the session's events begin: after `since`, after what its device
/// acknowledged, or at the head. That a client has to begin anew it hears only
/// once something was committed: a leader that was deposed, and does not know
/// it, knows nothing of what others gave out since (I5).
void user_state::begin_session(const attach& x) {
  auto known = false;
  auto lost = is_lost(x.device);
  auto& d = know_device(x.device, known);
  attached reply;
  reply.epoch = epoch;
  reply.head = reply.start = last;
  if (x.resumes || known) {
    auto since = x.resumes ? x.since : std::max(d.acked, acked[x.device]);
    if (since > last)
      reply.reset = "ahead";
    else if (since < trimmed || (lost && !x.resumes))
      reply.reset = "too_far";
    else
      reply.start = since;
  }
  if (x.again) {
    // What it was sent, it need not have.
    acked[x.device] = std::max(acked[x.device], x.acked);
    start_flush_timer();
  } else {
    d.acked = reply.start;
    acked.erase(x.device);
    acknowledge_push(d.acked);
  }
  history::batch rows;
  rows.put(history::family::state,
           history::state_key(record::device, where, d.device),
           history::encode(d));
  open_rows what;
  auto resets = !reply.reset.empty();
  auto tell = [this, to = x.session, reply = std::move(reply)] {
    self->send(to, reply);
  };
  if (resets)
    what.done = std::move(tell);
  else
    tell();
  submit(std::move(rows), std::move(what));
}

/// Whether a device was away for so long that its cursor counts no more.
bool user_state::is_lost(const std::string& device) {
  auto at = find_device(device);
  auto keep = int64_t{node->settings.storage.device_days} * 86'400'000;
  return at != devices.end() && at->last_seen + keep < node->clock->now();
}

/// The record of a device, made if it is new; then the one that was seen least
/// recently is forgotten, if there are too many. One that is connected is seen
/// now.
history::device_record& user_state::know_device(const std::string& id,
                                                bool& known) {
  auto at = find_device(id);
  known = at != devices.end();
  if (!known) {
    if (devices.size() >= limits::devices_max) {
      auto age = [this](const history::device_record& d) {
        return std::pair{is_online(d.device), d.last_seen};
      };
      auto oldest = std::min_element(
          devices.begin(), devices.end(),
          [&](const auto& a, const auto& b) { return age(a) < age(b); });
      history::batch rows;
      rows.erase(history::family::state,
                 history::state_key(record::device, where, oldest->device));
      submit(std::move(rows), {});
      acked.erase(oldest->device);
      devices.erase(oldest);
    }
    at = devices.insert(devices.end(), history::device_record{id, 0, 0});
  }
  at->last_seen = node->clock->now();
  return *at;
}

void user_state::on_fetch(const fetch& x) {
  if (x.after >= last)
    return answer_fetch(
        x, {0, last, false, std::make_shared<std::vector<live_event>>()});
  auto first_recent = !recent.empty()    ? recent.front().prev
                      : !pending.empty() ? pending.front().prev
                                         : last;
  if (x.after < first_recent)
    return fetch_stored(x);
  std::vector<recent_entry> wanted;
  auto want = [&](const recent_entry& e) {
    if (e.what.useq <= x.after
        || wanted.size() >= std::max<size_t>(x.max_events, 1))
      return;
    wanted.push_back(e);
    wanted.back().shown = list_entry(*e.conv).record.taken;
  };
  std::for_each(recent.begin(), recent.end(), want);
  std::for_each(pending.begin(), pending.end(), want);
  fetch_entries(x, std::move(wanted));
}

void user_state::fetch_entries(const fetch& x,
                               std::vector<recent_entry> wanted) {
  show_events(x, std::move(wanted),
              [this, x](fetched page) { answer_fetch(x, std::move(page)); });
}

/// @param done gets a page without events if that failed.
void user_state::show_events(const fetch& x, std::vector<recent_entry> wanted,
                             std::function<void(fetched)> done) {
  auto asked = questions_about(wanted);
  show_all(*this, std::move(asked), x.max_bytes,
           [wanted = std::move(wanted), done = std::move(done),
            max_bytes = x.max_bytes](result<std::vector<shown>> all) {
             done(all ? page_of(wanted, *all, max_bytes) : fetched{});
           });
}

/// What lies further back is found by the inbox's rows.
void user_state::fetch_stored(const fetch& x) {
  read_store<std::vector<history::inbox_entry>>(
      self, *node, meanwhile::goes_on,
      [at = where, after = x.after,
       events = std::max<size_t>(x.max_events, 1)](const history::store& from) {
        return history::read_inbox(from, at, after, events);
      },
      [this, x, end = durable](result<std::vector<history::inbox_entry>> rows) {
        if (rows)
          fetch_rows(x, std::move(*rows), end);
        else
          answer_fetch(x, {});
      });
}

/// @param end up to where the rows were durable when they were asked for.
void user_state::fetch_rows(const fetch& x,
                            std::vector<history::inbox_entry> rows,
                            uint64_t end) {
  std::erase_if(rows, [end](const auto& r) { return r.useq > end; });
  auto is_full = rows.size() >= std::max<size_t>(x.max_events, 1);
  auto upto = is_full ? rows.back().useq : end;
  std::unordered_map<hash128, const listed*> by_hash;
  for (const auto& [conv, in] : list)
    by_hash.emplace(in.key, &in);
  std::vector<recent_entry> wanted;
  for (auto& row : rows)
    if (auto in = by_hash.find(row.conv); in != by_hash.end())
      wanted.push_back(
          {0, row, in->second->name, {}, in->second->record.taken});
  auto newest = wanted.empty() ? 0 : wanted.back().what.useq;
  show_events(x, std::move(wanted), [this, x, upto, newest](fetched page) {
    if (page.events)
      for (const auto& e : *page.events)
        if (marks.size() < marks_max)
          marks.push_back({e.useq, *e.conv, e.seq});
    if (page.events && page.upto == newest)
      page.upto = upto;
    answer_fetch(x, std::move(page));
  });
}

/// A page without events means that reading failed: the session cannot be
/// served, and its client tries again, elsewhere perhaps.
void user_state::answer_fetch(const fetch& x, fetched page) {
  if (!page.events) {
    self->send(x.session, end_session{static_cast<uint16_t>(
                              protocol::close_code::draining)});
    return;
  }
  page.after = x.after;
  page.head = page.upto >= last;
  self->send(x.session, std::move(page));
}

void user_state::on_received(const received& x) {
  auto& upto = acked[x.device];
  upto = std::max(upto, x.useq);
  acknowledge_push(x.useq);
  start_flush_timer();
}

/// Tells conversations what has reached one of the user's devices.
void user_state::tell_delivered(uint64_t upto) {
  std::map<std::string, uint64_t> news;
  auto add = [&](const std::string& conv, uint64_t seq) {
    auto& newest = news[conv];
    newest = std::max(newest, seq);
  };
  for (const auto& e : recent)
    if (e.what.useq > delivered_upto && e.what.useq <= upto && !e.what.own)
      add(*e.conv, e.what.seq);
  while (!marks.empty() && marks.front().useq <= upto) {
    add(marks.front().conv, marks.front().seq);
    marks.pop_front();
  }
  delivered_upto = std::max(delivered_upto, upto);
  for (const auto& [conv, seq] : news)
    self->send(node->home(conv), to_conversation{conv},
               move_cursor{name, 0, seq, {}});
}

} // namespace parley
