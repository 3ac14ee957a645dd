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
# The volume that CloudFormation attaches as /dev/sdf has that name on older machines (Xen). On newer ones (Nitro), its
# name depends on the order of detection. So it is found by its id: it is the EBS volume that does not hold the root
# file system.
root=$(lsblk --noheadings --output PKNAME "$(findmnt --noheadings --output SOURCE /)" | head -n 1)
candidates() {
  local found name
  for name in /dev/xvdf /dev/sdf /dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_vol*; do
    case $name in *-part*) continue ;; esac
    found=$(readlink --canonicalize "$name") || continue
    if [ -b "$found" ] && [ "$found" != "/dev/$root" ]; then echo "$found"; fi
  done | sort --unique
}
device=${1:-}
for _ in $(seq 120); do
  [ -z "$device" ] || break
  found=$(candidates)
  [ "$(wc -w <<< "$found")" -le 1 ] || fail "several volumes are attached; name the one for the data: ${found//$'\n'/ }"
  device=$found
  [ -n "$device" ] || sleep 1
done
[ -b "$device" ] || fail "no data volume was attached within 2 minutes"

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
