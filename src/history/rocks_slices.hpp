#pragma once

#include <rocksdb/slice.h>

#include <string_view>

namespace parley::history {

inline rocksdb::Slice slice(std::string_view x) {
  return {x.data(), x.size()};
}

inline std::string_view view(const rocksdb::Slice& x) {
  return {x.data(), x.size()};
}

} // namespace parley::history
