#!/usr/bin/env bash
# Mounts the data volume of an EC2 machine at /var/lib/evens, and creates a file system on it if it has none. Run as
# root. The script can be repeated: an existing file system is never overwritten.
#
#   infra/box/data-volume.sh [DEVICE]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=infra/box/common.sh
. "$here/common.sh"

require_root
label=evens-data
# The volume that CloudFormation attaches as /dev/sdf has that name on older machines (Xen), and a name by its position
# on newer ones (Nitro).
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

# Exit code 2: the volume has no known content.
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
  # Without the volume the machine still starts, so that an operator can investigate, but evens does not.
  echo "LABEL=$label $state ext4 noatime,nofail,x-systemd.device-timeout=60 0 2" >> /etc/fstab
fi
systemctl daemon-reload
# Mounted by device, because a failed fstab mount with `nofail` reports nothing.
mountpoint --quiet "$state" || mount -o noatime "$device" "$state"
say "$device is mounted at $state"
