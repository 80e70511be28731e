#pragma once

#include <string>

namespace parley::bench {

/// Three significant digits, whole from a thousand on, with commas: 0.25,
/// 1.2, 46,300.
std::string quantity(double value);

} // namespace parley::bench
