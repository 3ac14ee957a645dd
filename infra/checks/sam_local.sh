#!/usr/bin/env bash
# Generates the template for `sam local`, and checks with SAM's own providers that it finds every route and function. It
# needs no Docker, and starts no function. The packages of requirements-*.txt are fetched into target/ once. If
# something is missing, the check reports it and succeeds, or fails with --required.
set -euo pipefail
cd "$(dirname "$0")/../.."
source infra/checks/python.sh sam-local "${1:-}"
venv sam infra/checks/requirements-sam.txt

work=$target/sam-local-check
rm -rf "$work"
trap 'rm -rf "$work"' EXIT
"$venvs/sam/bin/python" infra/sam-local/generate.py "$work"
SAM_CLI_TELEMETRY=0 "$venvs/sam/bin/python" infra/checks/sam_local.py "$work"
