#include "cluster/certificates.hpp"

#include "support/child_process.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <vector>

namespace parley::test {

namespace fs = std::filesystem;

namespace {

void openssl(std::vector<std::string> argv) {
  argv.insert(argv.begin(), "/usr/bin/openssl");
  const auto done = run(argv);
  if (done.status != 0)
    FAIL("openssl ", argv[1], ": ", done.errors);
}

} // namespace

std::string certificates::issue(const std::string& authority,
                                const std::string& name) {
  const auto ca = folder_.file(authority);
  const auto path = folder_.file(name);
  if (!fs::exists(ca + ".crt"))
    openssl({"req", "-x509", "-newkey", "ec", "-pkeyopt",
             "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
             "/CN=" + authority, "-keyout", ca + ".key", "-out", ca + ".crt"});
  openssl({"req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
           "-nodes", "-subj", "/CN=" + name, "-keyout", path + ".key", "-out",
           path + ".csr"});
  openssl({"x509", "-req", "-in", path + ".csr", "-CA", ca + ".crt", "-CAkey",
           ca + ".key", "-CAcreateserial", "-days", "2", "-out",
           path + ".crt"});
  fs::copy_file(ca + ".crt", path + ".ca");
  return path;
}

} // namespace parley::test
