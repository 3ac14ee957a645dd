#!/usr/bin/env bash
# Bundles lit-html and the directives that the pages use into web/vendor/lit-html.js, and compares the result with
# web/vendor/SHA256SUMS. `--update` writes that list instead. Versions are pinned by web/tests/package-lock.json.
set -euo pipefail
cd "$(dirname "$0")"

[ -x tests/node_modules/.bin/esbuild ] || npm ci --prefix tests --ignore-scripts --no-audit --no-fund

tests/node_modules/.bin/esbuild --bundle --minify --format=esm --target=es2022 --legal-comments=none \
  --banner:js='/* lit-html 3.3.3, Copyright 2017 Google LLC, BSD-3-Clause: see lit-html.LICENSE. Made by web/vendor.sh. */' \
  --outfile=vendor/lit-html.js --log-level=warning <<'ENTRY'
export { html, svg, nothing, render } from "./tests/node_modules/lit-html/lit-html.js";
export { repeat } from "./tests/node_modules/lit-html/directives/repeat.js";
export { keyed } from "./tests/node_modules/lit-html/directives/keyed.js";
export { live } from "./tests/node_modules/lit-html/directives/live.js";
export { ref } from "./tests/node_modules/lit-html/directives/ref.js";
ENTRY
cp tests/node_modules/lit-html/LICENSE vendor/lit-html.LICENSE

cd vendor
if [ "${1-}" = --update ]; then
  sha256sum lit-html.js lit-html.LICENSE > SHA256SUMS
else
  sha256sum --check --quiet SHA256SUMS
fi
