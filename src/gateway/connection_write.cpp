#include "gateway/connection.hpp"

#include <iterator>
#include <utility>

namespace parley::gateway {

void connection::enqueue(std::vector<protocol::outgoing> objects) {
  if (pending_.empty())
    pending_ = std::move(objects);
  else
    pending_.insert(pending_.end(), std::make_move_iterator(objects.begin()),
                    std::make_move_iterator(objects.end()));
}

/// Writes what is ready as one frame; while that is on its way, more gathers
/// for the next.
void connection::write() {
  if (writing_ || (at_ != phase::open && at_ != phase::closing))
    return;
  if (pending_.empty()) {
    if (at_ == phase::closing)
      close_stream();
    return;
  }
  writing_ = hub_->take_frame();
  auto taken = writing_->fill(pending_);
  if (taken == pending_.size())
    pending_ = {};
  else
    pending_.erase(pending_.begin(),
                   pending_.begin() + static_cast<ptrdiff_t>(taken));
  ws_.async_write(writing_->buffers(),
                  [self = shared_from_this()](error_code failed, size_t) {
                    self->on_written(failed);
                  });
}

void connection::on_written(error_code failed) {
  auto frame = std::exchange(writing_, nullptr);
  waiting_.fetch_sub(frame->total_cost());
  if (!failed)
    frame->pass_fault_points();
  hub_->give_back(std::move(frame));
  if (failed) {
    on_write_failed();
    return;
  }
  write();
  if (mode_ == connection_mode::echo)
    read();
}

/// If the client broke the protocol, Beast's reading side still tells it so,
/// and waits for its end: that gets some time.
void connection::on_write_failed() {
  stream_closed_ = true;
  if (reading_)
    begin_close(code_);
  else if (at_ != phase::lingering)
    end();
}

void connection::ping() {
  pinged_ = true;
  if (std::exchange(pinging_, true))
    return;
  ws_.async_ping(
      {}, [self = shared_from_this()](error_code) { self->pinging_ = false; });
}

} // namespace parley::gateway
