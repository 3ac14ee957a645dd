#!/usr/bin/env bash
# Formats every module of JavaScript, with the HTML in its templates, by Prettier and .prettierrc.yaml. `--check` names
# those that differ, and fails if there are any. web/tests/package-lock.json pins the version.
set -euo pipefail
cd "$(dirname "$0")/.."

prettier=web/tests/node_modules/.bin/prettier
[ -x $prettier ] || npm ci --prefix web/tests --ignore-scripts --no-audit --no-fund

modules=("{infra,tests,web}/**/*.{js,mjs,d.ts}" "!web/vendor")
if [ "${1-}" = --check ]; then
  $prettier --list-different "${modules[@]}" || { echo "format: the modules above are not formatted; run web/format.sh" >&2; exit 1; }
  echo "format: every module is formatted"
else
  $prettier --write --list-different "${modules[@]}"
fi
