#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# whole.sh: the whole recipe on a kernel: nothing is left, the flip is small and
# touches headers alone, the recipe changes nothing in its own result, and a
# place that no rule knows ends the run with nothing made. Nothing is compiled.
#
# usage: whole.sh [SERIES|TAG]	default 6.12

set -eu
cd "$(dirname "$0")/.."
# shellcheck source=tests/lib.sh
. tests/lib.sh

names='bio_vec|bv_page|bv_len|bv_offset|phys_vec'

# converted TAG NAME: sites, plan and apply, into $tmp/NAME.
converted()
{
	for command in sites plan apply; do
		"$convert" "$command" -k "$linux" -t "$1" -o "$tmp/$2" || return
	done
}
none_left()
{
	test -s "$tmp/first/sites.tsv" || return
	# In lib/scatterlist.c sgt_append is a parameter, and what is said of it.
	! cut -f 1,2,4,5,7 "$tmp/first/sites.tsv" | grep -v "^lib/scatterlist\.c	[0-9]*	sgt_append	" |
		grep -E '	(code|macro|disabled|comment|doc)	(unconverted|kept)$'
}
no_sgt_append()
{
	grep=0
	git --git-dir="$linux" grep -nw sgt_append "phyr/$tag/all" -- drivers include Documentation || grep=$?
	[ "$grep" -eq 1 ] # 1: nothing found
}
# Literals are kept, and phyr.h says why there is one type.
no_word()
{
	grep=0
	git --git-dir="$linux" grep -nwE "$names" "phyr/$tag/all" -- '*.[chS]' '*.rs' ':!include/linux/phyr.h' \
		>"$tmp/found" || grep=$?
	[ "$grep" -le 1 ] || return # 1: nothing found
	! sed 's/"[^"]*"//g' "$tmp/found" | grep -wE "$names"
}
headers_alone()
{
	git --git-dir="$linux" diff --name-only "$flip^" "$flip" >"$tmp/changed" && test -s "$tmp/changed" &&
		! grep -v '\.h$' "$tmp/changed"
}
small()
{
	git --git-dir="$linux" diff --numstat "$flip^" "$flip" |
		awk '{ n += $1 + $2 } END { print n " lines"; exit !(n && n < 600) }'
}
no_commit() { [ "$(wc -l <"$tmp/$1/commits.tsv")" -eq 1 ]; }
branches() { git --git-dir="$linux" for-each-ref --format='%(refname) %(objectname)' refs/heads/phyr; }
nothing_made() { branches | diff "$tmp/branches" - && ! test -e "$tmp/$1/commits.tsv"; }

planting "${1-6.12}"
flip=phyr/$tag/bvec-flip
check "$tag: the whole recipe applies" converted "$tag" first
check "$tag: every site in code, comments and documentation is converted" none_left
check "$tag: git grep finds none of the old names in code" no_word
check "$tag: ... and no user of the scatterlist that a umem had" no_sgt_append
check "$tag: the flip touches headers alone" headers_alone
check "$tag: the flip has less than 600 lines" small
git --git-dir="$linux" tag again "phyr/$tag/all"
check "$tag: the recipe runs on its own result" converted again again
check "$tag: ... and makes no commit" no_commit again

# What compiles after the flip, and is wrong.
plant unknown drivers/block/brd.c \
	'$a bool planted(struct bio_vec *bv);\nbool planted(struct bio_vec *bv)\n{\n\treturn !bv->bv_page;\n}'
git --git-dir="$linux" tag unknown unknown
branches >"$tmp/branches"
refuses "a NULL test that no rule knows ends the run and is named" 2 "drivers/block/brd.c:" converted refs/tags/unknown unknown
check "... and nothing is made" nothing_made unknown

# The same where spatch cannot parse the function.
plant odd drivers/block/brd.c \
	'$a bool planted(struct bio_vec *bv);\nbool planted(struct bio_vec *bv)\n{\n\tODD(bv, {)\n\treturn !bv->bv_page;\n\t})\n}'
git --git-dir="$linux" tag odd odd
refuses "so does one in a function that spatch cannot parse" 2 "drivers/block/brd.c:" converted refs/tags/odd odd
check "... and nothing is made of that either" nothing_made odd
finish
