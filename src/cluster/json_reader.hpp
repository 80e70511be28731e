#pragma once

#include "parley/base/error.hpp"

#include <boost/json.hpp>

#include <limits>
#include <string>
#include <string_view>

namespace parley::cluster {

namespace json = boost::json;

/// Takes an entry apart. The first thing that is wrong is kept; what is read
/// after it does not matter.
class json_reader {
public:
  /// @param what names the entry in messages.
  /// @param format the only one that is understood.
  json_reader(std::string what, std::string_view bytes, uint64_t format);
  json_reader(std::string what, const json::value& from);

  template <class T = uint64_t>
  T number(std::string_view key) {
    return static_cast<T>(
        bounded(find(key), std::numeric_limits<T>::max(), key));
  }
  bool has(std::string_view key) const;
  std::string text(std::string_view key);
  bool flag(std::string_view key);
  const json::array& list(std::string_view key, size_t count_max);
  const json::object& object(std::string_view key);
  /// A number that stands in a list.
  template <class T>
  T item(const json::value& x) {
    return static_cast<T>(bounded(&x, std::numeric_limits<T>::max(), "item"));
  }

  void fail(std::string_view why);
  bool failed() const noexcept { return !failure_.empty(); }

  template <class T>
  result<T> finish(T value) {
    if (failed())
      return error{errc::internal, failure_};
    return value;
  }

private:
  const json::value* find(std::string_view key);
  uint64_t bounded(const json::value* x, uint64_t max, std::string_view key);

  std::string what_;
  json::value root_;
  const json::object* from_ = nullptr;
  std::string failure_;
};

} // namespace parley::cluster
