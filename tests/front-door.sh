#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# front-door.sh: series-gen.sh runs the commands in their order and ends with
# what they say: 0 it holds, 1 it does not, 2 could not tell. What a later
# command would make of an earlier one's failure is not made.

set -eu
. tests/lib.sh
alone

out="$tmp/it's out"
ended() { ended_want=$1; shift; ended_with=0; "$@" || ended_with=$?; [ "$ended_with" -eq "$ended_want" ]; }
door() { ./series-gen.sh -k "$tmp/k" -t v1.0 -o "$out" -r "$recipe" --verify none "$@" 2>"$tmp/said"; }
said() { cat "$tmp/said"; grep -qF -e "$1" "$tmp/said"; }

made_up_kernel "$tmp/k"
check "one subsystem in which nothing is left gives status 0" ended 0 door --subsystem foo-file-system
check "it has the steps that are not split and its own" test "$(cd "$out/mail" && echo *)" = \
	"01-helpers 02-foo-file-system"
check "the whole with one site left gives status 1" ended 1 door --force
check "the site is named" said "left: drivers/gadget/ops.c:6: gizmo_xfer"
check "that nothing was verified is said" said "7 commits, not verified"
for file in sites.tsv plan.tsv commits.tsv expect.tsv coverage.json report.html; do
	check "$file is there" test -s "$out/$file"
done
check "coverage.json tells how many commits each stage has" test 7 = \
	"$(sed -n '/"commits_by_stage"/,/}/s/.*: \([0-9]*\),*$/\1/p' "$out/coverage.json" | awk '{ n += $1 } END { print n }')"
base=$(git -C "$tmp/k" rev-parse 'v1.0^{commit}')
check "with -k covers name their base" grep -q "^base-commit: $base\$" "$out/mail/01-helpers/0000-cover-letter.patch"
check "the same again" ended 1 door
check "starts no spatch" said "; 0 spatch runs, "

# A series that may not take the branches' place is not accounted or mailed.
git -C "$tmp/k" update-ref refs/heads/gizmo/v1.0/all "$base"
snapshot "$out/mail" >"$tmp/before"
cp "$out/coverage.json" "$tmp/coverage.json"
check "a branch that exists gives status 2" ended 2 door
check "and is named" said "branch 'gizmo/v1.0/all' exists"
snapshot "$out/mail" >"$tmp/after"
check "the patch sets stay as they were" diff "$tmp/before" "$tmp/after"
check "so does coverage.json" cmp "$tmp/coverage.json" "$out/coverage.json"
check "the branch stays where it was" test "$(git -C "$tmp/k" rev-parse gizmo/v1.0/all)" = "$base"

check "an unknown tag gives status 2" ended 2 ./series-gen.sh -k "$tmp/k" -t v9.9 -o "$tmp/new" -r "$recipe"
check "and makes no output folder" test ! -e "$tmp/new"
check "--help gives status 0 and says how" sh -c './series-gen.sh --help | grep -q "^usage: series-gen.sh"'
finish
