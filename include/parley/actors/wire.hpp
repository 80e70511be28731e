#pragma once

#include "parley/base/hash.hpp"
#include "parley/base/shared_bytes.hpp"
#include "parley/history/records.hpp"

#include <caf/all.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

/// How the parts of a message that CAF does not know are written for another
/// node and read there. A message between actors of one process is never
/// written: the receiver gets the value itself.
namespace parley {

/// Leaves room for the size of what is written next.
caf::error begin_fields(caf::serializer& to, size_t& begin);
caf::error end_fields(caf::serializer& to, size_t begin);

/// All that an `inspect` of a struct does: its fields go to another node in
/// their order, behind their size. Whoever knows fewer of them skips the rest;
/// whoever knows more leaves those that did not come as they are by default. So
/// a field may be added at the end: see docs/links.md.
template <class Inspector, class... Ts>
typename Inspector::result_type fields(Inspector& f, Ts&&... xs) {
  if constexpr (std::is_same_v<Inspector, caf::serializer>) {
    size_t begin = 0;
    if (auto why = begin_fields(f, begin))
      return why;
    if (auto why = f(xs...))
      return why;
    return end_fields(f, begin);
  } else if constexpr (std::is_same_v<Inspector, caf::deserializer>) {
    uint32_t size = 0;
    if (auto why = f(size))
      return why;
    // Nodes write to each other in CAF's binary format only.
    auto* from = dynamic_cast<caf::binary_deserializer*>(&f);
    if (!from || size > from->remaining())
      return caf::sec::end_of_stream;
    caf::binary_deserializer these{f.context(), from->remainder().first(size)};
    from->skip(size);
    caf::error why;
    static_cast<void>(((these.remaining() == 0 || !(why = these(xs))) && ...));
    return why;
  } else {
    return f(xs...);
  }
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, hash128& x) {
  return f(x.bytes);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, shared_bytes& x) {
  if constexpr (Inspector::writes_state) {
    std::string bytes;
    if (auto why = f(bytes))
      return why;
    x = shared_bytes{std::move(bytes)};
    return caf::none;
  } else {
    return f(std::string{x.view()});
  }
}

/// A part that may be missing, for CAF, which inspects none of the standard
/// library's. `part(x)` stands for `x` in an `inspect`.
template <class T>
struct optional_part {
  std::optional<T>& value;
};

template <class T>
struct shared_part {
  std::shared_ptr<const T>& value;
};

template <class T>
optional_part<T> part(std::optional<T>& x) {
  return {x};
}

template <class T>
shared_part<T> part(std::shared_ptr<const T>& x) {
  return {x};
}

template <class Inspector, class T>
typename Inspector::result_type inspect(Inspector& f, optional_part<T>& x) {
  if constexpr (Inspector::writes_state) {
    auto there = false;
    T value{};
    if (auto why = f(there))
      return why;
    if (there)
      if (auto why = f(value))
        return why;
    x.value = there ? std::optional<T>{std::move(value)} : std::nullopt;
    return caf::none;
  } else {
    return x.value ? f(true, *x.value) : f(false);
  }
}

template <class Inspector, class T>
typename Inspector::result_type inspect(Inspector& f, shared_part<T>& x) {
  if constexpr (Inspector::writes_state) {
    std::optional<T> value;
    auto read = part(value);
    if (auto why = f(read))
      return why;
    x.value = value ? std::make_shared<const T>(std::move(*value)) : nullptr;
    return caf::none;
  } else {
    return x.value ? f(true, *x.value) : f(false);
  }
}

/// A message inside a message. One of a type that is not known here comes as an
/// empty one; so does one that is damaged, since CAF takes what is cut short
/// for a message of fewer elements.
struct message_part {
  caf::message& value;
};

inline message_part part(caf::message& x) {
  return {x};
}

caf::error inspect(caf::serializer& to, message_part& x);
caf::error inspect(caf::deserializer& from, message_part& x);

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, message_part& x) {
  return f(x.value);
}

namespace history {

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, account_record& x) {
  return fields(f, x.user, x.display_name, x.about, x.created, x.password_hash,
                x.disabled);
}

} // namespace history

} // namespace parley
