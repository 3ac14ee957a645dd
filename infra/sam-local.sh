#!/usr/bin/env bash
# Writes a template for `sam local` into target/sam-local, with an environment file, and says how to use both. The
# packages of infra/checks/requirements-lint.txt are fetched into target/ once. docs/deploy.md says what needs Docker.
set -euo pipefail
cd "$(dirname "$0")/.."
source infra/checks/python.sh sam-local --required
venv lint infra/checks/requirements-lint.txt

folder=$target/sam-local
"$venvs/lint/bin/python" infra/sam-local/generate.py "$folder"
cat <<INSTRUCTIONS
sam-local: wrote $folder/template.yaml, and $folder/env.json if it was not there. Set the emulator's address and
TokenPublicKeys in env.json, then:
  infra/build.sh --template-file $folder/template.yaml --build-dir $folder/build
  sam local start-api --template $folder/build/template.yaml --env-vars $folder/env.json
  sam local invoke PlaceBetFunction --template $folder/build/template.yaml --env-vars $folder/env.json --event event.json
INSTRUCTIONS
