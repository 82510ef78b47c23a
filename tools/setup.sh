#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# setup.sh: installs the Debian packages of tools/packages that are missing, and
# with --full those of tools/packages-full. Does nothing, and asks nothing, when
# none is.
#
# usage: setup.sh [-y] [--full]
#   -y      do not ask before using sudo; not on a terminal nobody is asked
#   --full  compilers for every configuration, not only the default one
# exit status: 0 nothing is missing, 2 something is

set -eu
# shellcheck source=tools/common.sh
. "$(dirname "$0")/common.sh"

here=$(dirname "$0")
yes=false
full=false
for option; do
	case $option in
	-y) yes=true ;;
	--full) full=true ;;
	*) die "unknown option '$option': usage: setup.sh [-y] [--full]" ;;
	esac
done

listed()
{
	cat "$here/packages"
	if $full; then cat "$here/packages-full"; fi
}
packages=$(listed)
missing=
while read -r package; do
	case $package in ''|'#'*) continue ;; esac
	# shellcheck disable=SC2016 # dpkg's own variable
	status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) || status=
	[ "$status" = installed ] || missing="$missing $package"
done <<EOF
$packages
EOF
[ -n "$missing" ] || exit 0

if [ "$(id -u)" -eq 0 ]; then
	sudo=
else
	command -v sudo >/dev/null || die "as root, run: apt-get install$missing"
	sudo=sudo
	if ! $yes && [ -t 0 ] && [ -t 2 ]; then
		printf '%s: install with sudo:%s? [Y/n] ' "$me" "$missing" >&2
		read -r answer
		case $answer in
		''|[Yy]*) ;;
		*) die "not installed:$missing" ;;
		esac
	fi
fi
info "installing$missing"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# The lists of a fresh machine are empty or old: fetch them when the install
# does not work with those there are.
install()
{
	# shellcheck disable=SC2086 # a list of words
	$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $missing >"$log" 2>&1
}
if ! install; then
	$sudo apt-get -qq update >>"$log" 2>&1 || { cat "$log" >&2; die "apt-get update failed: see above"; }
	install || { cat "$log" >&2; die "cannot install$missing: see above"; }
fi
