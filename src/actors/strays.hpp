#pragma once

#include <caf/all.hpp>

namespace parley {

/// Has an actor drop what it does not know, and errors that answer nothing it
/// asked: by CAF's default either ends it, though the worst that they can mean
/// is that somebody else is gone.
template <class Self>
void ignore_strays(Self* self) {
  self->set_default_handler(caf::drop);
  self->set_error_handler([](caf::scheduled_actor*, caf::error&) {});
}

} // namespace parley
