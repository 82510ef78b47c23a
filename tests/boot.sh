#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# boot.sh: the boot check on real sources: a kernel as it is passes every
# test set, and each planted fault is found and named. The first run builds a
# kernel; the object tree stays in the cache folder, and so do verdicts.
#
# One image has all the faults, and its command line says which one it shall
# show: linking a kernel takes as long as booting it.
#
# usage: boot.sh [--quick] [SERIES|TAG]	default 6.12, which has the code that is damaged
#   --quick  a kernel of fewer parts: that it runs, and that a panic is found

set -eu
cd "$(dirname "$0")/.."
. tests/lib.sh
quick=false small='' name=''
# Under another name, for the object tree is kept by it.
[ "${1-}" != --quick ] || { quick=true small='s/^fragments=.*/fragments=guest;block/;' name=-quick; shift; }
planting "${1-6.12}"

own_data

# machines SCRIPT: all are as shipped, but for what sed makes of them.
machines()
{
	rm "$tmp"/boot/configs/*
	for config in verify/boot/configs/*; do
		sed "$small $1" "$config" >"$tmp/boot/configs/${config##*/}$name"
	done
}

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

# shows FAULT SECONDS TEXT SET: the faulty kernel, told to show that fault, fails so, within
# that limit.
shows()
{
	machines "s/^append=.*/& brd.planted=$1/; s/^limit=.*/limit=$2/"
	boots faulty 1 "$3" "$4"
}

brd=drivers/block/brd.c
plant sound $brd '$a /* A comment. */'
plant faulty $brd '
/^#include <linux\/uaccess.h>/a static char *planted = "";\nmodule_param(planted, charp, 0);
s/^\(.*\)memcpy(dst, src + offset, copy);/&\n\1if (sector == 4096 \&\& !strcmp(planted, "corruption"))\n\1\t*(char *)dst ^= 1;/
$a static int __init plant(void)\n{\
	if (!strcmp(planted, "panic"))\n		panic("planted");\
	WARN_ON(!strcmp(planted, "warning"));\
	while (!strcmp(planted, "hang"))\n		cond_resched();\
	return 0;\n}\nlate_initcall(plant);'

plant later $brd '$a /* A comment. */' faulty

if $quick; then
	machines ""
	check "$tag runs" boots faulty 0 "5 tests in 1 sets" smoke
else
	check "$tag passes every test set" boots sound 0 " tests in 8 sets" smoke block md dm filesystem io net merge
fi
check "a panic is found" shows panic 900 "before the first test, the log has: Kernel panic - not syncing: planted" smoke
! $quick || finish
check "a panic that was there before decides nothing" boots later 2 "BASE: fails the same way; before the first" smoke
check "a warning is found" shows warning 900 "before the first test, the log has: WARNING: " smoke
check "corruption that no driver reports is found" shows corruption 900 "block: 'brd' failed" block
# A guest that hangs does so within any limit; BASE, which a fault is held against, comes to a test within this.
check "a guest that hangs is ended" shows hang 240 "time limit of 240 s reached, before the first test" smoke
finish
