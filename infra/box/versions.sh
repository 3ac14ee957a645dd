# External software on a box that is not a Debian package. Sourced by scripts, not run.
# shellcheck shell=bash disable=SC2034 # Each of them uses some of the names.

# Caddy is built by infra/build-caddy.sh. Go's checksum database (sum.golang.org) verifies its source, and the sum below
# is that of the program, whose build is reproducible. To upgrade, change the first two values, run the script, and
# enter the sum that it prints.
caddy_version=v2.11.9
caddy_go=go1.26.8
caddy_sha256=3e11a9fb3cad7bc800df33faf23575f42fcad6ce920abb6962843fc523887143
