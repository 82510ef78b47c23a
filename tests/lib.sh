# SPDX-License-Identifier: GPL-2.0-only
# lib.sh: TAP for shell tests. Sourced, never run.
# shellcheck shell=sh
#
#	. tests/lib.sh
#	check "sentence that names the behaviour" COMMAND ARGS...
#	finish
#
# $tmp is a fresh folder that goes with the test; the cache folder is below
# it unless a test sets XDG_CACHE_HOME itself.

count=0
bad=0
tmp=$(mktemp -d)
mounts=
clean_up()
{
	for mount in $mounts; do
		umount -l "$mount"
	done
	rm -rf "$tmp"
}
trap clean_up EXIT
trap 'exit 2' HUP INT TERM
tests=$PWD/tests
recipe=$tests/generality/recipe
build=${BUILD:-build}
case $build in /*) ;; *) build=$PWD/$build ;; esac
# shellcheck disable=SC2034 # for the tests
convert=$build/phyr-convert verify=$build/phyr-verify

report()
{
	count=$((count + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $count - $2"
	else
		echo "not ok $count - $2"
		bad=$((bad + 1))
		[ ! -s "$tmp/log" ] || sed 's/^/# /' "$tmp/log"
	fi
}

# check NAME COMMAND...: passes when the command ends with status 0.
check()
{
	check_name=$1
	shift
	rc=0
	"$@" >"$tmp/log" 2>&1 || rc=$?
	report "$rc" "$check_name"
}

# refuses NAME STATUS TEXT COMMAND...: passes when the command ends with that
# status and says TEXT on stderr, a fixed string.
refuses()
{
	check_name=$1 want=$2 text=$3
	shift 3
	rc=0
	"$@" >"$tmp/stdout" 2>"$tmp/log" || rc=$?
	if [ "$rc" -eq "$want" ] && grep -qF -- "$text" "$tmp/log"; then
		report 0 "$check_name"
	else
		echo "wanted status $want and '$text', got status $rc" >>"$tmp/log"
		report 1 "$check_name"
	fi
}

# alone: a home, cache and git configuration that nobody else has.
alone()
{
	export HOME="$tmp/home" XDG_CACHE_HOME="$tmp/cache" GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null
	mkdir -p "$HOME"
}

# made_up_kernel DIR: a git repository of generality/tree with the tag v1.0,
# whose commit id is the same wherever and whenever it is made.
made_up_kernel()
{
	git init -q "$1"
	cp -r "$tests/generality/tree/." "$1"
	commit_all "$1" "Made-up 1.0"
	git -C "$1" tag v1.0
}

# commit_all DIR MESSAGE: commits the work tree as it is.
commit_all()
{
	git -C "$1" add -A
	GIT_AUTHOR_DATE="1700000000 +0000" GIT_COMMITTER_DATE="1700000000 +0000" \
		git -C "$1" -c user.name=Author -c user.email=author@example.org commit -q -m "$2"
}

# snapshot DIR...: every file, folder and link below, with mode and content.
# What differs between two snapshots was touched.
snapshot()
{
	for snapshot_of; do
		find "$snapshot_of" -printf '%y %m %l %p\n'
		find "$snapshot_of" -type f -exec sha256sum {} +
	done | LC_ALL=C sort
}

# run_commands KERNEL OUT COMMAND...: phyr-convert COMMAND on v1.0 with
# $recipe, each in turn. Ends with the first status that is not 0.
run_commands()
{
	run_kernel=$1 run_out=$2
	shift 2
	for run_command; do
		"$convert" "$run_command" -k "$run_kernel" -t v1.0 -o "$run_out" -r "$recipe" || return
	done
}

# all_gone FILE: none of the processes that FILE names is running any more.
all_gone()
{
	tr ' ' '\n' <"$1" | while read -r gone_pid; do
		case $(ps -o stat= -p "$gone_pid") in ''|Z*) ;; *) exit 1 ;; esac
	done
}

# mounted TYPE OPTIONS SOURCE DIR: a mount that goes with the test.
mounted()
{
	mkdir -p "$4"
	mount -t "$1" -o "$2" "$3" "$4" && mounts="$4 $mounts"
}

finish()
{
	echo "1..$count"
	exit $((bad > 0))
}
