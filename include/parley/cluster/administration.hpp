#pragma once

#include "parley/cluster/cluster_view.hpp"

namespace parley::cluster {

using on_administered = std::function<void(const result<void>&)>;

/// Moves all replicas off a node, or stops doing so. It is empty once
/// `cluster_view::held_by` is 0. Errors: `not_found` if there is no such node,
/// `unavailable` to be tried again.
void set_draining(coordination& by, const paths& at, const cluster_view& view,
                  const std::string& name, bool is, on_administered done);

/// Takes a node that is gone for ever out of the cluster: others take its
/// replicas over. Errors: `not_found`; `forbidden` if it is alive (drain and
/// stop it first); `conflict` or `unavailable` to be tried again.
void remove_node(coordination& by, const paths& at, const cluster_view& view,
                 const std::string& name, on_administered done);

} // namespace parley::cluster
