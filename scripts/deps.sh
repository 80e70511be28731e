#!/usr/bin/env bash
# Installs what building and testing Parley need and this machine lacks. Does
# nothing, and needs no rights, where nothing is missing. Debian 12.
#
#   scripts/deps.sh           what building needs
#   scripts/deps.sh --cluster and what scripts/cluster needs
#   scripts/deps.sh --tests   and what only the tests need
set -euo pipefail

packages=(
  # tools
  g++ cmake ninja-build ccache pkg-config clang-format
  # libraries of the node
  libcaf-dev libboost1.81-dev libboost-json1.81-dev librocksdb-dev libfmt-dev
  libspdlog-dev libtomlplusplus-dev libssl-dev libargon2-dev libjwt-dev
  libsodium-dev libcli11-dev libmimalloc-dev libjemalloc-dev
  libzookeeper-mt-dev libcurl4-openssl-dev libmaxminddb-dev
  # tests and benchmarks
  doctest-dev libbenchmark-dev iproute2 nftables openssl
)
# The web client's build; a Node of another origin does as well.
command -v node >/dev/null || packages+=(nodejs npm)
[[ -z ${1-} ]] || packages+=(zookeeper default-jre-headless)
[[ ${1-} != --tests ]] || packages+=(
  chromium fonts-noto-color-emoji python3-websockets
)

if ! command -v dpkg-query >/dev/null; then
  echo "deps: not a Debian system; needed there: ${packages[*]}" >&2
  exit 0
fi

missing=()
for package in "${packages[@]}"; do
  state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
  [[ $state == installed ]] || missing+=("$package")
done
((${#missing[@]})) || exit 0

as_root=()
if ((EUID != 0)); then
  if ! command -v sudo >/dev/null; then
    echo "deps: run as root: apt-get install ${missing[*]}" >&2
    exit 1
  fi
  as_root=(sudo)
fi

echo "deps: installing ${missing[*]}" >&2
apt() {
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get -qq -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 "$@" >/dev/null
}
apt update
apt install -y --no-install-recommends "${missing[@]}"
