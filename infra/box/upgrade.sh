#!/usr/bin/env bash
# Upgrades the program of this machine. An embedded table is copied and verified first. Requests in progress are
# finished, then the new program starts. If it does not become healthy, the previous one is restored. Run as root.
#
#   infra/box/upgrade.sh target/box/evens
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=infra/box/common.sh
. "$here/common.sh"

[ $# = 1 ] || fail "name the new program, and nothing else"
require_root
[ -x "$1" ] || fail "the program $1 does not exist"
[ -L "$current" ] || fail "nothing is installed here: use install.sh"

before=$(readlink "$current")
release=$(add_release "$1" "$here")
if [ "$release" = "$before" ]; then
  say "$1 is what runs already"
  exit 0
fi

# The new program may write items that the previous one does not know.
if [ "$(configured EVENS_ENGINES)" = embedded ]; then
  "$current/box/backup.sh" || fail "there is no verified copy of the table, so nothing was changed"
fi

# Installs the program's own unit. Stopping waits for requests in progress.
start() {
  use_release "$1"
  install -m 644 "$1/box/evens.service" /etc/systemd/system/evens.service
  systemctl daemon-reload
  systemctl restart evens.service && await_health
}

if start "$release"; then
  say "$("$current/evens" --version) runs, as $release; before it was $before"
else
  say "the new program does not become healthy; its last words:" >&2
  journalctl --unit evens --lines 10 --no-pager --output cat >&2 || true
  rm -rf "$release"
  start "$before" || fail "and neither does the one before, $before: journalctl -u evens"
  fail "$before runs again"
fi

# The previous release is kept for a manual rollback with this script, and older ones are deleted.
find "$releases" -mindepth 1 -maxdepth 1 -type d ! -path "$release" ! -path "$before" -exec rm -rf {} +
