#!/usr/bin/env bash
# Lints template.yaml and the stacks that it nests, as they are written, and as SAM expands them: only then the linter sees a
# reference to what does not exist in policies, environments and events. Needs Python 3.10 or newer; the packages of requirements.txt are fetched into
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

mapfile -t templates < <(echo template.yaml; find infra/stacks -name "*.yaml" | sort)
for template in "${templates[@]}"; do
  lint "$template"
done
echo "template: no findings in ${#templates[@]} templates"

# What CloudFormation gets of those that SAM expands.
count=0
for template in "${templates[@]}"; do
  grep --quiet '^Transform:.*AWS::Serverless' "$template" || continue
  expanded=$venv/expanded-$(basename "$template" .yaml).json
  "$venv/bin/python" infra/checks/expand.py "$template" > "$expanded"
  lint "$expanded"
  count=$((count + 1))
done
[ "$count" -gt 0 ] || { echo "template: nothing to expand was found" >&2; exit 1; }
echo "template: no findings in the $count of them that SAM expands, as expanded"
