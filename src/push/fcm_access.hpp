#pragma once

#include "push/fcm_account.hpp"

#include "parley/base/clock.hpp"
#include "parley/push/transport.hpp"

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace parley::push {

/// The access token that all requests share: fetched by one at a time while
/// the others wait, and again shortly before it expires. From any thread.
class fcm_access : public std::enable_shared_from_this<fcm_access> {
public:
  /// Errors: `unavailable`, with the reason and perhaps the pause.
  using then = std::function<void(const result<std::string>&)>;

  fcm_access(transport& by, fcm_account account, const wall_clock& clock);

  /// @param take is called exactly once, at once if there is a token.
  void get(then take);

  /// The service did not take this token; another is fetched for the next.
  void refused(const std::string& token);

private:
  http_request grant() const;
  void took(const http_answer& answer);
  result<std::string> token_of(const http_answer& answer);

  transport& transport_;
  const fcm_account account_;
  const wall_clock& clock_;
  std::mutex lock_;
  std::string token_;
  timestamp until_ = 0;
  timestamp not_before_ = 0; ///< After a failure.
  bool fetches_ = false;
  std::vector<then> waiting_;
};

} // namespace parley::push
