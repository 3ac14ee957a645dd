# Shared parts of the scripts in this folder. Sourced by them, not run.
# shellcheck shell=bash disable=SC2034 # Each of them uses some of the names.

releases=/opt/evens/releases
current=/opt/evens/current
configuration=/etc/evens
environment=$configuration/evens.env
state=/var/lib/evens
backups=/var/backups/evens
# The number of health checks, one second apart, before the service counts as broken.
health_attempts=30

fail() {
  echo "$(basename "$0"): $*" >&2
  exit 1
}

say() { echo "$(basename "$0"): $*"; }

require_root() { [ "$(id -u)" = 0 ] || fail "must be run as root"; }

# Prints a variable of the environment file without executing the file.
configured() { sed -n "s/^$1=//p" "$environment" | tail -n 1; }

# Succeeds if the API reports that table and queues answer.
is_healthy() { curl --fail --silent --output /dev/null --max-time 5 "http://$(configured EVENS_LISTEN)/health"; }

await_health() {
  for _ in $(seq "$health_attempts"); do
    if is_healthy; then return 0; fi
    sleep 1
  done
  return 1
}

# Runs a command as the service's user with the service's environment. If CPU or memory is short, the service has
# priority. Everything in a folder of that user runs this way, because the user could place a link there to one of
# root's files.
as_evens() {
  systemd-run --quiet --wait --pipe --collect --uid=evens --gid=evens --property=UMask=0077 --property=Nice=10 \
    --property=OOMScoreAdjust=500 --property=EnvironmentFile="$environment" "$@"
}

# Installs a program and its scripts into a folder of their own, and prints that folder.
add_release() {
  local binary=$1 source=$2 sum folder
  # A program that cannot run on this processor or system must not reach a restart.
  "$binary" --version > /dev/null || fail "$binary does not run on this machine"
  sum=$(cat "$binary" "$source"/* | sha256sum | cut -c1-12)
  folder=$releases/$sum
  if [ ! -d "$folder" ]; then
    rm -rf "$folder.new"
    install -d -m 755 "$folder.new/box"
    install -m 755 "$binary" "$folder.new/evens"
    install -m 755 "$source"/*.sh "$folder.new/box/"
    install -m 644 "$source"/*.service "$source"/*.timer "$source"/*.env "$source"/*.json "$source"/*.tsv "$source"/Caddyfile \
      "$folder.new/box/"
    mv "$folder.new" "$folder"
  fi
  echo "$folder"
}

# Switches to a release atomically.
use_release() {
  ln -sfn "$1" "$current.new"
  mv -T "$current.new" "$current"
}
