#pragma once

#include <functional>

namespace CLI {
class App;
}

namespace parley::admin {

/// Adds `admin` with a subcommand for each command of the catalog to `app`.
/// @returns what carries out the one that was chosen; call it once after the
/// parse if `admin` was. Its value is the exit status: 0, 1 (refused, or no
/// node answers), 2 (a mistake in the settings file, no password).
std::function<int()> add_commands(CLI::App& app);

} // namespace parley::admin
