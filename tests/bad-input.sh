#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# bad-input.sh: what cannot work ends with status 2 and a message that says
# why, and the kernel repository and the output folder stay as they were.

set -eu
. tests/lib.sh
alone

state() { snapshot "$tmp/k" "$tmp/out"; }

# bad NAME TEXT COMMAND...: status 2, TEXT on stderr, nothing touched.
bad()
{
	bad_name=$1 bad_text=$2
	shift 2
	state >"$tmp/before"
	refuses "$bad_name" 2 "$bad_text" "$@"
	state >"$tmp/after"
	check "$bad_name: repository and output stay as they were" diff "$tmp/before" "$tmp/after"
}
on() { "$convert" "$1" -k "$2" -t "$3" -o "$tmp/out" -r "$recipe"; }
git_k() { git -C "$tmp/k" "$@"; }
replanned() { on sites "$tmp/k" v1.0 >/dev/null && on plan "$tmp/k" v1.0 >/dev/null; }
altered_recipe() { rm -rf "$tmp/recipe" && cp -r "$tests/generality/recipe" "$tmp/recipe" && recipe=$tmp/recipe; }

made_up_kernel "$tmp/k"
check "the made-up kernel is converted" run_commands "$tmp/k" "$tmp/out" sites plan apply

# Repository and tag
mkdir "$tmp/plain"
bad "no such folder" "no such folder: '$tmp/none'" on sites "$tmp/none" v1.0
bad "a folder that is no repository" "not a git repository: '$tmp/plain'" on sites "$tmp/plain" v1.0
bad "an unknown tag" "unknown tag or revision 'v9.9'" on sites "$tmp/k" v9.9
bad "a tag that looks like an option" "unknown tag or revision '--all'" on sites "$tmp/k" --all
git_k tag blob v1.0:Makefile
git_k tag tree 'v1.0^{tree}'
bad "a tag of a blob" "'blob' is not a commit" on sites "$tmp/k" blob
bad "a tag of a tree" "'tree' is not a commit" on sites "$tmp/k" tree

git init -q "$tmp/other"
echo text >"$tmp/other/README"
commit_all "$tmp/other" other
git -C "$tmp/other" tag v1.0
bad "a repository that is no kernel" "is not a kernel: it has no Makefile" on sites "$tmp/other" v1.0
made_up_kernel "$tmp/unmaintained"
rm "$tmp/unmaintained/MAINTAINERS"
commit_all "$tmp/unmaintained" "no maintainers"
git -C "$tmp/unmaintained" tag v1.1
bad "a kernel without MAINTAINERS" "'v1.1' has no MAINTAINERS" on sites "$tmp/unmaintained" v1.1

# Branches
base=$(git_k rev-parse v1.0)
tip=$(git_k rev-parse gizmo/v1.0/all)
git_k update-ref refs/heads/gizmo/v1.0/all "$base"
bad "a branch that exists" "branch 'gizmo/v1.0/all' exists in '$tmp/k'; --force replaces it" on apply "$tmp/k" v1.0
force() { "$convert" apply --force -k "$tmp/k" -t v1.0 -o "$tmp/out" -r "$recipe"; }
check "--force is taken" force
check "--force replaces the branch" test "$(git_k rev-parse gizmo/v1.0/all)" = "$tip"
altered_recipe
sed -i 's/^subject=use gizmo_bytes()$/subject=call gizmo_bytes()/' "$recipe/series"
bad "tables of another recipe" "was not made from this tag, recipe; run sites again" on apply "$tmp/k" v1.0
replanned
bad "another series than the branch holds" "branch 'gizmo/v1.0/users' exists" on apply "$tmp/k" v1.0
recipe=$tests/generality/recipe
replanned

# Recipe
bad "no recipe" "$tmp/none/series" "$convert" sites -k "$tmp/k" -t v1.0 -o "$tmp/out" -r "$tmp/none"
altered_recipe
echo 'no key file' >"$recipe/series"
bad "a series file that is none" "'$recipe/series': " on sites "$tmp/k" v1.0
altered_recipe
sed -i 's/^kind=cocci/kind=magic/' "$recipe/series"
bad "an unknown kind of rule" "kind 'magic' is none of cocci, tokens, edit" on sites "$tmp/k" v1.0
altered_recipe
sed -i 's/^- gizmo_size(E)/- gizmo_size(E/' "$recipe/10-size-becomes-bytes.cocci"
bad "a rule with a syntax error is named" "rule '10-size-becomes-bytes.cocci' is not accepted by spatch" \
	on apply "$tmp/k" v1.0
bad "a rule with a syntax error comes with spatch's message" "parse error" on apply "$tmp/k" v1.0
altered_recipe
sed -i 's/^postfix/mystery/; s/^expression X;/mystery X;/' "$recipe/12-size-in-macros.tokens"
replanned
bad "a token rule with a syntax error is named" "12-size-in-macros.tokens" on apply "$tmp/k" v1.0
altered_recipe
sed -i 's/^before=.*/before=^no such line$/' "$recipe/00-gizmo-helpers.edit"
on sites "$tmp/k" v1.0 >/dev/null
bad "an anchor that is not there" "no line of 'include/linux/gizmo.h' matches '^no such line$'" on plan "$tmp/k" v1.0
recipe=$tests/generality/recipe
replanned

# spatch. A cache of its own: no outcome of a fake one is found later.
mkdir "$tmp/bin" "$tmp/fake"
for program in sh env git patch; do
	ln -s "$(command -v "$program")" "$tmp/bin/$program"
done
with_path() { PATH=$1 XDG_CACHE_HOME=$tmp/fake-cache on apply "$tmp/k" v1.0; }
bad "no spatch" "cannot run spatch" with_path "$tmp/bin"
refuses "no spatch: the package is named" 2 "install the package coccinelle" with_path "$tmp/bin"
printf '#!/bin/sh\necho "spatch version 0.9.9 compiled with OCaml version 4.0"\n' >"$tmp/fake/spatch"
chmod +x "$tmp/fake/spatch"
bad "a spatch that is too old" "rule '10-size-becomes-bytes.cocci' requires spatch 1.0.0, this is 0.9.9" \
	with_path "$tmp/fake:$PATH"

# A rule that hangs: spatch and what it started are killed at the limit.
altered_recipe
sed -i 's/^rule=11-.*/&\nlimit=1/' "$recipe/series"
cat >"$tmp/fake/spatch" <<FAKE
#!/bin/sh
case "\$*" in
*--version*|*--parse-cocci*|*10-size*) exec $(command -v spatch) "\$@" ;;
esac
sh -c 'sleep 1000 & echo \$! >>"$tmp/pids"; wait' >/dev/null 2>&1 &
echo \$\$ \$! >>"$tmp/pids"
wait
FAKE
made_up_kernel "$tmp/k3"
hang() { PATH=$tmp/fake:$PATH XDG_CACHE_HOME=$tmp/fake-cache run_commands "$tmp/k3" "$tmp/out3" "$@"; }
check "a rule that hangs is stopped" hang sites plan apply
check "it was started on each file, with a child and a grandchild" test "$(wc -w <"$tmp/pids")" -eq 9
check "all of them are gone" all_gone "$tmp/pids"
check "the sites it left say so" sh -c \
	'test "$(grep -c "	unconverted	-	-	rule .11-xfer-becomes-write.cocci. was stopped after 1 s$" "$1")" -eq 4' \
	- "$tmp/out3/sites.tsv"
check "other rules went on" grep -q '	converted	10-size-becomes-bytes.cocci	' "$tmp/out3/sites.tsv"
unhung() { XDG_CACHE_HOME=$tmp/fake-cache run_commands "$tmp/k3" "$tmp/out3" sites plan &&
	XDG_CACHE_HOME=$tmp/fake-cache "$convert" apply --force -k "$tmp/k3" -t v1.0 -o "$tmp/out3" -r "$recipe"; }
check "a later run tries again" unhung
check "and converts what was left" test "$(git -C "$tmp/k3" rev-parse gizmo/v1.0/all)" = "$tip"
recipe=$tests/generality/recipe

# Tables that somebody edited
cp -r "$tmp/out" "$tmp/good"
table() { cp "$tmp/good/$1" "$tmp/out/$1"; }
sed -i '2{h;d};3G' "$tmp/out/sites.tsv"
bad "a table that is not sorted" "sites.tsv:3: not sorted" on plan "$tmp/k" v1.0
table sites.tsv
sed -i '2s/	[^	]*$//' "$tmp/out/plan.tsv"
bad "a row of another width" "plan.tsv:2: 4 fields where 5 are expected" on apply "$tmp/k" v1.0
table plan.tsv
sed -i '1s/path/name/' "$tmp/out/sites.tsv"
bad "another header" "sites.tsv:1: the header is not" on plan "$tmp/k" v1.0
table sites.tsv
rm "$tmp/out/plan.tsv"
bad "a command before its input is there" "plan.tsv" on apply "$tmp/k" v1.0
table plan.tsv

# Usage
bad "no command" "no command given" "$convert"
bad "an unknown command" "unknown command" "$convert" site -k "$tmp/k" -t v1.0
bad "a command that is cut short" "unknown command" "$convert" appl -k "$tmp/k" -t v1.0
bad "an unknown option" "Unknown option --nothing" "$convert" sites --nothing
bad "a number that is none" "-j" "$convert" sites -k "$tmp/k" -t v1.0 -j many
bad "not a single process" "-j needs at least 1" "$convert" sites -k "$tmp/k" -t v1.0 -j 0
bad "no kernel" "give a kernel with -k and a tag with -t" "$convert" sites -t v1.0
bad "no tag" "give a kernel with -k and a tag with -t" "$convert" sites -k "$tmp/k"
bad "an unknown stage" "the recipe has no stage 'none'" \
	"$convert" plan --stage none -k "$tmp/k" -t v1.0 -o "$tmp/out" -r "$recipe"
bad "an unknown subsystem" "nothing is planned for a subsystem 'none'" \
	"$convert" plan --subsystem none -k "$tmp/k" -t v1.0 -o "$tmp/out" -r "$recipe"
on_verify() { "$verify" "$@" -k "$tmp/k" -o "$tmp/out/evidence.tsv"; }
bad "verify: no kernel" "no kernel given: use -k LINUX" "$verify" build v1.0..gizmo/v1.0/all
bad "verify: no check" "give the checks and BASE..TIP" on_verify
bad "verify: an unknown check" "unknown check 'nothing'" on_verify nothing v1.0..gizmo/v1.0/all
bad "verify: one known and one unknown check" "unknown check 'nothing'" on_verify build,nothing v1.0..gizmo/v1.0/all
bad "verify: an unknown configuration" "no configuration 'nothing'" on_verify build --config nothing v1.0..gizmo/v1.0/all
bad "verify: a compiler of another kind" "'clang-19' does not fit 'x86_64-allmodconfig'" \
	on_verify build --cc clang-19 v1.0..gizmo/v1.0/all
bad "verify: a table that is not there" "nowhere.tsv" on_verify equiv --expect "$tmp/nowhere.tsv" v1.0..gizmo/v1.0/all
bad "verify: an unknown option" "Unknown option --nothing" on_verify build --nothing
bad "verify: a range that is none" "'v1.0'" on_verify build v1.0
bad "verify: a range of unknown revisions" "v9.9" on_verify build v9.9..v1.0
bad "verify: an empty range" "no commit in 'v1.0..v1.0'" on_verify build v1.0..v1.0
git_k branch side v1.0
git_k worktree add -q "$tmp/w" side
echo >"$tmp/w/side"
git -C "$tmp/w" add side
by_somebody() { git -C "$tmp/w" -c user.name=t -c user.email=t@example.org "$@"; }
by_somebody commit -q -m side
by_somebody reset -q --hard v1.0
by_somebody merge -q --no-ff -m merge "$(git_k rev-parse "side@{1}")"
# It is judged: there is a table.
refuses "verify: commits that a merge brings are told" 2 "1 more commits come by merges" on_verify style v1.0..side

bad "front door: an unknown option" "unknown option '--nothing'" ./series-gen.sh --nothing
bad "front door: -k without -t" "with -k, give the tag with -t" ./series-gen.sh -k "$tmp/k"
bad "front door: an option without its value" "'-o' needs a value" ./series-gen.sh -o
bad "front door: another --verify" "--verify is none, quick or full, not 'all'" ./series-gen.sh --verify all
bad "front door: notes of nothing" "there is no verdict to note" ./series-gen.sh --verify none --notes
bad "import: an unknown option" "unknown option '-x'" tools/kernel-import.sh -x
bad "import: neither a series nor a release" "'newest' is neither a series" tools/kernel-import.sh newest
bad "import: a series with letters in it" "is neither a series" tools/kernel-import.sh 6.x
finish
