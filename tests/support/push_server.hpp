#pragma once

#include "support/deadline.hpp"
#include "support/http_client.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace parley::test {

/// A push service, or an operator's gateway: takes POSTs on a free port of
/// 127.0.0.1 and answers as it is told. It runs on a thread of its own.
class push_server {
public:
  struct received {
    std::string target;
    std::map<std::string, std::string> headers; ///< Names in lower case.
    std::string body;
  };

  push_server();
  ~push_server();
  push_server(const push_server&) = delete;
  push_server& operator=(const push_server&) = delete;

  /// "http://127.0.0.1:4711/" and `path`.
  std::string url(const std::string& path) const;

  /// From now on; 201 at first.
  void answer(unsigned status, header_list headers = {});
  /// From now on takes requests and says nothing.
  void hang();

  /// Everything that came.
  std::vector<received> all() const;

  /// Waits for the first one that fits, of those that came and will come.
  /// @throws timed_out
  received wait_for(const std::function<bool(const received&)>& fits);
  received wait_for(const std::string& target);

  /// Waits until so many have come in all.
  std::vector<received> wait_count(size_t count);

private:
  struct reply {
    unsigned status = 201;
    header_list headers;
    bool hangs = false;
  };

  void take_connections();
  void serve(boost::asio::ip::tcp::socket over);

  boost::asio::io_context io_;
  boost::asio::ip::tcp::acceptor acceptor_;
  mutable std::mutex lock_;
  std::condition_variable came_;
  reply reply_;
  std::vector<received> all_;
  std::thread thread_;
};

} // namespace parley::test
