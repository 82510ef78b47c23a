#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# kunit.sh: the core's KUnit suites under UML: the series' core stage on the
# given tags (default: the newest of each line), each run by the tree's own
# kunit.py.
#
# usage: kunit.sh [SERIES|TAG]...

set -eu
cd "$(dirname "$0")/.."
[ $# -gt 0 ] || set -- 6.12 6.1 7.3
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
# shellcheck source=tests/core-tree.sh
. tests/core-tree.sh
tools/kernel-import.sh "$@" >"$out/kernels"
worst=0
while IFS='	' read -r kernel tag; do
	core_series "$kernel" "$tag" "$out/$tag" </dev/null
	get() { sed -n "s/^$1	//p" "$out/$tag/out/run.tsv"; }
	set --
	for config in $(get kunitconfig); do
		set -- "$@" --kunitconfig "$config"
	done
	build/phyr-verify kunit -k "$kernel" -o "$out/$tag/evidence.tsv" "$@" \
		"$(get base)..$(get tip)" </dev/null || worst=$?
	echo "$tag: $(cut -f3-5 "$out/$tag/evidence.tsv" | tail -n +2)"
done <"$out/kernels"
exit "$worst"
