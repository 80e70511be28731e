#include "parley/push/transport.hpp"

#include "push/endpoint.hpp"
#include "push/transfer.hpp"

#include <algorithm>
#include <list>
#include <mutex>
#include <system_error>
#include <thread>
#include <unistd.h>
#include <unordered_map>
#include <utility>

namespace parley::push {

namespace {

struct multi_free {
  void operator()(CURLM* x) const noexcept { curl_multi_cleanup(x); }
};

/// libcurl's own preparation, once in the process's life.
bool prepare_curl() {
  static const auto ready = curl_global_init(CURL_GLOBAL_DEFAULT);
  return ready == CURLE_OK;
}

bool breaks_line(const std::string& header) {
  return header.find_first_of(std::string_view{"\r\n\0", 3})
         != std::string::npos;
}

} // namespace

class transport::impl {
public:
  explicit impl(const transport_settings& by)
      : settings_(by), multi_(curl_multi_init()) {}
  impl(const impl&) = delete;
  impl& operator=(const impl&) = delete;
  ~impl();

  bool start();
  void post(http_request request, std::function<void(http_answer)> done);
  const transport_settings& settings() const noexcept { return settings_; }
  size_t in_flight() const;

private:
  using transfer_ptr = std::unique_ptr<transfer>;

  void run();
  bool take_posted();
  void begin(transfer_ptr x);
  void finish_done();
  void finish_late();
  void finish_all();
  int wait_ms() const;
  transfer_ptr release(transfer& x);
  http_failure admit(const std::string& origin);

  const transport_settings settings_;
  std::unique_ptr<CURLM, multi_free> multi_;

  // Of the thread. All have one timeout, so that the first is the first late.
  std::list<transfer_ptr> running_;
  std::unordered_map<const transfer*, std::list<transfer_ptr>::iterator> where_;

  mutable std::mutex lock_;
  std::vector<transfer_ptr> posted_;
  std::unordered_map<std::string, size_t> per_origin_;
  size_t total_ = 0;
  bool ends_ = false;

  std::thread thread_;
};

bool transport::impl::start() {
  if (!multi_)
    return false;
  curl_multi_setopt(multi_.get(), CURLMOPT_PIPELINING,
                    static_cast<long>(CURLPIPE_MULTIPLEX));
  curl_multi_setopt(multi_.get(), CURLMOPT_MAXCONNECTS,
                    static_cast<long>(settings_.in_flight_max));
  try {
    thread_ = std::thread{[this] {
      run();
    }};
  } catch (const std::system_error&) {
    return false;
  }
  return true;
}

transport::impl::~impl() {
  if (!thread_.joinable())
    return;
  {
    std::lock_guard held{lock_};
    ends_ = true;
  }
  curl_multi_wakeup(multi_.get());
  thread_.join();
}

size_t transport::impl::in_flight() const {
  std::lock_guard held{lock_};
  return total_;
}

/// Counts one more, if it may begin. The lock is held.
http_failure transport::impl::admit(const std::string& origin) {
  if (ends_)
    return http_failure::stopped;
  if (total_ >= settings_.in_flight_max)
    return http_failure::busy;
  auto& count = per_origin_[origin];
  if (count >= settings_.in_flight_per_origin_max)
    return http_failure::busy;
  ++count;
  ++total_;
  return http_failure::none;
}

void transport::impl::post(http_request request,
                           std::function<void(http_answer)> done) {
  auto to = parse_endpoint(request.url, settings_.allow_private);
  if (!to)
    return done(no_answer(http_failure::malformed, to.error().message));
  if (std::any_of(request.headers.begin(), request.headers.end(), breaks_line))
    return done(no_answer(http_failure::malformed, "a line break in a header"));
  auto refused = http_failure::none;
  {
    std::lock_guard held{lock_};
    refused = admit(to->origin);
    if (refused == http_failure::none) {
      request.url = to->url;
      posted_.push_back(std::make_unique<transfer>(
          std::move(request), std::move(to->origin), std::move(done)));
    }
  }
  if (refused != http_failure::none)
    return done(no_answer(refused, refused == http_failure::busy
                                       ? "too many requests are under way"
                                       : "the node stops"));
  curl_multi_wakeup(multi_.get());
}

void transport::impl::run() {
  while (take_posted()) {
    int running = 0;
    curl_multi_perform(multi_.get(), &running);
    finish_done();
    finish_late();
    curl_multi_poll(multi_.get(), nullptr, 0, wait_ms(), nullptr);
  }
  finish_all();
}

/// @returns false at the end.
bool transport::impl::take_posted() {
  std::vector<transfer_ptr> fresh;
  bool goes_on = true;
  {
    std::lock_guard held{lock_};
    fresh.swap(posted_);
    goes_on = !ends_;
  }
  for (auto& each : fresh)
    begin(std::move(each));
  return goes_on;
}

void transport::impl::begin(transfer_ptr x) {
  auto& begun = *x;
  begun.deadline = transfer::clock::now() + settings_.timeout;
  where_[&begun] = running_.insert(running_.end(), std::move(x));
  auto* easy = begun.prepare(settings_);
  if (!easy || curl_multi_add_handle(multi_.get(), easy) != CURLM_OK)
    release(begun)->fail(http_failure::unreachable, "out of memory");
}

/// Takes a transfer out of all lists, so that another may begin.
transport::impl::transfer_ptr transport::impl::release(transfer& x) {
  if (x.handle())
    curl_multi_remove_handle(multi_.get(), x.handle());
  auto found = where_.find(&x);
  auto owned = std::move(*found->second);
  running_.erase(found->second);
  where_.erase(found);
  std::lock_guard held{lock_};
  --total_;
  if (auto count = per_origin_.find(x.origin()); --count->second == 0)
    per_origin_.erase(count);
  return owned;
}

void transport::impl::finish_done() {
  int left = 0;
  while (auto* message = curl_multi_info_read(multi_.get(), &left)) {
    if (message->msg != CURLMSG_DONE)
      continue;
    auto code = message->data.result;
    void* of = nullptr;
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &of);
    release(*static_cast<transfer*>(of))->finish(code);
  }
}

void transport::impl::finish_late() {
  auto now = transfer::clock::now();
  while (!running_.empty() && running_.front()->deadline <= now)
    release(*running_.front())
        ->fail(http_failure::timeout, "no answer in time");
}

void transport::impl::finish_all() {
  while (!running_.empty())
    release(*running_.front())->fail(http_failure::stopped, "the node stops");
}

/// Until the next is late; a post and a socket end it before.
int transport::impl::wait_ms() const {
  constexpr auto idle = std::chrono::milliseconds{60'000};
  if (running_.empty())
    return static_cast<int>(idle.count());
  auto left = std::chrono::ceil<std::chrono::milliseconds>(
      running_.front()->deadline - transfer::clock::now());
  return static_cast<int>(
      std::clamp(left, std::chrono::milliseconds{0}, idle).count());
}

result<std::unique_ptr<transport>>
transport::start(const transport_settings& by) {
  if (!by.ca_file.empty() && ::access(by.ca_file.c_str(), R_OK) != 0)
    return error{errc::internal, by.ca_file + ": cannot be read"};
  auto made = prepare_curl() ? std::make_unique<impl>(by) : nullptr;
  if (!made || !made->start())
    return error{errc::internal, "the thread for requests does not start"};
  return std::unique_ptr<transport>{new transport{std::move(made)}};
}

transport::transport(std::unique_ptr<impl> made) : impl_(std::move(made)) {}
transport::~transport() = default;

void transport::post(http_request request,
                     std::function<void(http_answer)> done) {
  impl_->post(std::move(request), std::move(done));
}

bool transport::allows_private() const noexcept {
  return impl_->settings().allow_private;
}

size_t transport::in_flight() const {
  return impl_->in_flight();
}

} // namespace parley::push
