#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# boot.sh: the boot check on real sources: a kernel as it is passes every
# test set, and each planted fault is found and named. The first run builds a
# kernel; the object tree stays in the cache folder.
#
# usage: boot.sh [SERIES|TAG]	default 6.12, which has the code that is damaged

set -eu
cd "$(dirname "$0")/.."
. tests/lib.sh
planting "${1-6.12}"

cp -r verify/configs verify/fragments verify/boot "$tmp"
name=$(sed -n 's/^#define CACHE_NAME[[:space:]]*"\(.*\)"$/\1/p' lib/project.h)
export "$(echo "$name" | tr '[:lower:]' '[:upper:]')_DATADIR=$tmp"

# initcall BODY: a sed script that adds a function that runs while booting.
initcall() { printf '$a static int __init planted(void) { %s return 0; }\\nlate_initcall(planted);' "$1"; }

# boots BRANCH STATUS TEXT SET...: the branch, booted with the sets, ends so, and its
# detail has the text.
boots()
{
	branch=$1 want=$2 text=$3
	shift 3
	for set; do
		shift
		set -- "$@" --boot-tests "$set"
	done
	judged "$branch" boot "$want" "$text" "$@"
}

brd=drivers/block/brd.c
plant sound $brd '$a /* A comment. */'
plant panic $brd "$(initcall 'panic("planted");')"
plant warning $brd "$(initcall 'WARN_ON(1);')"
plant hang $brd "$(initcall 'while (1) cond_resched();')"
plant corruption $brd \
	's/^\(.*\)memcpy(dst, src + offset, copy);/\1memcpy(dst, src + offset, copy); if (sector == 4096) *(char *)dst ^= 1;/'

check "$tag passes every test set" boots sound 0 " tests in 5 sets" smoke block filesystem md dm
check "a panic is found" boots panic 1 "the log has: Kernel panic - not syncing: planted" smoke
check "a warning is found" boots warning 1 "the log has: WARNING: " smoke
check "corruption that no driver reports is found" boots corruption 1 "block: 'brd' failed" block
# A guest that hangs does so within any limit.
sed -i 's/^limit=.*/limit=120/' "$tmp"/boot/configs/*
check "a guest that hangs is ended" boots hang 1 "time limit of 120 s reached, before the first test" smoke
finish
