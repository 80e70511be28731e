#pragma once

#include "presence_sim.hpp"

#include <boost/json/object.hpp>

#include <string>

namespace parley::bench {

/// Tables in Markdown.
std::string presence_text(const presence_settings& by,
                          const presence_result& result);

boost::json::object presence_json(const presence_settings& by,
                                  const presence_result& result);

} // namespace parley::bench
