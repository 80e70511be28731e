#include "e2e/shared_node.hpp"

namespace parley::test {

server_process& node() {
  static server_process process;
  return process;
}

} // namespace parley::test
