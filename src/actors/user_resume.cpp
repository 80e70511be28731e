#include "actors/store_read.hpp"
#include "actors/user.hpp"

#include "parley/base/limits.hpp"
#include "parley/protocol/events.hpp"

#include <algorithm>
#include <utility>

namespace parley {

namespace {

using history::record;

constexpr size_t marks_max = 4096;

/// Reads what inbox entries point to, as the history shows it now to this user,
/// up to `max_bytes` but one at least. An entry that is gone is left out.
result<fetched> read_events(const history::store& from, uint32_t partitions,
                            const std::vector<recent_entry>& pointers,
                            size_t max_bytes) {
  auto events = std::make_shared<std::vector<live_event>>();
  fetched page;
  size_t bytes = 0;
  for (const auto& p : pointers) {
    auto found = history::read_item(from, place_of(*p.conv, partitions),
                                    p.what.seq, p.shown);
    if (!found && found.error().code != errc::not_found)
      return found.error();
    if (found) {
      auto tail = protocol::encode_tail(*p.conv, *found);
      bytes += tail.size();
      if (bytes > max_bytes && !events->empty())
        break;
      events->push_back({p.what.useq, p.what.kind, p.session, p.conv,
                         p.what.seq, std::move(tail)});
    }
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
/// acknowledged, or at the head.
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
  submit(std::move(rows), {});
  self->send(x.session, std::move(reply));
}

/// Whether a device was away for so long that its cursor counts no more.
bool user_state::is_lost(const std::string& device) const {
  auto at = std::find_if(devices.begin(), devices.end(),
                         [&](const auto& d) { return d.device == device; });
  auto keep = int64_t{node->settings.storage.device_days} * 86'400'000;
  return at != devices.end() && at->last_seen + keep < node->clock->now();
}

/// The record of a device, made if it is new; then the one that was seen least
/// recently is forgotten, if there are too many.
history::device_record& user_state::know_device(const std::string& id,
                                                bool& known) {
  auto at = std::find_if(devices.begin(), devices.end(),
                         [&](const auto& d) { return d.device == id; });
  known = at != devices.end();
  if (!known) {
    if (devices.size() >= limits::devices_max) {
      auto oldest = std::min_element(devices.begin(), devices.end(),
                                     [](const auto& a, const auto& b) {
                                       return a.last_seen < b.last_seen;
                                     });
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
  auto partitions = static_cast<uint32_t>(node->partitions.size());
  read_store<fetched>(
      self, *node, meanwhile::goes_on,
      [wanted = std::move(wanted), partitions,
       bytes = x.max_bytes](const history::store& from) {
        return read_events(from, partitions, wanted, bytes);
      },
      [this, x](result<fetched> page) {
        answer_fetch(x, page ? std::move(*page) : fetched{});
      });
}

/// What lies further back is found by the inbox's rows.
void user_state::fetch_stored(const fetch& x) {
  auto partitions = static_cast<uint32_t>(node->partitions.size());
  read_store<fetched>(
      self, *node, meanwhile::goes_on,
      [at = where, all = shown_conversations(), partitions, after = x.after,
       events = std::max<size_t>(x.max_events, 1), bytes = x.max_bytes,
       end = durable](const history::store& from) -> result<fetched> {
        auto rows = history::read_inbox(from, at, after, events);
        if (!rows)
          return rows.error();
        // What came since this was asked may be of conversations not in `all`.
        std::erase_if(*rows, [end](const auto& r) { return r.useq > end; });
        std::vector<recent_entry> wanted;
        for (auto& row : *rows)
          if (auto conv = all.find(row.conv); conv != all.end())
            wanted.push_back(
                {0, row, conv->second.name, {}, conv->second.taken});
        auto page = read_events(from, partitions, wanted, bytes);
        if (page && (wanted.empty() || page->upto == wanted.back().what.useq))
          page->upto = rows->size() < events ? end : rows->back().useq;
        return page;
      },
      [this, x](result<fetched> page) {
        if (page)
          for (const auto& e : *page->events)
            if (marks.size() < marks_max)
              marks.push_back({e.useq, *e.conv, e.seq});
        answer_fetch(x, page ? std::move(*page) : fetched{});
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

shown_by_hash user_state::shown_conversations() const {
  shown_by_hash all;
  all.reserve(list.size());
  for (const auto& [conv, x] : list)
    all.emplace(x.key, shown_conversation{x.name, x.record.taken});
  return all;
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
