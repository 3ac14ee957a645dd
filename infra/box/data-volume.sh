#!/usr/bin/env bash
# Mounts the data volume of an EC2 machine at /var/lib/evens, and creates a file system on it if it has none. Run as
# root. The script can be repeated: an existing file system is never overwritten.
#
#   infra/box/data-volume.sh VOLUME        its id, such as vol-0123456789abcdef0, or a device
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=infra/box/common.sh
. "$here/common.sh"

[ $# = 1 ] || fail "name the volume, and nothing else"
require_root
label=evens-data
# The links of EBS volumes on newer machines (Nitro). The rest of their names is the volume's id without its dash.
links=/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_
# Prints the device of the volume, or nothing if it is not attached yet. A Nitro machine always has the link of its root
# disk. The names of its devices depend on the order of detection, so only the link counts. Older machines (Xen) do not
# show ids. There, the device has the name with which infra/stacks/compat.yaml attaches the volume.
find_device() {
  local name names=("$1")
  case $1 in
    vol-*)
      names=("$links${1/-/}")
      if ! compgen -G "$links*" > /dev/null; then names=(/dev/xvdf /dev/sdf); fi
      ;;
  esac
  for name in "${names[@]}"; do
    if [ -b "$name" ]; then readlink --canonicalize "$name" && break; fi
  done
}
for _ in $(seq 120); do
  device=$(find_device "$1")
  [ -z "$device" ] || break
  sleep 1
done
[ -n "$device" ] || fail "the data volume $1 was not attached within 2 minutes"

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
