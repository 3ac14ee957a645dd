#!/usr/bin/env bash
# Builds the Caddy that stands in front of Evens on a box, at the version of infra/box/versions.sh, and checks that it
# is the program that was built when that version was chosen. Debian's Caddy is built with a Go that is older than
# fixes of HTTP/2.
#
#   infra/build-caddy.sh        the program is target/box/caddy
#
# Needs Go, any version since 1.21: it fetches the one that is named. Both come from proxy.golang.org, and are compared
# with Go's checksum database.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=infra/box/versions.sh
. infra/box/versions.sh

folder=$PWD/target/box
mkdir -p "$folder"
work=$(mktemp --directory)
trap 'rm -rf "$work"' EXIT
env --unset=GONOSUMDB --unset=GONOSUMCHECK --unset=GOPRIVATE --unset=GOINSECURE --unset=GOEXPERIMENT --unset=GODEBUG \
  GOFLAGS= GOPROXY=https://proxy.golang.org GOSUMDB=sum.golang.org GOTOOLCHAIN="$caddy_go" \
  GOOS=linux GOARCH=amd64 GOAMD64=v1 CGO_ENABLED=0 GOBIN="$work" \
  go install -trimpath -ldflags=-s "github.com/caddyserver/caddy/v2/cmd/caddy@$caddy_version"
if ! echo "$caddy_sha256  $work/caddy" | sha256sum --check --status; then
  echo "this Caddy $caddy_version is not the one of infra/box/versions.sh: $(sha256sum "$work/caddy" | cut -c1-64)" >&2
  exit 1
fi
mv "$work/caddy" "$folder/caddy"
echo "$folder/caddy"
