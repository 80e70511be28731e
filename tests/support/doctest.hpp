#pragma once

/// doctest, made to show text and lists when a comparison fails.
#include <doctest/doctest.h>

#include <vector>

namespace doctest {

template <>
struct StringMaker<const char*> {
  static String convert(const char* text) { return text; }
};

template <class T>
struct StringMaker<std::vector<T>> {
  static String convert(const std::vector<T>& all) {
    String result = "[";
    for (const auto& each : all)
      result +=
          (&each == &all.front() ? String() : String(", ")) + toString(each);
    return result + "]";
  }
};

} // namespace doctest
