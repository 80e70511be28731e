#pragma once

#include "parley/config/settings.hpp"

#include <boost/system/result.hpp>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

/// Reads the operator's file. Nothing here throws, keeps state or prints; call
/// it from any thread.
namespace parley::config {

/// The settings, or every mistake in the file, in the order of its lines. A
/// mistake reads `FILE:LINE: KEY: what is wrong, expected …`, without the
/// value, since that may be a secret.
using load_result = boost::system::result<settings, std::vector<std::string>>;

/// Reads the TOML file `path`, at most 1 MiB. What it does not set keeps its
/// default.
load_result load(const std::filesystem::path& path);

/// The same for a text at hand; `file` is the name used in messages.
load_result parse(std::string_view text, std::string_view file);

} // namespace parley::config
