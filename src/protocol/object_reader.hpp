#pragma once

#include "protocol/fields.hpp"

#include <string_view>

namespace parley::protocol {

/// Takes what read_objects() finds.
class object_sink {
public:
  virtual ~object_sink() = default;

  /// One object. Its views are good until the call returns.
  virtual void object(const fields& x) = 0;

  /// An element of the array that is no object.
  virtual void other() = 0;

  /// Forget what came so far: it comes again.
  virtual void restart() = 0;
};

enum class shape : uint8_t { object, object_or_array };

/// Reads one JSON text, in valid UTF-8: an object or, if `allowed`, an array
/// of up to limits::requests_per_frame_max of them.
/// @returns why it is not such a text (what the sink has by then is void), or
/// nothing.
std::string_view read_objects(std::string_view text, shape allowed,
                              object_sink& to);

} // namespace parley::protocol
