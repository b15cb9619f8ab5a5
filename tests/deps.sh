#!/bin/sh
#
# make deps: install what the tests need and this machine lacks: check(3),
# pkg-config, mandoc, ps(1).  Without the right to, the command is printed;
# the status is 0 when nothing is missing.
#
#	tests/deps.sh -n	only print the command, if there is one

set -u

only_print=
[ "${1:-}" != -n ] || only_print=yes

have_check()
{
	pkg-config --exists check 2>/dev/null
}

missing=
command -v pkg-config >/dev/null || missing="$missing pkg-config"
have_check || missing="$missing check"
command -v mandoc >/dev/null || missing="$missing mandoc"
# that of busybox cannot
ps -o pid= -p $$ >/dev/null 2>&1 || missing="$missing ps"

if [ -z "$missing" ]; then
	[ -n "$only_print" ] || echo 'deps: all there'
	exit 0
fi

# The name of a package of this system, by that of the thing.
package()
{
	case $manager:$1 in
	pkg:pkg-config|pkgin:pkg-config|apk:pkg-config|pacman:pkg-config)
		echo pkgconf ;;
	dnf:pkg-config)
		echo pkgconf-pkg-config ;;
	apk:check)
		echo check-dev ;;
	dnf:check)
		echo check-devel ;;
	apt-get:ps|apk:ps)
		echo procps ;;
	dnf:ps|pacman:ps)
		echo procps-ng ;;
	pkg_add:pkg-config|pkg_add:mandoc|*:ps)
		;;
	*)
		echo "$1" ;;
	esac
}

manager=
for manager in apt-get pkgin pkg pkg_add apk dnf pacman none; do
	command -v "$manager" >/dev/null && break
done
case $manager in
apt-get)
	install='apt-get install -y --no-install-recommends' ;;
pkg_add)
	install=pkg_add
	[ "$(uname)" != OpenBSD ] || install='pkg_add -I' ;;
pkgin)
	install='pkgin -y install' ;;
pkg)
	install='pkg install -y' ;;
apk)
	install='apk add' ;;
dnf)
	install='dnf install -y' ;;
pacman)
	install='pacman -S --noconfirm --needed' ;;
none)
	echo "deps: install by hand:$missing" >&2
	exit 69 ;;
esac

packages=
for thing in $missing; do
	name=$(package "$thing")
	packages="$packages${name:+ $name}"
done
if [ -z "$packages" ]; then
	echo "deps: no package is known for:$missing" >&2
	exit 69
fi

if [ -n "$only_print" ]; then
	echo "$install$packages"
	exit 0
fi

as=
if [ "$(id -u)" -ne 0 ]; then
	if sudo -n true 2>/dev/null; then
		as='sudo '
	elif doas -n true 2>/dev/null; then
		as='doas '
	else
		echo "deps: missing:$missing; as root, type:" >&2
		echo "    $install$packages" >&2
		exit 77
	fi
fi

echo "deps: $as$install$packages"
if [ "$manager" = apt-get ]; then
	DEBIAN_FRONTEND=noninteractive
	export DEBIAN_FRONTEND
	# on a fresh machine there are no lists yet
	# shellcheck disable=SC2086
	${as}apt-get install -y --no-install-recommends $packages \
	    >/dev/null 2>&1 || ${as}apt-get update -q || exit 69
fi
# shellcheck disable=SC2086
$as$install $packages || exit 69

have_check || {
	echo 'deps: check(3) is still missing' >&2
	exit 69
}
