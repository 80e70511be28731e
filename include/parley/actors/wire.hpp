#pragma once

#include "parley/base/hash.hpp"
#include "parley/base/shared_bytes.hpp"
#include "parley/history/records.hpp"

#include <caf/all.hpp>

#include <memory>
#include <optional>
#include <string>
#include <utility>

/// How the parts of a message that CAF does not know are written for another
/// node and read there. A message between actors of one process is never
/// written: the receiver gets the value itself.
namespace parley {

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

/// A message inside a message. CAF takes one that is cut short for one of fewer
/// elements; their number behind it tells.
struct message_part {
  caf::message& value;
};

inline message_part part(caf::message& x) {
  return {x};
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, message_part& x) {
  auto size = x.value.size();
  if constexpr (Inspector::writes_state) {
    if (auto why = f(x.value, size))
      return why;
    return size == x.value.size() ? caf::error{} : caf::sec::end_of_stream;
  } else {
    return f(x.value, size);
  }
}

namespace history {

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, account_record& x) {
  return f(x.user, x.display_name, x.about, x.created, x.password_hash,
           x.disabled);
}

} // namespace history

} // namespace parley
