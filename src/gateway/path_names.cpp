#include "gateway/path_names.hpp"

#include "parley/base/names.hpp"

namespace parley::gateway {

namespace {

const std::string* name_in(const exchange_ptr& x, std::string_view which,
                           bool (*valid)(std::string_view) noexcept) {
  const auto& name = x->param(which);
  if (valid(name))
    return &name;
  x->fail({errc::not_found, "no such " + std::string{which}});
  return nullptr;
}

bool valid_conv(std::string_view name) noexcept {
  return valid_conversation(name);
}

} // namespace

const std::string* conversation_in(const exchange_ptr& x) {
  return name_in(x, "conv", valid_conv);
}
const std::string* group_in(const exchange_ptr& x) {
  return name_in(x, "conv", valid_group);
}
const std::string* user_in(const exchange_ptr& x) {
  return name_in(x, "user", valid_user);
}
const std::string* device_in(const exchange_ptr& x) {
  return name_in(x, "device", valid_device);
}

} // namespace parley::gateway
