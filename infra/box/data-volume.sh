#!/usr/bin/env bash
# Mounts the data volume of an EC2 machine at /var/lib/evens, and makes a file system on it if it has none. As root; may
# be repeated. A volume that has a file system is never made anew.
#
#   infra/box/data-volume.sh [DEVICE]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=infra/box/common.sh
. "$here/common.sh"

require_root
label=evens-data
# What CloudFormation attaches as /dev/sdf is called so by older machines (Xen), and by its place on newer ones (Nitro).
devices=(/dev/xvdf /dev/sdf /dev/nvme1n1)
[ $# = 0 ] || devices=("$1")
device=""
for _ in $(seq 120); do
  for candidate in "${devices[@]}"; do
    if [ -b "$candidate" ]; then
      device=$candidate
      break 2
    fi
  done
  sleep 1
done
[ -n "$device" ] || fail "no data volume was attached within 2 minutes: ${devices[*]}"

# Exit code 2: there is nothing on it that anybody knows.
found=0
kind=$(blkid --probe --match-tag TYPE --output value "$device") || found=$?
if [ "$found" = 2 ]; then
  mkfs.ext4 -q -L "$label" "$device"
elif [ "$found" != 0 ] || [ "$kind" != ext4 ]; then
  fail "$device holds something else: $kind"
fi
e2label "$device" "$label"
install -d -m 700 "$state"
if ! grep --quiet "^LABEL=$label " /etc/fstab; then
  # Without it the machine starts all the same, so that somebody can look; evens does not.
  echo "LABEL=$label $state ext4 noatime,nofail,x-systemd.device-timeout=60 0 2" >> /etc/fstab
fi
systemctl daemon-reload
# By its device: with `nofail`, a mount by fstab that fails says nothing.
mountpoint --quiet "$state" || mount -o noatime "$device" "$state"
say "$device is mounted at $state"
