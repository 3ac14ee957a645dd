#!/usr/bin/env bash
# Lints template.yaml and its nested stacks, as written and as expanded by SAM. Only after expansion does the linter see
# broken references in policies, environments and events. versions.py checks which changes publish a version. Then
# checkov checks security, with the exceptions in checkov.yaml. Needs Python 3.10 or newer. The packages of
# requirements-*.txt are fetched into target/ once. If something is missing, the check reports it and succeeds, or fails
# with --required.
set -euo pipefail
cd "$(dirname "$0")/../.."
source infra/checks/python.sh template "${1:-}"
venv lint infra/checks/requirements-lint.txt
venv checkov infra/checks/requirements-checkov.txt

lint() { "$venvs/lint/bin/cfn-lint" --regions eu-west-1 --format parseable -- "$1"; }

mapfile -t templates < <(echo template.yaml; find infra/stacks -name "*.yaml" -not -path "*/parts/*" | sort)
for template in "${templates[@]}"; do
  lint "$template"
done
echo "template: no findings in ${#templates[@]} templates"

# The templates as CloudFormation gets them. Only after expansion by SAM does checkov know their resources.
expanded=$target/template
rm -rf "$expanded"
mkdir -p "$expanded"
trap 'rm -rf "$expanded"' EXIT
"$venvs/lint/bin/python" infra/checks/versions.py infra/stacks/*.yaml
count=0
for template in "${templates[@]}"; do
  if grep --quiet '^Transform:.*AWS::Serverless' "$template"; then
    # Beside the templates that it nests.
    to=$expanded/${template%.yaml}.json
    mkdir -p "$(dirname "$to")"
    "$venvs/lint/bin/python" infra/checks/expand.py "$template" > "$to"
    lint "$to"
    count=$((count + 1))
  else
    mkdir -p "$expanded/$(dirname "$template")"
    cp "$template" "$expanded/$template"
  fi
done
[ "$count" -gt 0 ] || { echo "template: nothing to expand was found" >&2; exit 1; }
echo "template: no findings in the $count of them that SAM expands, as expanded"

"$venvs/checkov/bin/checkov" --directory "$expanded" --framework cloudformation --config-file infra/checks/checkov.yaml \
  --skip-download --compact --quiet > "$expanded/findings" 2>&1 || { cat "$expanded/findings" >&2; exit 1; }
echo "template: nothing that checkov calls unsafe, with the $(grep -c '^  - ' infra/checks/checkov.yaml) exceptions of checkov.yaml"
