#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# bench.sh: time and memory of sites + plan + apply for the accessor stages on
# one tag, cold and warm, beside "make coccicheck" with the same rules in the
# same tree. A rule that coccicheck does not finish in LIMIT seconds is stopped
# and named. Prints a table; asserts nothing.
#
# usage: bench.sh [SERIES|TAG]	(default: 6.12)

set -eu
cd "$(dirname "$0")/.."
# shellcheck source=tools/common.sh
. tools/common.sh
bench=$(mktemp -d)
trap 'rm -rf "$bench"' EXIT
tools/kernel-import.sh "${1-6.12}" >"$bench/kernel"
IFS='	' read -r kernel tag <"$bench/kernel"
jobs=$(nproc)

seconds() { awk '{ s += $1 } END { printf "%.1f", s }' "$1"; }
peak() { awk '$2 > m { m = $2 } END { printf "%.0f", m / 1024 }' "$1"; }

# ours LABEL: the three commands on a kernel repository of their own.
ours()
{
	: >"$bench/$1"
	for command in sites plan apply; do
		/usr/bin/time -a -o "$bench/$1" -f '%e %M' env XDG_CACHE_HOME="$bench/cache" \
			build/phyr-convert $command -k "$bench/linux.git" -t "$tag" -o "$bench/out" -j "$jobs" \
			--stage bvec-helpers --stage bvec-accessors --force >>"$bench/log" 2>&1 ||
			{ tail "$bench/log" >&2; exit 2; }
	done
}

echo "machine: $(nproc) cores, $(awk '/^model name/ { sub(/.*: /, ""); print; exit }' /proc/cpuinfo)"
echo "kernel: $tag, $(spatch --version | head -n 1 | cut -d' ' -f1-3)"
git clone -q --bare --shared "$kernel" "$bench/linux.git"

mkdir "$bench/tree"
git --git-dir="$kernel" archive "$tag" | tar -x -C "$bench/tree"
# Both start with the files in the page cache.
cat "$kernel"/objects/pack/*.pack >/dev/null
ours cold
ours warm
limit=${LIMIT:-300} late=
for rule in semantic-patches/*.cocci; do
	rm -f "$bench/debug" # coccicheck refuses to run where there is one
	rc=0
	/usr/bin/time -q -a -o "$bench/coccicheck" -f '%e %M' timeout "$limit" make -s -C "$bench/tree" coccicheck \
		COCCI="$PWD/$rule" MODE=patch J="$jobs" V=0 DEBUG_FILE="$bench/debug" >>"$bench/diff" 2>>"$bench/log" || rc=$?
	case $rc in
	0) ;;
	124) late="$late $(basename "$rule")" ;;
	*) tail "$bench/log" >&2; exit 2 ;;
	esac
done
[ "$(grep -c "^+++ " "$bench/diff")" -gt 100 ] || die "coccicheck did not run: $(tail -n 3 "$bench/diff")"
cat <<-TABLE
	phyr-convert sites + plan + apply, cold: $(seconds "$bench/cold") s, peak $(peak "$bench/cold") MiB
	the same, warm: $(seconds "$bench/warm") s, peak $(peak "$bench/warm") MiB
	make coccicheck, the same rules: ${late:+more than }$(seconds "$bench/coccicheck") s${late:+, stopped after $limit s each:$late}
TABLE
