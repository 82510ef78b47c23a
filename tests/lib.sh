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

# borrowing REPOSITORY: $linux becomes a repository of the test's own that borrows from it.
borrowing()
{
	linux=$tmp/linux.git
	export GIT_AUTHOR_NAME=t GIT_AUTHOR_EMAIL=t@t GIT_COMMITTER_NAME=t GIT_COMMITTER_EMAIL=t@t
	git init -q --bare "$linux"
	git -C "$1" rev-parse --path-format=absolute --git-path objects >"$linux/objects/info/alternates"
}

# own_data: the data folder of phyr-verify is $tmp from now on, to be changed.
own_data()
{
	cp -r verify/configs verify/fragments verify/boot "$tmp"
	data_name=$(sed -n 's/^#define CACHE_NAME[[:space:]]*"\(.*\)"$/\1/p' lib/project.h)
	export "$(echo "$data_name" | tr '[:lower:]' '[:upper:]')_DATADIR=$tmp"
}

# two_commits LINUX BASE TIP [...]: the arguments of a test that boots both. $base and $tip are commits of
# $source, $linux borrows from it, the data folder is the test's own, and what is told goes to $out.
two_commits()
{
	[ $# -ge 3 ] || { sed -n '/^# usage/,/^# Prints/s/^# //p' "$tests/${0##*/}" >&2; exit 2; }
	# shellcheck disable=SC2034 # for the tests
	source=$1 out=${OUT-build}
	mkdir -p "$out"
	# shellcheck disable=SC2034
	base=$(git -C "$source" rev-parse --verify "$2^{commit}") || exit 2
	# shellcheck disable=SC2034
	tip=$(git -C "$source" rev-parse --verify "$3^{commit}") || exit 2
	own_data
	borrowing "$source"
}

# guest_did COMMIT NAME CONFIG SETS WORD: boots the tree of a commit of $linux, whatever was found out about
# it before, and prints what its tests did that starts with WORD, as "TEST<TAB>REST". The console is in
# $guest_log, and the status is that of the boot. The guest has no modules: a sample that v6.1 has as a
# module only is built in.
guest_did()
{
	guest_from=$1
	if git --git-dir="$linux" show "$1:samples/Kconfig" | grep -q 'VFIO_MDEV && m$'; then
		guest_from=$2.samples
		plant "$guest_from" samples/Kconfig 's/\(VFIO_MDEV\) && m$/\1/' "$1"
	fi
	git --git-dir="$linux" branch -f "$2" "$(git --git-dir="$linux" commit-tree -p "$1" -m "$2" "$guest_from^{tree}")"
	: >"$tmp/stamp"
	guest_status=0
	# shellcheck disable=SC2046,SC2086 # a list of words
	"$verify" boot -k "$linux" -o "$tmp/$2.tsv" --boot-config "$3" $(printf -- "--boot-tests %s " $4) "$1..$2" >&2 ||
		guest_status=$?
	[ "$guest_status" = 0 ] || [ ! -e "$tmp/$2.tsv" ] || cat "$tmp/$2.tsv" >&2
	guest_version=$(git --git-dir="$linux" show "$1:Makefile" | sed -n "s/^VERSION = //p; s/^PATCHLEVEL = /./p" | tr -d "\n")
	guest_log=$(find "${XDG_CACHE_HOME-$HOME/.cache}/$data_name/verify/$guest_version/$3/console.log" \
		-newer "$tmp/stamp" 2>/dev/null) || :
	[ -n "$guest_log" ] || { echo "the guest of $1 has left no console" >&2; return 2; }
	sed -n "s/\r\$//; s/.*ktap: *# start //p; s/.*ktap: *# did $5/\t/p" "$guest_log" | awk -F "\t" '
		NF == 1 { test = $0; next } { print test "\t" $2 }'
	return "$guest_status"
}

# planting SERIES|TAG: $linux becomes a repository that borrows from the imported
# kernel, for commits on its $tag.
planting()
{
	tools/kernel-import.sh "$1" >"$tmp/kernel"
	IFS='	' read -r kernel tag <"$tmp/kernel"
	borrowing "$kernel"
	git --git-dir="$linux" tag "$tag" "$(git --git-dir="$kernel" rev-parse "$tag^{commit}")"
}

# plant NAME FILE SCRIPT [PARENT]: the branch NAME, one commit on the tag or PARENT
# in which sed has edited the file.
plant()
{
	plant_parent=$(git --git-dir="$linux" rev-parse "${4-$tag}^{commit}")
	git --git-dir="$linux" show "$plant_parent:$2" >"$tmp/before"
	sed "$3" "$tmp/before" >"$tmp/after"
	if cmp -s "$tmp/before" "$tmp/after"; then
		echo "${0##*/}: '$1' has nothing to change in $tag" >&2
		exit 2
	fi
	export GIT_INDEX_FILE="$tmp/index"
	git --git-dir="$linux" read-tree "$plant_parent"
	git --git-dir="$linux" update-index --cacheinfo \
		"100644,$(git --git-dir="$linux" hash-object -w "$tmp/after"),$2"
	git --git-dir="$linux" branch -f "$1" "$(git --git-dir="$linux" commit-tree -p "$plant_parent" -m "$1" \
		"$(git --git-dir="$linux" write-tree)")"
	unset GIT_INDEX_FILE
}

# judged BRANCH CHECKS STATUS TEXT [OPTION...]: the checks on the branch's last
# commit end so, and a row of it has the text.
judged()
{
	branch=$1 checks=$2 want=$3 text=$4
	shift 4
	ended=0
	# shellcheck disable=SC2086 # a list of words
	"$verify" "$checks" -k "$linux" -o "$tmp/$branch.tsv" ${options-} "$@" "$branch^..$branch" || ended=$?
	cat "$tmp/$branch.tsv"
	[ "$ended" -eq "$want" ] && grep -qF -- "$text" "$tmp/$branch.tsv"
}

finish()
{
	echo "1..$count"
	exit $((bad > 0))
}
