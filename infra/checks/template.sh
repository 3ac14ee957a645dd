#!/usr/bin/env bash
# Lints template.yaml as it is written, and as SAM expands it: only then the linter sees a reference to what does not exist
# in policies, environments and events. Needs Python 3.10 or newer; the packages of requirements.txt are fetched into
# target/ once. Says so and succeeds where that is not possible; with --required it fails then.
set -euo pipefail
cd "$(dirname "$0")/../.."

required=${1:-}
skip() {
  echo "template: SKIPPED, $1"
  [ "$required" != --required ] || exit 1
  exit 0
}

python=${PYTHON:-python3}
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null || skip "no Python 3.10 or newer ($python)"

wanted=infra/checks/requirements.txt
venv=${CARGO_TARGET_DIR:-target}/template-check
if ! cmp -s "$wanted" "$venv/requirements.txt"; then
  rm -rf "$venv"
  mkdir -p "${venv%/*}"
  log=$("$python" -m venv "$venv" 2>&1 && "$venv/bin/pip" install --quiet --requirement "$wanted" 2>&1) \
    || skip "the packages of $wanted cannot be installed: ${log##*$'\n'}"
  cp "$wanted" "$venv/requirements.txt"
fi

lint() { "$venv/bin/cfn-lint" --regions eu-west-1 --format parseable -- "$1"; }

lint template.yaml
echo "template: template.yaml has no findings"
expanded=$venv/expanded.json
"$venv/bin/python" infra/checks/expand.py template.yaml > "$expanded"
lint "$expanded"
echo "template: expanded, it has no findings either"
