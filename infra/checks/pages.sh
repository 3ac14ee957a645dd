#!/usr/bin/env bash
# Checks the pages of web/: rules and texts with Node alone, types against the description of the API, vendored files,
# and every view in Chromium, from a newcomer's first minute to each error. Also checks that all modules of JavaScript
# are formatted. `--required` fails where something is missing; without it, checks that need a missing program are
# skipped, with a word on how to get it. EVENS_TESTS_BINARY names a built `evens`; without it one is built.
set -uo pipefail
cd "$(dirname "$0")/../.."
source infra/checks/debian.sh

required=${1-}
tests=web/tests
generated=$tests/generated

skip() {
  echo "pages: SKIPPED, $1"
  [ "$required" != --required ] || exit 1
  exit 0
}

node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' 2> /dev/null || skip "no Node 20 or newer; install it, then run infra/checks/pages.sh"

set -e
node --test $tests/*.test.mjs

log=$(npm ci --prefix $tests --ignore-scripts --no-audit --no-fund 2>&1) || skip "the packages of $tests/package.json cannot be installed: ${log##*$'\n'}"
web/format.sh --check
web/vendor.sh

binary=${EVENS_TESTS_BINARY-}
if [ -z "$binary" ]; then
  cargo build --quiet -p evens
  binary=${CARGO_TARGET_DIR:-target}/debug/evens
fi
export EVENS_TESTS_BINARY=$binary

mkdir -p $generated
node $tests/openapi.mjs $generated/openapi.json
node $tests/lint_openapi.mjs $generated/openapi.json
node $tests/types.mjs $generated/openapi.json $generated/api.d.ts
$tests/node_modules/.bin/tsc --project $tests
echo "types: every module of web/ fits the API"

is_there() { [ -n "${CHROMIUM-}" ] || command -v chromium-headless-shell chromium chromium-browser google-chrome > /dev/null; }
is_there || install_packages chromium-headless-shell fonts-dejavu-core fonts-lohit-deva
is_there || skip "no Chromium; as root: apt-get install chromium-headless-shell fonts-dejavu-core fonts-lohit-deva, or set CHROMIUM to a path; then run infra/checks/pages.sh. $said"
# Without a font for Hindi its texts are boxes, and as narrow as those.
has_hindi() { ! command -v fc-list > /dev/null || [ -n "$(fc-list :lang=hi)" ]; }
has_hindi || install_packages fonts-lohit-deva

node $tests/first_load.mjs
node $tests/first_minute.mjs

# Each has an Evens and a browser of its own, and mostly waits.
console_log=$(mktemp)
node $tests/console.mjs > "$console_log" 2>&1 &
trap 'kill $! 2> /dev/null || true; rm -f "$console_log"' EXIT
code=0
node $tests/pages.mjs || code=$?
wait $! || code=$?
cat "$console_log"
exit "$code"
