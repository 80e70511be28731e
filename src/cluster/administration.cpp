#include "parley/cluster/administration.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace parley::cluster {

namespace {

error no_such_node(const std::string& name) {
  return {errc::not_found, fmt::format("there is no node \"{}\"", name)};
}

result<void> to_result(outcome x) {
  if (x == outcome::ok)
    return {};
  return error{x == outcome::conflict ? errc::conflict : errc::unavailable,
               fmt::format("ZooKeeper: {}; try again", to_string(x))};
}

} // namespace

void set_draining(coordination& by, const paths& at, const cluster_view& view,
                  const std::string& name, bool is, on_administered done) {
  if (!view.members().rows.contains(name))
    return done(no_such_node(name));
  auto written = [is, done = std::move(done)](const write_answer& x) {
    auto is_so = x.code == (is ? outcome::exists : outcome::not_found);
    done(is_so ? result<void>{} : to_result(x.code));
  };
  if (is)
    by.create(at.draining(name), "", lifetime::lasting, std::move(written));
  else
    by.remove(at.draining(name), std::nullopt, std::move(written));
}

void remove_node(coordination& by, const paths& at, const cluster_view& view,
                 const std::string& name, on_administered done) {
  const auto& living = view.nodes();
  if (std::any_of(living.begin(), living.end(),
                  [&](const auto& x) { return x.second.entry.name == name; }))
    return done(error{
        errc::forbidden,
        fmt::format("\"{}\" is alive; drain it and stop it first", name)});
  auto read = [&by, at, name, done = std::move(done)](const read_answer& x) {
    auto all = x.code == outcome::ok ? decode_roster(x.bytes)
                                     : result<roster>{roster{}};
    if (x.code != outcome::ok)
      return done(to_result(x.code));
    if (!all)
      return done(all.error());
    if (all->rows.erase(name) == 0)
      return done(no_such_node(name));
    by.set(at.roster(), encode(*all), x.stat.version,
           [done](const write_answer& y) { done(to_result(y.code)); });
    by.remove(at.draining(name), std::nullopt, [](const write_answer&) {});
  };
  by.get(at.roster(), std::move(read), {}, freshness::synced);
}

} // namespace parley::cluster
