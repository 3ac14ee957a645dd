#!/usr/bin/env bash
# Replaces the data of this machine with an archive of backup.sh. The old data is kept beside it. The books are verified
# before the service starts. Run as root.
#
#   infra/box/restore.sh /var/backups/evens/evens-20261120T080000Z.tar.gz
set -euo pipefail
umask 077
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=infra/box/common.sh
. "$here/common.sh"

[ $# = 1 ] || fail "name the archive, and nothing else"
require_root
archive=$1
[ -f "$archive" ] || fail "the archive $archive does not exist"
[ "$(configured EVENS_ENGINES)" = embedded ] || fail "nothing is on this machine: the table is in DynamoDB"
data=$(configured EVENS_DATA)
[ "${data%/*}" = "$state" ] || fail "the data folder $data is not in $state"

# The archive is unpacked and verified before the service stops.
restored=$state/restored
as_evens rm -rf "$restored"
as_evens mkdir -m 700 "$restored"
as_evens tar --extract --gzip --directory "$restored" < "$archive"
as_evens "$current/evens" verify --data "$restored" || fail "the books of $archive are not in order or empty; nothing was changed"

before=$data.before-$(date --utc +%Y%m%dT%H%M%SZ)
systemctl stop evens.service
if [ -e "$data" ]; then as_evens mv -T "$data" "$before"; fi
as_evens mv -T "$restored" "$data"
systemctl start evens.service
await_health || fail "evens does not become healthy: journalctl -u evens. What was there before is $before"
as_evens "$current/evens" verify
say "$archive is restored; what was there before is $before, to be removed by hand"
