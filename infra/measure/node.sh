#!/usr/bin/env bash
# Puts the Node function and its packages into target/start/node, where evens-start looks for it. Needs Node 20 or
# newer.
set -euo pipefail
cd "$(dirname "$0")/../.."
folder=${CARGO_TARGET_DIR:-target}/start/node
mkdir -p "$folder"
cp infra/measure/node/* "$folder/"
cd "$folder"
npm install --silent --no-audit --no-fund
