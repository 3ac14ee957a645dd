# For checks that need Debian packages: `source debian.sh`. Defines `install_packages NAME...`, which installs packages
# if run as root, and never fails. `said` holds the output of apt-get, for checks that still miss a program.

said=""
install_packages() {
  [ "$(id -u)" = 0 ] && command -v apt-get > /dev/null || return 0
  # A new machine has no package lists, and no package can be installed without them.
  said=$(apt-get update 2>&1 && DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends "$@" 2>&1) || true
}
