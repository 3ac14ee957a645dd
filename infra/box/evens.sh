#!/usr/bin/env bash
# An operator's command as the service would carry it out: its user, its environment, its program. As root.
# install.sh puts it into the path as `evens`:
#
#   evens verify
set -euo pipefail
here=$(cd "$(dirname "$(readlink -f "$0")")" && pwd)
# shellcheck source=infra/box/common.sh
. "$here/common.sh"

require_root
as_evens "$current/evens" "$@"
