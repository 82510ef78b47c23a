# SPDX-License-Identifier: GPL-2.0-only
# core-tree.sh: kernel sources with the series' core stage, to be built by the
# tree's own kunit.py. Sourced, never run.
# shellcheck shell=sh
#
#	core_series KERNEL TAG DIR	the core stage as a branch of its own; DIR/out has its tables
#	core_tree KERNEL TAG DIR	DIR/linux becomes that tree, and what was built of it stays
#	core_kunit ARCH BUILT COMMAND ARGS...	kunit.py of $tree, built in BUILT

core_series()
{
	mkdir -p "$3"
	rm -rf "$3/recipe"
	mkdir "$3/recipe"
	cp -r semantic-patches core kunit "$3/recipe/"
	# A recipe of its own branch, so that no series is replaced.
	sed -i 's/^branch=.*/branch=core-tree/' "$3/recipe/semantic-patches/series"
	for command in sites plan apply; do
		build/phyr-convert $command -k "$1" -t "$2" -o "$3/out" -r "$3/recipe/semantic-patches" \
			--stage core --force >&2 || return
	done
}

# Only what differs from the last time is written, so that a build goes on from there:
# -m, because the time of a commit can be before that of an object.
core_tree()
{
	kernel=$1 into=$3
	# shellcheck disable=SC2034 # for core_kunit
	tree=$into/linux
	core_series "$@" || return
	tip=$(sed -n 's/^tip	//p' "$into/out/run.tsv")
	if [ -d "$tree" ] && [ -f "$into/tip" ]; then
		git --git-dir="$kernel" diff --name-only "$(cat "$into/tip")" "$tip" | while read -r path; do
			rm -f "$tree/$path"
			git --git-dir="$kernel" archive "$tip" "$path" 2>/dev/null | tar xm -C "$tree" 2>/dev/null || :
		done
	else
		rm -rf "$tree"
		mkdir "$tree"
		git --git-dir="$kernel" archive "$tip" | tar x -C "$tree"
	fi
	echo "$tip" >"$into/tip"
}

core_kunit()
{
	kunit_arch=$1 kunit_dir=$2 kunit_command=$3
	shift 3
	set -- "$kunit_command" --arch "$kunit_arch" --build_dir "$kunit_dir" "$@"
	case $kunit_arch in arm64) set -- "$@" --cross_compile aarch64-linux-gnu- ;; esac
	(cd "$tree" && tools/testing/kunit/kunit.py "$@")
}
