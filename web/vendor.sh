#!/usr/bin/env bash
# Bundles lit-html and the directives that the pages use into web/vendor/lit-html.js, and uPlot, which draws the
# console's charts, into web/vendor/uplot.js. Compares the results with web/vendor/SHA256SUMS. `--update` writes that
# list instead. Versions are pinned by web/tests/package-lock.json.
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

tests/node_modules/.bin/esbuild tests/node_modules/uplot/dist/uPlot.esm.js --minify --format=esm --target=es2022 \
  --legal-comments=none --log-level=warning --outfile=vendor/uplot.js \
  --banner:js='/* uPlot 1.6.32, Copyright 2022 Leon Sorokin, MIT: see uplot.LICENSE. Made by web/vendor.sh. */'
cp tests/node_modules/uplot/dist/uPlot.min.css vendor/uplot.css
cp tests/node_modules/uplot/LICENSE vendor/uplot.LICENSE

cd vendor
if [ "${1-}" = --update ]; then
  sha256sum lit-html.js lit-html.LICENSE uplot.js uplot.css uplot.LICENSE > SHA256SUMS
else
  sha256sum --check --quiet SHA256SUMS
fi
