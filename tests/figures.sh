#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# figures.sh: two kernels make the same requests and segments of the same jobs,
# and nothing takes more instructions, or holds more bytes: those of TIP are at most 1.02 times those
# of BASE.
#
# Both are booted on one processor that runs an instruction a nanosecond, so that
# the guest's clock counts them whatever the host does meanwhile, and without
# what only looks for errors (lockdep and such), which would be most of what is
# counted.
#
# usage: figures.sh LINUX BASE TIP [MACHINE [SET]]	a repository, two commits, a file of
#						verify/boot/configs/ (default qemu-x86_64), and
#						the set of tests that tells: merge (default) or
#						costs, of memory that devices use
# Prints each figure that differs; the figures stay in OUT (default build), BASE's in
# figures.base and TIP's in figures.tip. Exit status: 0 the same, 1 not, 2 could not tell.

set -eu
cd "$(dirname "$0")/.."
. tests/lib.sh
two_commits "$@"
machine=${4-qemu-x86_64} set=${5-merge}
bar=1.02

# counter NAME: the machine with one processor and a clock of instructions. The word on the command
# line is another each time: a verdict that is kept would leave no console.
counter()
{
	case $set in
	costs) fragments="guest;block;io;vfio;rdma" symbols='SPARSEMEM_VMEMMAP=y\nMEM_ALLOC_PROFILING=y\nMEM_ALLOC_PROFILING_ENABLED_BY_DEFAULT=y\n' ;;
	*) fragments="guest;block;io" symbols='MD=y\nBLK_DEV_MD=y\nMD_RAID0=y\n' ;;
	esac
	sed "s/^fragments=.*/fragments=$fragments/; s/-smp 2/-smp 1 -icount shift=0,sleep=off/; s/-m 2560/-m 3072/
		s/^append=/&boot.icount=$1-$$ /; s/^default=yes/default=no/" \
		"verify/boot/configs/$machine" >"$tmp/boot/configs/figures"
	printf 'IKCONFIG=y\nIKCONFIG_PROC=y\nKALLSYMS=y\n%b' "$symbols" >>"$tmp/boot/configs/figures"
}

# figures COMMIT NAME: those of the commit, as "WHERE<TAB>FIGURE".
figures()
{
	counter "$2"
	guest_did "$1" "$2" figures "$set" "figure " >"$out/figures.$2" || return 2
	[ -s "$out/figures.$2" ] || { echo "the guest of $1 has told no figures" >&2; return 2; }
	grep -q '	instructions ' "$out/figures.$2" || { echo "the guest of $1 has counted no instructions" >&2; return 2; }
}

# compare: every figure of the one is one of the other; of instructions and bytes only their relation counts.
compare()
{
	awk -F '\t' -v bar=$bar '
		{ what = $1; rest = $2 }
		match(rest, /: /) { what = what ": " substr(rest, 1, RSTART - 1); rest = substr(rest, RSTART + 2) }
		NR == FNR { before[what] = rest; next }
		{
			n++
			if (!(what in before)) {
				print what ": only in the second: " rest; bad++
			} else if (what ~ /: (instructions|bytes) /) {
				ratio = before[what] > 0 ? rest / before[what] : rest > 0 ? 99 : 1
				printf "%s: %d, before %d: %.4f\n", what, rest, before[what], ratio
				if (ratio > bar || (rest <= 0 && what ~ /: instructions /))
					bad++
			} else if (rest != before[what]) {
				print what ": " rest "\n\tbefore: " before[what]; bad++
			}
			delete before[what]
		}
		END {
			for (what in before) { print what ": only in the first: " before[what]; bad++ }
			print n " figures, " bad + 0 " differ"
			exit bad > 0
		}' "$out/figures.base" "$out/figures.tip"
}

figures "$base" base || exit 2
figures "$tip" tip || exit 2
compare
