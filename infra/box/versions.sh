# What a box runs that is not of this repository, and is not a package of Debian. Read by scripts, not run.
# shellcheck shell=bash disable=SC2034 # Each of them uses some of the names.

# Caddy is built by infra/build-caddy.sh. Its source is what Go's checksum database (sum.golang.org) says it is; the sum
# is of the program that this compiler makes of it, which is the same on every machine. A new version: change the first
# two, run the script, and write down the sum that it then says.
caddy_version=v2.11.9
caddy_go=go1.26.8
caddy_sha256=3e11a9fb3cad7bc800df33faf23575f42fcad6ce920abb6962843fc523887143
