# For checks that need programs of Debian's: `source debian.sh`. Gives `install_packages NAME...`, which gets them where
# root may, and never fails; `said` is what apt-get printed then, for whoever finds that a program is still not there.

said=""
install_packages() {
  [ "$(id -u)" = 0 ] && command -v apt-get > /dev/null || return 0
  # A machine that was just made has no lists of packages, and nothing can be installed before it has them.
  said=$(apt-get update 2>&1 && DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends "$@" 2>&1) || true
}
