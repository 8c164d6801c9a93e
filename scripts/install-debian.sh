#!/bin/sh
# Installs Debian packages whose servers the tests start for themselves: sh scripts/install-debian.sh prometheus ...
# Exit 0: they are there. Exit 2: not possible here, and why on standard error; the tests that need them are skipped.
set -eu

unable() {
  echo "install-debian: $1; the tests that need $packages are skipped" >&2
  exit 2
}

packages="$*"
[ -n "$packages" ] || { echo 'usage: install-debian.sh PACKAGE...' >&2; exit 1; }

missing=''
for package in $packages; do
  dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

command -v apt-get >/dev/null || unable 'this is no Debian (there is no apt-get)'
run=''
if [ "$(id -u)" -ne 0 ]; then
  run='sudo -n'
  $run true 2>/dev/null || unable 'it needs root, or sudo without a password'
fi

# apt starts a service that it installs, unless this script answers 101. One that is there already is somebody's decision.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  printf '#!/bin/sh\nexit 101\n' | $run tee "$policy" >/dev/null
  $run chmod 755 "$policy"
  trap '$run rm -f "$policy"' EXIT
fi

echo "install-debian:$missing"
# shellcheck disable=SC2086 # one word a package
install() { DEBIAN_FRONTEND=noninteractive $run apt-get install --yes --no-install-recommends $missing; }
# The lists of packages may be missing or old.
install || { $run apt-get update && install; } || unable "apt-get could not install$missing"
