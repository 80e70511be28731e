#pragma once

#include "gateway/http_types.hpp"
#include "gateway/hub.hpp"
#include "gateway/services.hpp"
#include "gateway/target.hpp"

#include "parley/actors/ask.hpp"
#include "parley/actors/messages.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace parley::gateway {

/// Where an answer goes. Called on the I/O thread of the exchange.
class responder {
public:
  virtual ~responder() = default;
  virtual void respond(http_reply reply) = 0;
};

using path_params = std::vector<std::pair<std::string_view, std::string>>;

/// One HTTP request from its arrival to its answer. All of it happens on one
/// I/O thread; what other threads answer is posted back to that.
class exchange : public std::enable_shared_from_this<exchange> {
public:
  struct request {
    http_head head;
    target what;
    path_params params;
    std::string body;
  };

  exchange(services_ptr with, hub_ptr on, request x,
           std::shared_ptr<responder> to)
      : with_(std::move(with)),
        hub_(std::move(on)),
        request_(std::move(x)),
        to_(std::move(to)) {}

  const services& with() const noexcept { return *with_; }
  services& with() noexcept { return *with_; }
  const node_context& node() const noexcept { return *with_->node; }
  timestamp now() const noexcept { return node().clock->now(); }

  const http_head& head() const noexcept { return request_.head; }
  const target& what() const noexcept { return request_.what; }
  const std::string& body() const noexcept { return request_.body; }
  const std::string& param(std::string_view name) const;

  /// Who asks; empty where a route is open to anyone.
  const identity& caller() const noexcept { return caller_; }
  void set_caller(identity who) { caller_ = std::move(who); }

  // -- the answer; the first one counts

  void reply(http_reply x);
  void json(unsigned status, std::string body);
  /// `{` fields `}`
  void fields(unsigned status, const answer& x);
  /// 204, or 200 with the fields if there are any.
  void done(const answer& x);
  void fail(const error& why);

  // -- questions to others; `then` runs on the I/O thread

  template <class Reply, class Request>
  void ask_user(const std::string& user, Request what,
                std::function<void(result<Reply>)> then) {
    parley::ask_user<Reply>(node(), user, on_io(std::move(then)),
                            std::move(what));
  }

  template <class Reply, class Request>
  void ask_conversation(const std::string& conv, Request what,
                        std::function<void(result<Reply>)> then) {
    parley::ask_conversation<Reply>(node(), conv, on_io(std::move(then)),
                                    std::move(what));
  }

  /// Makes a callback for any thread out of one for the I/O thread.
  template <class T>
  std::function<void(result<T>)> on_io(std::function<void(result<T>)> then) {
    return [hub = hub_, then = std::move(then)](result<T> outcome) {
      hub->post([then, outcome = std::move(outcome)] { then(outcome); });
    };
  }

private:
  services_ptr with_;
  hub_ptr hub_;
  request request_;
  std::shared_ptr<responder> to_;
  identity caller_;
};

using exchange_ptr = std::shared_ptr<exchange>;

/// Calls `then(const T&)` with a success, and answers with an error.
template <class T, class Then>
std::function<void(result<T>)> or_fail(exchange_ptr x, Then then) {
  return [x = std::move(x), then = std::move(then)](const result<T>& outcome) {
    if (outcome)
      then(*outcome);
    else
      x->fail(outcome.error());
  };
}

/// Passes an actor's answer on to the client.
std::function<void(result<answer>)> as_fields(exchange_ptr x);
std::function<void(result<answer>)> as_done(exchange_ptr x);

} // namespace parley::gateway
