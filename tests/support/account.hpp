#pragma once

#include "support/http_client.hpp"
#include "support/server_process.hpp"
#include "support/session.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace parley::test {

/// A registered user with the tokens of one login. Refers to the node, which
/// must live longer.
class account {
public:
  account(const server_process& node, std::string user, std::string password,
          const json::object& login);

  const std::string& user() const { return user_; }
  const std::string& password() const { return password_; }
  const std::string& token() const { return token_; }
  const std::string& refresh_token() const { return refresh_token_; }

  http_response get(std::string_view target) const;
  http_response post(std::string_view target, const json::value& body) const;
  http_response put(std::string_view target,
                    const json::value& body = nullptr) const;
  http_response patch(std::string_view target, const json::value& body) const;
  http_response remove(std::string_view target) const;

  session open(const session_options& options = {}) const;
  session on(const std::string& device) const; ///< Opens with defaults.

  /// Another login of the same user.
  account another_login() const;

private:
  http_response act(std::string_view method, std::string_view target,
                    const json::value& body) const;

  const server_process* node_;
  std::string user_;
  std::string password_;
  std::string token_;
  std::string refresh_token_;
};

/// Registers a user whose name starts with `hint` and is new.
account register_account(const server_process& node, std::string_view hint);
std::vector<account> register_accounts(const server_process& node,
                                       std::string_view hint, size_t count);

/// A user name that no account of this program has.
std::string fresh_name(std::string_view hint);

/// The answer to `POST /v1/login`.
http_response log_in(const server_process& node, const std::string& user,
                     const std::string& password);

/// A request without a token.
http_response post(const server_process& node, std::string_view target,
                   const json::value& body);
http_response get(const server_process& node, std::string_view target);

/// The direct conversation of two users.
std::string direct(const account& one, const account& other);

/// Makes a group and demands that it worked. @returns its `conv`.
std::string create_group(const account& owner,
                         const std::vector<account>& members,
                         const std::string& name = "a group");

/// Makes `user` a member of another role and demands that it worked.
void set_role(const account& actor, const std::string& group,
              const account& user, const std::string& role);

/// The names of the accounts, as a JSON array.
json::array names(const std::vector<account>& accounts);

/// `/v1/conversations/{conv}` with the rest of the path.
std::string conversation_path(const std::string& conv,
                              std::string_view rest = "");
std::string group_path(const std::string& group, std::string_view rest = "");

/// One member as `GET /v1/conversations/{conv}` shows it.
json::object member_of(const account& reader, const std::string& conv,
                       const account& member);

/// The row of the conversation in the user's list; empty if there is none.
json::object listed(const account& user, const std::string& conv);

/// Everything that the user may read of the conversation, oldest first.
std::vector<json::object> whole_history(const account& reader,
                                        const std::string& conv);

/// Whether the status says success.
bool succeeded(const http_response& response);

} // namespace parley::test
