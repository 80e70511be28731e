#include "parley/cluster/links.hpp"
#include "parley/config/address.hpp"

#include <fmt/format.h>
#include <openssl/ssl.h>

#include <memory>

namespace parley::cluster {

namespace {

struct free_context {
  void operator()(SSL_CTX* x) const { ::SSL_CTX_free(x); }
};

error unfit(const std::string& what) {
  return {errc::bad_request, what};
}

/// CAF would find out in the middle of a connection, and end the process.
result<void> check_files(const link_security& x) {
  std::unique_ptr<SSL_CTX, free_context> context{::SSL_CTX_new(::TLS_method())};
  if (!context)
    return unfit("links: OpenSSL gives no context");
  if (::SSL_CTX_use_certificate_chain_file(context.get(),
                                           x.certificate_file.c_str())
      != 1)
    return unfit("links: no certificate in " + x.certificate_file);
  if (::SSL_CTX_use_PrivateKey_file(context.get(), x.key_file.c_str(),
                                    SSL_FILETYPE_PEM)
      != 1)
    return unfit("links: no key of the certificate in " + x.key_file);
  if (::SSL_CTX_load_verify_locations(context.get(), x.authority_file.c_str(),
                                      nullptr)
      != 1)
    return unfit("links: no certificate of an authority in "
                 + x.authority_file);
  return {};
}

} // namespace

result<void> check_security(const link_options& options) {
  const auto& x = options.security;
  const auto any = !x.certificate_file.empty() || !x.key_file.empty()
                   || !x.authority_file.empty();
  if (x.with == link_security::kind::tls) {
    if (x.certificate_file.empty() || x.key_file.empty()
        || x.authority_file.empty())
      return unfit("links: TLS needs a certificate, its key and the "
                   "certificate of the cluster's authority");
    return check_files(x);
  }
  if (any)
    return unfit("links: there are certificates, but TLS is switched off");
  const auto text = options.listen_host.find(':') == std::string::npos
                        ? fmt::format("{}:0", options.listen_host)
                        : fmt::format("[{}]:0", options.listen_host);
  const auto where = config::parse_listen(text);
  if (!where || !where->loopback)
    return unfit(fmt::format("links: without TLS only a loopback address may "
                             "be listened on, not {}",
                             options.listen_host));
  return {};
}

} // namespace parley::cluster
