#include "prose.hpp"

#include "random.hpp"

#include <cmath>
#include <string_view>
#include <vector>

namespace parley::bench {

namespace {

constexpr uint32_t words = 8192;

/// Letters as often as English has them, about.
constexpr std::string_view letters =
    "eeeeeeeeeeeetttttttttaaaaaaaaooooooooiiiiiiinnnnnnnsssssshhhhhhrrrrrr"
    "ddddllllcccuuummmwwffggyyppbbvk";

std::vector<std::string> vocabulary(random_source& random) {
  std::vector<std::string> result(words);
  for (auto& word : result)
    for (auto left = 2 + random.below(8); left > 0; --left)
      word.push_back(
          letters[random.below(static_cast<uint32_t>(letters.size()))]);
  return result;
}

} // namespace

std::string make_prose(size_t bytes) {
  random_source random{1};
  auto known = vocabulary(random);
  std::string result;
  while (result.size() < bytes) {
    // The logarithm of a rank is even: its frequency falls as 1 / rank.
    auto rank = std::pow(words, random.unit()) - 1;
    result += known[static_cast<size_t>(rank)];
    result += ' ';
  }
  result.resize(bytes);
  return result;
}

} // namespace parley::bench
