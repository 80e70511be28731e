#include "support/account.hpp"

#include "support/deadline.hpp"

#include <algorithm>
#include <atomic>
#include <functional>
#include <stdexcept>

namespace parley::test {

namespace {

json::object demand_object(const http_response& response,
                           const std::string& what) {
  if (!succeeded(response))
    throw std::runtime_error(what + ": " + std::to_string(response.status) + " "
                             + response.body);
  return response.object();
}

http_request request_of(std::string_view method, std::string_view target,
                        const json::value& body) {
  http_request result;
  result.method = method;
  result.target = target;
  if (!body.is_null())
    result.body = json::serialize(body);
  return result;
}

/// What is refused while a leader changes is asked again, as any client
/// does: the nodes of a cluster may change places just then.
http_response once_available(const std::function<http_response()>& ask) {
  auto answer = ask();
  eventually(
      [&] { return answer.status != 503 || (answer = ask()).status != 503; });
  return answer;
}

} // namespace

account::account(const server_process& node, std::string user,
                 std::string password, const json::object& login)
    : node_(&node),
      user_(std::move(user)),
      password_(std::move(password)),
      token_(text_of(login, "token")),
      refresh_token_(text_of(login, "refresh_token")) {}

http_response account::act(std::string_view method, std::string_view target,
                           const json::value& body) const {
  auto request = request_of(method, target, body);
  request.token = token_;
  return fetch(node_->where(), request);
}

http_response account::get(std::string_view target) const {
  return act("GET", target, nullptr);
}

http_response account::post(std::string_view target,
                            const json::value& body) const {
  return act("POST", target, body);
}

http_response account::put(std::string_view target,
                           const json::value& body) const {
  return act("PUT", target, body);
}

http_response account::patch(std::string_view target,
                             const json::value& body) const {
  return act("PATCH", target, body);
}

http_response account::remove(std::string_view target) const {
  return act("DELETE", target, nullptr);
}

session account::open(const session_options& options) const {
  return session(node_->where(), token_, options);
}

session account::on(const std::string& device) const {
  session_options options;
  options.device = device;
  return open(options);
}

account account::another_login() const {
  return account(*node_, user_, password_,
                 demand_object(log_in(*node_, user_, password_), "login"));
}

std::string fresh_name(std::string_view hint) {
  static std::atomic<int> count = 0;
  return std::string(hint) + "." + std::to_string(++count);
}

account register_account(const server_process& node, std::string_view hint) {
  std::string user, password;
  const auto answer = once_available([&] {
    user = fresh_name(hint); // The one before may have been taken after all.
    password = "password of " + user;
    return post(node, "/v1/register",
                json::object{{"user", user}, {"password", password}});
  });
  return account(node, user, password, demand_object(answer, "register"));
}

std::vector<account> register_accounts(const server_process& node,
                                       std::string_view hint, size_t count) {
  std::vector<account> result;
  for (size_t i = 0; i < count; ++i)
    result.push_back(register_account(node, hint));
  return result;
}

http_response log_in(const server_process& node, const std::string& user,
                     const std::string& password) {
  return post(node, "/v1/login",
              json::object{{"user", user}, {"password", password}});
}

http_response post(const server_process& node, std::string_view target,
                   const json::value& body) {
  return fetch(node.where(), request_of("POST", target, body));
}

http_response get(const server_process& node, std::string_view target) {
  return fetch(node.where(), request_of("GET", target, nullptr));
}

std::string direct(const account& one, const account& other) {
  const auto& [first, second] = std::minmax(one.user(), other.user());
  return "dm:" + first + ":" + second;
}

json::array names(const std::vector<account>& accounts) {
  json::array result;
  for (const auto& each : accounts)
    result.emplace_back(each.user());
  return result;
}

std::string create_group(const account& owner,
                         const std::vector<account>& members,
                         const std::string& name) {
  const json::object wanted{{"name", name}, {"members", names(members)}};
  const auto answer =
      once_available([&] { return owner.post("/v1/groups", wanted); });
  return text_of(demand_object(answer, "create group"), "conv");
}

void set_role(const account& actor, const std::string& group,
              const account& user, const std::string& role) {
  const auto answer = actor.put(group_path(group, "/members/" + user.user()),
                                json::object{{"role", role}});
  if (!succeeded(answer))
    throw std::runtime_error("set role: " + answer.body);
}

std::string conversation_path(const std::string& conv, std::string_view rest) {
  return "/v1/conversations/" + percent_encoded(conv) + std::string(rest);
}

std::string group_path(const std::string& group, std::string_view rest) {
  return "/v1/groups/" + percent_encoded(group) + std::string(rest);
}

json::object member_of(const account& reader, const std::string& conv,
                       const account& member) {
  const auto shown =
      demand_object(reader.get(conversation_path(conv)), "conversation");
  return find(objects_of(shown, "members"), {{"user", member.user()}});
}

json::object listed(const account& user, const std::string& conv) {
  const auto list =
      demand_object(user.get("/v1/conversations?limit=200"), "conversations");
  return find(objects_of(list, "items"), {{"conv", conv}});
}

std::vector<json::object> whole_history(const account& reader,
                                        const std::string& conv) {
  std::vector<json::object> result;
  for (bool complete = false; !complete;) {
    const auto after = result.empty() ? 0 : number_of(result.back(), "seq");
    const auto page = demand_object(
        reader.get(conversation_path(conv, "/messages?limit=200&after="
                                               + std::to_string(after))),
        "history");
    auto items = objects_of(page, "items");
    result.insert(result.end(), items.begin(), items.end());
    complete = field(page, "complete").as_bool() || items.empty();
  }
  return result;
}

bool succeeded(const http_response& response) {
  return response.status >= 200 && response.status < 300;
}

} // namespace parley::test
