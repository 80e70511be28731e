#include "history/rocks_log.hpp"

#include "parley/base/log.hpp"

#include <array>
#include <cstdarg>
#include <cstdio>
#include <string_view>

namespace parley::history {

namespace {

/// The rest of a longer line is left out.
constexpr size_t line_max = 1024;

class rocks_log final : public rocksdb::Logger {
public:
  rocks_log() : rocksdb::Logger(rocksdb::InfoLogLevel::WARN_LEVEL) {}

  using rocksdb::Logger::Logv;

  void Logv(const char* format, va_list with) override {
    Logv(rocksdb::InfoLogLevel::WARN_LEVEL, format, with);
  }

  void Logv(rocksdb::InfoLogLevel at, const char* format,
            va_list with) override {
    if (at < GetInfoLogLevel())
      return;
    std::array<char, line_max> line;
    if (std::vsnprintf(line.data(), line.size(), format, with) < 0)
      return;
    std::string_view said{line.data()};
    said = said.substr(0, said.find_last_not_of('\n') + 1);
    if (at == rocksdb::InfoLogLevel::WARN_LEVEL)
      log::warn("store.warns", "{}", said);
    else
      log::error("store.failed", "{}", said);
  }

  /// Settings, at each start.
  void LogHeader(const char*, va_list) override {}
};

} // namespace

std::shared_ptr<rocksdb::Logger> make_rocks_log() {
  return std::make_shared<rocks_log>();
}

} // namespace parley::history
