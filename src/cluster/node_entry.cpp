#include "parley/cluster/node_entry.hpp"

#include "cluster/json_reader.hpp"

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
  out.fingerprint = in.text("fingerprint");
  out.sessions = in.number<uint32_t>("sessions");
  out.stopping = in.flag("stopping");
  return in.finish(std::move(out));
}

} // namespace parley::cluster
