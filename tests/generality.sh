#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# generality.sh: the same programs make another conversion of another tree.
#
# generality/recipe renames one function and replaces another by one with
# other arguments; generality/tree has their users in three subsystems, one
# file that exceptions.tsv keeps, and one site that no rule can convert.
# generality/*.tsv is what must come out, with positions for commit ids.

set -eu
. tests/lib.sh
alone

# numbered TABLE: commit ids become positions in the series.
numbered()
{
	sed -n 's,^\([0-9]*\)	\([0-9a-f]*\)	.*,s/\2/\1/,p' "$tmp/out/commits.tsv" >"$tmp/ids"
	head -n 1 "$tmp/out/$1.tsv"
	sed -e 1d -f "$tmp/ids" "$tmp/out/$1.tsv" | LC_ALL=C sort
}
as_expected() { numbered "$1" | diff "$tests/generality/$1.tsv" -; }

# ended STATUS COMMAND...
ended()
{
	ended_want=$1
	shift
	ended_with=0
	"$@" || ended_with=$?
	echo "ended with status $ended_with, not $ended_want"
	[ "$ended_with" -eq "$ended_want" ]
}
run() { run_commands "$tmp/k" "$tmp/out" "$@"; }
branch() { git -C "$tmp/k" "$@"; }

made_up_kernel "$tmp/k"
check "sites, plan and apply run" run sites plan apply
for table in sites plan commits expect; do
	check "$table.tsv is as expected" as_expected $table
done

subjects_match()
{
	branch log --reverse --format=%s v1.0..gizmo/v1.0/all >"$tmp/subjects"
	sed 1d "$tmp/out/commits.tsv" | cut -f 6 | diff - "$tmp/subjects"
}
check "the branch has the commits of commits.tsv" subjects_match

# Each commit changes files of one subsystem; MAINTAINERS of the tree names them.
one_subsystem()
{
	sed 1d "$tmp/out/commits.tsv" >"$tmp/commits"
	while IFS='	' read -r _ id _ _ subsystem _; do
		[ "$subsystem" != - ] || continue
		branch diff-tree -r --no-commit-id --name-only "$id" >"$tmp/paths"
		[ -s "$tmp/paths" ] || return
		xargs "$convert" subsystem -k "$tmp/k" -t v1.0 <"$tmp/paths" | cut -f 2 | sort -u >"$tmp/slugs"
		echo "$subsystem" | diff - "$tmp/slugs" || return
	done <"$tmp/commits"
}
check "no commit of a split step crosses subsystems" one_subsystem
check "each stage has a branch at its last commit" test \
	"$(branch rev-parse gizmo/v1.0/helpers gizmo/v1.0/users)" = \
	"$(branch rev-parse gizmo/v1.0/all~6 gizmo/v1.0/all)"

branch grep -nw -e gizmo_size -e gizmo_xfer gizmo/v1.0/all -- '*.c' | cut -d : -f 2,3 >"$tmp/left"
check "the tree has the words left where sites.tsv says so" sh -c 'sort -u "$1" | diff "$2" -' - \
	"$tmp/left" "$tests/generality/left"

cp -r "$tmp/out" "$tmp/before"
account() { run account >"$tmp/account"; }
check "a word that was to be gone and is not gives status 1" ended 1 account
check "account names the site" grep -q '^left: drivers/gadget/ops.c:6: gizmo_xfer in gadget_ops' "$tmp/account"
check "account names the message" grep -q '^left: fs/foofs/file.c:13: gizmo_xfer in foo_write: string' "$tmp/account"
check "account counts what is left" grep -q '2 sites left that were to be gone' "$tmp/account"
check "coverage.json counts what is left" grep -q '"left" : 2,' "$tmp/out/coverage.json"

# The same with these sites in the exceptions.
cp -r "$recipe" "$tmp/recipe"
sed 1q "$recipe/exceptions.tsv" >"$tmp/recipe/exceptions.tsv"
{
	sed 1d "$recipe/exceptions.tsv"
	printf 'drivers/gadget/ops.c\tgadget_ops\tgizmo_xfer\t1\tthe table has a type of its own\n'
	printf 'fs/foofs/file.c\tfoo_write\tgizmo_xfer\tstring\tpeople search logs for it\n'
} | LC_ALL=C sort >>"$tmp/recipe/exceptions.tsv"
excepted() { recipe=$tmp/recipe run_commands "$tmp/k2" "$tmp/out2" "$@"; }
made_up_kernel "$tmp/k2"
check "with a row for each in exceptions.tsv nothing is left" excepted sites plan apply account
check "and the series is the same" cmp "$tmp/out/commits.tsv" "$tmp/out2/commits.tsv"

check "mail writes a folder a set" run mail
check "the sets are the helpers and the three subsystems" test "$(cd "$tmp/out/mail" && echo *)" = \
	"01-helpers 02-bar-networking 03-foo-file-system 04-gadget-drivers"
check "each set has a cover letter" sh -c 'cd "$1" && for set in *; do test -s "$set/0000-cover-letter.patch" || exit; done' \
	- "$tmp/out/mail"

# What is mailed is the branch.
applies()
{
	git clone -q "$tmp/k" "$tmp/am" && git -C "$tmp/am" checkout -q v1.0 &&
		git -C "$tmp/am" -c user.name=a -c user.email=a@example.org am -q "$tmp"/out/mail/*/000[1-9]* &&
		test "$(git -C "$tmp/am" rev-parse 'HEAD^{tree}')" = "$(branch rev-parse 'gizmo/v1.0/all^{tree}')"
}
check "the patches apply to the tag and give the branch's tree" applies

warm()
{
	run sites plan apply >"$tmp/warm"
	grep '; 0 spatch runs, ' "$tmp/warm"
}
check "a second run starts no spatch" warm
check "and finds the same" diff -r -x coverage.json -x report.html -x mail "$tmp/before" "$tmp/out"

# The engine does not know what it converts. Comments may take their examples
# from the recipe that is shipped; the compiler takes them away.
# What guests run are tests of the kernels that are judged, and no part of it.
words='bio_vec|bv_page|bv_len|bv_offset|bvec|phyr|sg_table'
knows_nothing()
{
	find convert verify lib -name '*.[ch]' ! -name 'test-*.c' ! -path lib/project.h \
		! -path 'verify/boot/*' >"$tmp/sources"
	[ "$(wc -l <"$tmp/sources")" -gt 20 ] || return
	while read -r source; do
		gcc -fpreprocessed -dD -E -P -x c "$source" >"$tmp/code" || return
		grep -E "$words" "$tmp/code" | sed "s,^,$source: ,"
	done <"$tmp/sources" >"$tmp/found"
	cat "$tmp/found"
	[ ! -s "$tmp/found" ]
}
check "no C file but lib/project.h names what is being converted" knows_nothing
finish
