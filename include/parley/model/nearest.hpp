#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace parley::model {

/// A node as clients hear of it.
struct known_node {
  std::string id;
  std::string url;
  std::string region;
  double load = 0; ///< 0: idle, 1: it takes no more.
  bool stopping = false;

  friend bool operator==(const known_node&, const known_node&) = default;
};

/// A node with so much load comes behind those of other regions.
inline constexpr double overloaded = 0.9;

/// Sorts nodes for a client, the best first: those of its region before others,
/// those with less load before those with more, the overloaded behind both, and
/// last who is about to stop. Nodes of about the same load are in an order that
/// depends on `who`, so that clients spread, and each finds the same one again.
void sort_nearest(std::vector<known_node>& nodes, std::string_view region,
                  std::string_view who);

/// Where the clients of a region may go from a node that stops: those of the
/// others that are as near as the nearest, whatever their load is, for all
/// clients go at once and have to share them. None of them stops.
std::vector<std::string> urls_nearby(const std::vector<known_node>& others,
                                     std::string_view region);

/// Puts `urls` into an order by which users share them.
void share_out(std::vector<std::string>& urls, std::string_view user);

} // namespace parley::model
