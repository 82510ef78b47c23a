#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# setup.sh: tools/setup.sh installs exactly what is missing, and does nothing
# when nothing is. dpkg-query, apt-get, sudo and id are stand-ins that log.

set -eu
. tests/lib.sh
fake=$tmp/fake calls=$tmp/calls
mkdir "$fake"
PATH=$fake:$PATH
stand_in() { cat >"$fake/$1" && chmod +x "$fake/$1"; }

# Installed is what $tmp/installed names, one a line.
stand_in dpkg-query <<EOF
#!/bin/sh
for package; do :; done
grep -qxF "\$package" "$tmp/installed" || exit 1
printf installed
EOF
stand_in apt-get <<EOF
#!/bin/sh
echo "apt-get \$*" >>"$calls"
case "\$*" in
*update*) touch "$tmp/updated" ;;
*install*) [ ! -e "$tmp/lists-are-old" ] || [ -e "$tmp/updated" ] || exit 100 ;;
esac
EOF
stand_in sudo <<EOF
#!/bin/sh
echo "sudo \$*" >>"$calls"
exec "\$@"
EOF
stand_in id <<EOF
#!/bin/sh
cat "$tmp/uid"
EOF

listed() { grep -hv -e "^#" -e "^\$" "${1-tools/packages}"; }
# set_up UID MISSING...: runs it with all packages installed but MISSING.
set_up()
{
	echo "$1" >"$tmp/uid"
	shift
	{ listed; listed tools/packages-full; } >"$tmp/installed"
	for package; do
		sed -i "/^$package\$/d" "$tmp/installed"
	done
	rm -f "$calls" "$tmp/updated"
	# shellcheck disable=SC2086 # none or one
	tools/setup.sh $option </dev/null
}
called() { printf '%s\n' "$@" | diff - "$calls"; }
options="install -y --no-install-recommends"
option=

check "the lists name no package twice" test -z "$({ listed; listed tools/packages-full; } | sort | uniq -d)"
check "with nothing missing it ends well" set_up 0
check "with nothing missing it starts neither apt-get nor sudo" test ! -e "$calls"
check "missing packages are installed" set_up 0 flex coccinelle
check "they and no others, in one call" called "apt-get $options coccinelle flex"
rm -f "$calls"
check "compilers of other configurations are not asked for" set_up 0 clang-19
check "nor installed" test ! -e "$calls"
option=--full
check "with --full they are" set_up 0 clang-19 flex
check "with what else is missing" called "apt-get $options flex clang-19"
option=
check "a user has them installed with sudo" set_up 1000 git
check "sudo is given the same call" called "sudo env DEBIAN_FRONTEND=noninteractive apt-get $options git" \
	"apt-get $options git"
touch "$tmp/lists-are-old"
check "old package lists are renewed" set_up 0 git
check "only after an install that failed" called "apt-get $options git" "apt-get -qq update" "apt-get $options git"

stand_in apt-get <<EOF
#!/bin/sh
echo "the mirror is away" >&2
exit 100
EOF
refuses "an apt-get that fails gives status 2 and its message" 2 "the mirror is away" set_up 0 git
rm "$fake/sudo"
# Only what the script needs, so that the machine's own sudo is not found.
mkdir "$tmp/bin"
for program in basename cat dirname env grep mktemp rm sed sh; do
	ln -s "$(command -v "$program")" "$tmp/bin/$program"
done
without_sudo() { (PATH=$fake:$tmp/bin && set_up 1000 git flex); }
refuses "without sudo the command for root is told" 2 "as root, run: apt-get install git flex" without_sudo
refuses "an unknown option is refused" 2 "unknown option '-x'" tools/setup.sh -x
finish
