#include "model/sim/disk.hpp"

#include <algorithm>
#include <utility>

namespace parley::sim {

void disk::write(const rep::persist& what) {
  written_ = what.ticket;
  add({written_, what});
}

void disk::write(const rep::install& what) {
  written_ = what.ticket;
  add({written_, what});
}

void disk::apply(uint64_t upto) {
  add({written_, applied_mark{upto}});
}

void disk::trim(uint64_t upto) {
  add({written_, trim_mark{upto}});
}

void disk::add(step x) {
  carry_out(x, now_);
  cached_.push_back(std::move(x));
}

void disk::carry_out(const step& x, image& on) {
  if (const auto* p = std::get_if<rep::persist>(&x.what)) {
    if (p->epoch)
      on.epoch = *p->epoch;
    if (p->truncate)
      on.log.resize(
          std::min<size_t>(on.log.size(), *p->truncate - on.base.index));
    on.log.insert(on.log.end(), p->entries.begin(), p->entries.end());
  } else if (const auto* i = std::get_if<rep::install>(&x.what)) {
    on.base = i->base;
    on.applied = i->base.index;
    on.log.clear();
  } else if (const auto* a = std::get_if<applied_mark>(&x.what)) {
    on.applied = a->upto;
  } else if (const auto* t = std::get_if<trim_mark>(&x.what)) {
    const auto* last = on.entry(t->upto);
    if (last == nullptr)
      return;
    auto base = rep::position{last->epoch, last->index};
    on.log.erase(on.log.begin(),
                 on.log.begin()
                     + static_cast<std::ptrdiff_t>(t->upto - on.base.index));
    on.base = base;
  }
}

/// Makes the first steps of the cache durable.
void disk::settle(size_t steps) {
  for (; steps > 0; --steps) {
    carry_out(cached_.front(), durable_);
    cached_.pop_front();
  }
}

uint64_t disk::sync(dice& random) {
  promised_ += 1 + random.below(written_ - promised_);
  if (lying_)
    return promised_;
  auto last = std::find_if(cached_.begin(), cached_.end(),
                           [this](auto& x) { return x.ticket > promised_; });
  settle(static_cast<size_t>(last - cached_.begin()));
  return promised_;
}

void disk::repent() {
  lying_ = false;
  auto last = std::find_if(cached_.begin(), cached_.end(),
                           [this](auto& x) { return x.ticket > promised_; });
  settle(static_cast<size_t>(last - cached_.begin()));
}

void disk::survive() {
  settle(cached_.size());
  written_ = promised_ = 0;
}

bool disk::lose_power(dice& random) {
  settle(random.below(cached_.size() + 1));
  auto broken = std::any_of(cached_.begin(), cached_.end(), [this](auto& x) {
    return x.ticket > 0 && x.ticket <= promised_;
  });
  cached_.clear();
  now_ = durable_;
  written_ = promised_ = 0;
  lying_ = false;
  return broken;
}

void disk::wipe() {
  *this = disk{};
}

rep::recovered disk::recover() const {
  rep::recovered out{now_.epoch, rep::log_outline{now_.base}, now_.applied};
  for (const auto& each : now_.log)
    out.log.push(each.epoch);
  return out;
}

std::vector<rep::log_entry> disk::entries(uint64_t first, uint64_t last) const {
  std::vector<rep::log_entry> out;
  for (auto i = first; i <= last; ++i)
    if (const auto* each = entry(i))
      out.push_back(*each);
  return out;
}

} // namespace parley::sim
