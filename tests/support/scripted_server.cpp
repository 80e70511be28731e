#include "support/scripted_server.hpp"

namespace parley::test {

using boost::asio::ip::tcp;

scripted_server::scripted_server(std::function<void(server_socket&)> script)
    : acceptor_(io_, {boost::asio::ip::make_address("127.0.0.1"), 0}),
      where_{"127.0.0.1", acceptor_.local_endpoint().port()},
      done_(std::async(std::launch::async, [this, script = std::move(script)] {
        server_socket socket(acceptor_.accept());
        script(socket);
      })) {}

} // namespace parley::test
