#include "quantity.hpp"

#include <fmt/format.h>

#include <cmath>

namespace parley::bench {

std::string quantity(double value) {
  if (std::abs(value) < 1000)
    return fmt::format("{:.3g}", value);
  auto unit = std::pow(10, std::floor(std::log10(std::abs(value))) - 2);
  auto digits = fmt::format("{:.0f}", std::round(value / unit) * unit);
  for (auto i = static_cast<int>(digits.size()) - 3;
       i > (digits.front() == '-' ? 1 : 0); i -= 3)
    digits.insert(static_cast<size_t>(i), ",");
  return digits;
}

} // namespace parley::bench
