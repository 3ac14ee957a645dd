#!/usr/bin/env bash
# Checks the dependencies of all crates against deny.toml with cargo-deny: their licences, crates that are not to be
# used, and where they come from. `--advisories` looks for known faults in them instead, in RustSec's database. It is on
# GitHub, and is fetched each time. cargo-deny is the package of requirements-deny.txt, which is fetched into target/
# once, and needs Python 3.10 or newer. If something is missing, the check reports it and succeeds, or fails with
# --required.
#
#   infra/checks/dependencies.sh [--advisories] [--required]
set -euo pipefail
cd "$(dirname "$0")/../.."

kinds=(bans licenses sources)
if [ "${1:-}" = --advisories ]; then
  kinds=(advisories)
  shift
fi
source infra/checks/python.sh dependencies "${1:-}"
venv deny infra/checks/requirements-deny.txt

deny() { "$venvs/deny/bin/cargo-deny" --log-level error --locked "$@"; }

if [ "${kinds[*]}" = advisories ]; then
  log=$(deny fetch db 2>&1) || skip "RustSec's database of advisories cannot be fetched: ${log##*$'\n'}"
fi
deny check --deny warnings "${kinds[@]}" || { echo "dependencies: see deny.toml" >&2; exit 1; }
echo "dependencies: nothing against deny.toml in ${kinds[*]}"
