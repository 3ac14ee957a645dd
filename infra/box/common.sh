# What the scripts beside this file share. Read by them, not run.
# shellcheck shell=bash disable=SC2034 # Each of them uses some of the names.

releases=/opt/evens/releases
current=/opt/evens/current
configuration=/etc/evens
environment=$configuration/evens.env
state=/var/lib/evens
backups=/var/backups/evens
# How often, a second apart, it is asked before it counts as broken.
health_attempts=30

fail() {
  echo "$(basename "$0"): $*" >&2
  exit 1
}

say() { echo "$(basename "$0"): $*"; }

require_root() { [ "$(id -u)" = 0 ] || fail "must be run as root"; }

# A variable of the environment file, without reading it as a program.
configured() { sed -n "s/^$1=//p" "$environment" | tail -n 1; }

# Whether the API says that table and queues answer.
is_healthy() { curl --fail --silent --output /dev/null --max-time 5 "http://$(configured EVENS_LISTEN)/health"; }

await_health() {
  for _ in $(seq "$health_attempts"); do
    if is_healthy; then return 0; fi
    sleep 1
  done
  return 1
}

# A command as the service's user, with the service's environment. Where processors or memory are short, the service has
# them. So is done whatever is done in a folder of that user, who could put a link there to a file of root's.
as_evens() {
  systemd-run --quiet --wait --pipe --collect --uid=evens --gid=evens --property=UMask=0077 --property=Nice=10 \
    --property=OOMScoreAdjust=500 --property=EnvironmentFile="$environment" "$@"
}

# Puts a program, and the scripts that belong to it, into a folder of its own; says which.
add_release() {
  local binary=$1 source=$2 sum folder
  # What cannot run here, on an older processor or system, does not get as far as a restart.
  "$binary" --version > /dev/null || fail "$binary does not run on this machine"
  sum=$(cat "$binary" "$source"/* | sha256sum | cut -c1-12)
  folder=$releases/$sum
  if [ ! -d "$folder" ]; then
    rm -rf "$folder.new"
    install -d -m 755 "$folder.new/box"
    install -m 755 "$binary" "$folder.new/evens"
    install -m 755 "$source"/*.sh "$folder.new/box/"
    install -m 644 "$source"/*.service "$source"/*.timer "$source"/*.env "$source"/*.json "$source"/Caddyfile \
      "$folder.new/box/"
    mv "$folder.new" "$folder"
  fi
  echo "$folder"
}

# Lets everybody use that release, in one step.
use_release() {
  ln -sfn "$1" "$current.new"
  mv -T "$current.new" "$current"
}
