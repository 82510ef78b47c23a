#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# names.sh: file names with blanks, quotes, control and non-ASCII bytes go
# through every command, quoted in tables as git quotes them.

set -eu
. tests/lib.sh
alone

made_up_kernel "$tmp/k"
latin=$(printf '\344') tab=$(printf '\t')
# name FOLDER NAME: a copy of a file with one site of each word.
name()
{
	cp "$tmp/k/drivers/gadget/core.c" "$tmp/k/$1/$2"
	printf '%s\n' "$1/$2" >>"$tmp/names"
}
name drivers/gadget 'two  words.c'
name drivers/gadget '-k.c'
name drivers/gadget ':(glob)*.c'
name drivers/gadget 'dollar$HOME;`.c'
name fs/foofs 'bär.c'
name fs/foofs "latin-$latin.c"
name fs/foofs 'no-ending.c '
name net/bar 'quote"quote.c'
name net/bar "tab${tab}tab.c"
name net/bar 'back\slash.c'
chmod +x "$tmp/k/drivers/gadget/two  words.c"
ln -s core.c "$tmp/k/drivers/gadget/link.c"
commit_all "$tmp/k" "odd names"
git -C "$tmp/k" tag -f v1.0 >"$tmp/tag"

run() { run_commands "$tmp/k" "$tmp/out" "$@"; }
git_k() { git -C "$tmp/k" -c core.quotePath=true "$@"; }
check "sites, plan and apply take them" run sites plan apply

changed()
{
	git_k diff --name-only -z v1.0 gizmo/v1.0/all | tr '\0' '\n' | LC_ALL=C sort >"$tmp/changed"
	grep -v ' $' "$tmp/names" | LC_ALL=C sort | LC_ALL=C comm -23 - "$tmp/changed" >"$tmp/missing"
	cat "$tmp/missing"
	[ ! -s "$tmp/missing" ]
}
check "every C file is changed under its own name" changed
check "a name that does not end as C does is read as text" grep -q \
	'^fs/foofs/no-ending.c 	.*	gizmo_xfer	other	-	unconverted	' "$tmp/out/sites.tsv"
quoted()
{
	git_k ls-tree -r --name-only v1.0 | sort >"$tmp/listed"
	sed 1d "$tmp/out/sites.tsv" | cut -f 1 | sort -u | comm -23 - "$tmp/listed" >"$tmp/unknown"
	cat "$tmp/unknown"
	[ ! -s "$tmp/unknown" ]
}
check "tables quote them as git does" quoted
check "a file keeps its mode" test "$(git_k ls-tree gizmo/v1.0/all 'drivers/gadget/two  words.c' | cut -c 1-6)" = 100755
check "a link is no file" sh -c '! grep "^drivers/gadget/link.c" "$1"' - "$tmp/out/sites.tsv"
check "the calls are gone from them" sh -c '! git -C "$1" grep "gizmo_xfer(" gizmo/v1.0/all -- "*.c"' - "$tmp/k"

account() { run account >"$tmp/account" || [ $? -eq 1 ]; }
check "account takes them" account
check "only what was left before is left, and what is neither C nor text" test "$(grep -c "^left: " "$tmp/account")" -eq 6
check "mail takes them" run mail
applies()
{
	git clone -q "$tmp/k" "$tmp/am" && git -C "$tmp/am" checkout -q v1.0 &&
		git -C "$tmp/am" -c user.name=a -c user.email=a@example.org am -q "$tmp"/out/mail/*/000[1-9]* &&
		test "$(git -C "$tmp/am" rev-parse 'HEAD^{tree}')" = "$(git_k rev-parse 'gizmo/v1.0/all^{tree}')"
}
check "the patches apply and give the branch's tree" applies

git clone -q "$tmp/k" "$tmp/k2"
printf 'int x = gizmo_size(y);\n' >"$tmp/k2/net/bar/new
line.c"
commit_all "$tmp/k2" "a name of two lines"
git -C "$tmp/k2" tag -f v1.0 >"$tmp/tag"
newline() { run_commands "$tmp/k2" "$tmp/out2" sites plan apply; }
refuses "a newline in a name is refused" 2 "a name with a newline in it" newline
finish
