#!/usr/bin/env bash
# Backs up the embedded table during use into an archive, and keeps only the newest archives. Run as root. Prints the
# path of the archive. Then it verifies the books in the copy, which does not change meanwhile. If they are not in
# order, the script fails and deletes no older archive. Without enough free space it fails before it copies anything.
#
# If /etc/evens/backup.env has a line BUCKET=…, the first archive of each day (UTC) is also stored in that S3 bucket. A
# line AWS_DEFAULT_REGION=… names the region. The machine's role must allow s3:PutObject there. If an upload fails, the
# script fails, and the next run stores its own archive.
#
#   infra/box/backup.sh [FOLDER] [NUMBER OF ARCHIVES TO KEEP]
set -euo pipefail
umask 077
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=infra/box/common.sh
. "$here/common.sh"

require_root
folder=${1:-$backups}
kept=${2:-6}
[ "$(configured EVENS_ENGINES)" = embedded ] || fail "nothing is on this machine: the table is in DynamoDB"
[ "$kept" -ge 1 ] 2> /dev/null || fail "$kept is no number of copies"
install -d -m 700 "$folder"

# Fails if a disk has too little room, before a copy fills it and stops the table.
require_room() {
  local free
  free=$(df --output=avail --block-size=1 "$1" | tail -n 1)
  [ "$free" -ge "$2" ] || fail "NO COPY WAS MADE: the disk of $1 has $free bytes left, and a copy needs $2. Free some space or grow the disk"
}
# The running engines delete files meanwhile. Then `du` fails, but prints the size of the others.
data=$(configured EVENS_DATA)
size=$(du --summarize --block-size=1 "$data" | cut -f1) || true
[ -n "$size" ] || fail "the size of $data could not be read"
require_room "$state" "$size"
# An archive is compressed. The first one may be as large as the table.
newest=$(find "$folder" -maxdepth 1 -name 'evens-*.tar.gz' -printf '%T@ %s\n' | sort --numeric-sort | tail -n 1)
if [ -n "$newest" ]; then size=$((2 * ${newest#* })); fi
require_room "$folder" "$size"

name=evens-$(date --utc +%Y%m%dT%H%M%SZ)
# On the data disk, where evens may write. The archive is stored elsewhere.
copy=$state/$name
trap 'as_evens rm -rf "$copy"; rm -f "$folder/$name.tar.gz.new"' EXIT
as_evens "$current/evens" backup "$copy"
as_evens tar --create --gzip --directory "$copy" . > "$folder/$name.tar.gz.new"
sync "$folder/$name.tar.gz.new"
mv "$folder/$name.tar.gz.new" "$folder/$name.tar.gz"
say "$folder/$name.tar.gz, $(stat --format %s "$folder/$name.tar.gz") bytes"

# After the archive is closed, because verification needs engines, which leave files of their own in the copy.
looked=0
as_evens "$current/evens" verify --data "$copy" || looked=$?
if [ "$looked" = 1 ]; then
  fail "THE BOOKS ARE NOT IN ORDER in $folder/$name.tar.gz: see the output of evens verify above"
elif [ "$looked" != 0 ]; then
  as_evens "$current/evens" user list --limit 1 --json --data "$copy" | grep --quiet '"count":0,' \
    || fail "the books in $folder/$name.tar.gz could not be verified"
  say "nobody has signed up yet, so there are no books"
fi

# Before the upload, so that a bucket that cannot be reached for days does not fill the disk.
find "$folder" -maxdepth 1 -name 'evens-*.tar.gz' | sort --reverse | tail -n "+$((kept + 1))" | xargs --no-run-if-empty rm

setting() { [ ! -f "$configuration/backup.env" ] || sed -n "s/^$1=//p" "$configuration/backup.env" | tail -n 1; }
bucket=$(setting BUCKET)
region=$(setting AWS_DEFAULT_REGION)
day=${name:6:8}
if [ -n "$bucket" ] && [ "$(cat "$folder/stored-day" 2> /dev/null)" != "$day" ]; then
  aws s3 cp --only-show-errors ${region:+--region "$region"} "$folder/$name.tar.gz" "s3://$bucket/$name.tar.gz" \
    || fail "$folder/$name.tar.gz could not be stored in the bucket $bucket"
  echo "$day" > "$folder/stored-day"
  say "stored in s3://$bucket/$name.tar.gz"
fi
