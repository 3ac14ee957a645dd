#!/usr/bin/env bash
# Runs an operator's command with the service's user, environment and program. Run as root. install.sh links it into the
# path as `evens`:
#
#   evens verify
set -euo pipefail
here=$(cd "$(dirname "$(readlink -f "$0")")" && pwd)
# shellcheck source=infra/box/common.sh
. "$here/common.sh"

require_root
as_evens "$current/evens" "$@"
