#include "gateway/outgoing_frame.hpp"

#include "parley/base/fault.hpp"

namespace parley::gateway {

namespace {

bool copied(std::string_view bytes) noexcept {
  return bytes.size() <= outgoing_frame::copied_bytes_max;
}

size_t copied_size(const protocol::outgoing& x) noexcept {
  return (copied(x.own) ? x.own.size() : 0)
         + (copied(x.shared.view()) ? x.shared.size() : 0);
}

} // namespace

size_t outgoing_frame::fill(std::span<protocol::outgoing> objects) {
  size_t taken = 0;
  size_t bytes = 0;
  size_t text_bytes = 1;
  for (const auto& x : objects) {
    bytes += x.size() + 1;
    if (taken > 0 && bytes > bytes_max)
      break;
    text_bytes += copied_size(x) + 1;
    ++taken;
  }
  // The pieces point into the text, so it must not grow once there is one.
  text_.reserve(text_bytes);
  for (size_t i = 0; i < taken; ++i) {
    auto& x = objects[i];
    if (taken > 1)
      text_ += i == 0 ? '[' : ',';
    cost_ += cost(x);
    note_faults(x);
    bool small = copied(x.own) && copied(x.shared.view());
    const auto& kept = small ? x : held_.emplace_back(std::move(x));
    add(kept.own);
    add(kept.shared.view());
  }
  if (taken > 1)
    text_ += ']';
  end_run();
  return taken;
}

void outgoing_frame::add(std::string_view bytes) {
  if (copied(bytes)) {
    text_ += bytes;
    return;
  }
  end_run();
  pieces_.emplace_back(bytes.data(), bytes.size());
}

void outgoing_frame::end_run() {
  if (text_.size() > run_)
    pieces_.emplace_back(text_.data() + run_, text_.size() - run_);
  run_ = text_.size();
}

void outgoing_frame::clear() noexcept {
  text_.clear();
  if (text_.capacity() > kept_bytes_max)
    text_ = {};
  run_ = 0;
  held_.clear();
  pieces_.clear();
  cost_ = 0;
  acks_ = events_ = false;
}

#ifdef PARLEY_FAULTS

void outgoing_frame::note_faults(const protocol::outgoing& x) {
  if (x.own.starts_with(R"({"t":"ack")"))
    acks_ = true;
  // Other objects with a `useq` have no shared part.
  if (!x.shared.empty() && x.own.find(R"("useq":)") != std::string::npos)
    events_ = true;
}

void outgoing_frame::pass_fault_points() const noexcept {
  if (acks_)
    fault::point("ack.sent");
  if (events_)
    fault::point("deliver.sent_event");
}

#else

void outgoing_frame::note_faults(const protocol::outgoing&) {}
void outgoing_frame::pass_fault_points() const noexcept {}

#endif

} // namespace parley::gateway
