#pragma once

#include "parley/base/error.hpp"

#include <string>

namespace parley::push {

/// A service account of Google's.
struct fcm_account {
  std::string project_id;
  std::string client_email;
  std::string private_key; ///< RSA, in PEM.
  std::string private_key_id;
  std::string token_uri;
};

/// Reads the JSON that Google gives. Errors: `internal`, with the file, and
/// the key in it that is missing or wrong.
result<fcm_account> read_fcm_account(const std::string& file,
                                     bool allow_private);

} // namespace parley::push
