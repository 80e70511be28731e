#include "parley/admin/command_line.hpp"
#include "parley/config/load.hpp"
#include "parley/server/run.hpp"

#include <CLI/CLI.hpp>

#include <iostream>

namespace {

int serve(const std::string& file) {
  auto settings =
      file.empty() ? parley::config::settings{} : parley::config::load(file);
  if (settings)
    return parley::server::run(*settings);
  for (const auto& mistake : settings.error())
    std::cerr << mistake << '\n';
  return 2;
}

} // namespace

int main(int argc, char** argv) {
  CLI::App app{"Parley, a chat server that a team runs itself", "parley"};
  app.require_subcommand(1);
  std::string file;
  auto* node = app.add_subcommand("serve", "Runs a node until it is stopped");
  node->add_option("--config", file, "Settings file; without it, the defaults");
  auto* version = app.add_subcommand("version", "Prints the version");
  auto administer = parley::admin::add_commands(app);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& wrong) {
    return app.exit(wrong) == 0 ? 0 : 2;
  }
  if (version->parsed())
    std::cout << "parley " << parley::server::version() << '\n';
  else if (node->parsed())
    return serve(file);
  else
    return administer();
}
