#include "parley/cluster/node_entry.hpp"

#include "cluster/json_reader.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace parley::cluster {

namespace {

constexpr uint64_t node_entry_format = 1;

} // namespace

std::string encode(const node_entry& x) {
  return json::serialize(json::object{{"format", node_entry_format},
                                      {"name", x.name},
                                      {"number", x.number},
                                      {"instance", x.instance},
                                      {"region", x.region},
                                      {"zone", x.zone},
                                      {"weight", x.weight},
                                      {"public_url", x.public_url},
                                      {"listen", x.listen},
                                      {"version", x.version},
                                      {"protocol", x.protocol},
                                      {"protocol_min", x.protocol_min},
                                      {"fingerprint", x.fingerprint},
                                      {"sessions", x.sessions},
                                      {"stopping", x.stopping}});
}

result<node_entry> decode_node_entry(std::string_view bytes) {
  json_reader in{"a node's entry", bytes, node_entry_format};
  node_entry out;
  out.name = in.text("name");
  out.number = in.number<node_id>("number");
  out.instance = in.text("instance");
  out.region = in.text("region");
  out.zone = in.text("zone");
  out.weight = in.number<uint32_t>("weight");
  out.public_url = in.text("public_url");
  out.listen = in.text("listen");
  out.version = in.text("version");
  out.protocol = in.number<uint32_t>("protocol");
  out.protocol_min = in.number<uint32_t>("protocol_min");
  out.fingerprint = in.text("fingerprint");
  out.sessions = in.number<uint32_t>("sessions");
  out.stopping = in.flag("stopping");
  return in.finish(std::move(out));
}

std::string protocol_gap(const node_entry& there, const node_entry& own) {
  if (std::max(there.protocol_min, own.protocol_min)
      <= std::min(there.protocol, own.protocol))
    return {};
  return fmt::format("protocol between nodes: \"{}\" (version {}) speaks {} to "
                     "{}, this node (version {}) {} to {}; go by way of a "
                     "release between the two",
                     there.name, there.version, there.protocol_min,
                     there.protocol, own.version, own.protocol_min,
                     own.protocol);
}

} // namespace parley::cluster
