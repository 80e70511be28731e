#!/usr/bin/env bash
# Measures the web client of the release build in a browser. Prints a table.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../tests/web"
export PARLEY_BINARY=${PARLEY_BINARY:-$PWD/../../build/release/bin/parley}
[[ -d node_modules ]] || npm ci --silent
node node_modules/typescript/bin/tsc -p tsconfig.json
exec node dist/tests/web/bench.js
