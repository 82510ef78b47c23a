#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# bench.sh: time and memory of sites + plan + apply for the accessor stages on
# one tag, cold and warm, beside "make coccicheck" with the same rules in the
# same tree. A rule that coccicheck does not finish in LIMIT seconds is stopped
# and named. Then phyr-verify on all of the accessors, or the last COMMITS, cold and warm,
# beside git rebase --exec 'make OBJECTS', where OBJECTS are all that phyr-verify
# judged at any of the commits: of sources that change, reached by a header, and
# of the sample. make finds out which of them a commit changes. And beside a
# rebase that makes at each commit only the changed sources, header or not, and
# so needs to be told what they are. A rebase that takes three times as long as
# phyr-verify, cold, is stopped. Prints a table; asserts nothing.
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
# What the stages above have for spatch.
rules=$(awk -F = '/^\[/ { stage = "" } $1 == "stage" { stage = $2 }
	$1 == "rule" && stage ~ /^bvec-(helpers|accessors)$/ && $2 ~ /cocci$/ { print "semantic-patches/" $2 }' semantic-patches/series)
for rule in $rules; do
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

# The last commits of the accessor stage: built and compared with their
# parents, beside a rebase that makes the same objects at each commit. Both
# start with no object tree.
commits=${COMMITS:-$(awk -F '\t' '$3 == "bvec-accessors"' "$bench/out/commits.tsv" | wc -l)}
tip=$(sed -n 's/^tip	//p' "$bench/out/run.tsv")
verified()
{
	/usr/bin/time -o "$bench/$1" -f '%e %M' env XDG_CACHE_HOME="$bench/cache" build/phyr-verify build,equiv \
		-k "$bench/linux.git" -o "$bench/evidence.tsv" -j "$jobs" --objects "$bench/$1.objects" \
		--undecided semantic-patches/undecided.tsv "$tip~$commits..$tip" 2>"$bench/$1.log" ||
		{ tail "$bench/$1.log" >&2; exit 2; }
}
verified verify-cold
verified verify-warm

sed -n 's/^\([A-Z0-9_]*=.*\)/CONFIG_\1/p' verify/fragments/plain >"$bench/fragment"
objects=$bench/verify-cold.objects
[ -s "$objects" ] || die "phyr-verify compiled nothing"
git --git-dir="$bench/linux.git" diff --name-only "$tip~$commits" "$tip" | sed -n 's/\.c$/.o/p' |
	grep -xFf "$objects" >"$bench/changed"

# rebased LABEL OBJECTS COMMAND: the rebase from a work tree at the tip and no object
# tree; the command makes in $bench/obj what the file OBJECTS names. One that was stopped
# leaves in $bench/LABEL.stopped at which commit.
rebased()
{
	rm -rf "$bench/rebase" "$bench/obj"
	git clone -q --shared --no-checkout "$bench/linux.git" "$bench/rebase"
	git -C "$bench/rebase" checkout -q --detach "$tip"
	cat >"$bench/run" <<-EOF
		#!/bin/sh -e
		make -s -C "$bench/rebase" O="$bench/obj" KCONFIG_ALLCONFIG="$bench/fragment" allmodconfig
		git -C "$bench/rebase" -c user.name=bench -c user.email=bench@example.org rebase --exec "$3" "$tip~$commits"
	EOF
	chmod +x "$bench/run"
	rc=0
	/usr/bin/time -q -o "$bench/$1" -f '%e %M' timeout "$stop" "$bench/run" >"$bench/log" 2>&1 || rc=$?
	case $rc in
	0) ;;
	124)
		# Before the first commit there is no such file.
		grep -c "^pick" "$bench/rebase/.git/rebase-merge/done" >"$bench/$1.stopped" 2>/dev/null || \
			[ -s "$bench/$1.stopped" ] || echo 0 >"$bench/$1.stopped"
		return ;;
	*) tail "$bench/log" >&2; exit 2 ;;
	esac
	while read -r object; do
		[ -e "$bench/obj/$object" ] || die "git rebase did not make '$object': $(tail -n 3 "$bench/log")"
	done <"$2"
}

# took LABEL: its time, of one that was stopped how far it came.
took()
{
	[ ! -e "$bench/$1.stopped" ] || printf 'more than '
	printf '%s s' "$(seconds "$bench/$1")"
	[ ! -e "$bench/$1.stopped" ] || printf ', stopped at commit %s of %s' "$(cat "$bench/$1.stopped")" "$commits"
}
stop=$(awk '{ print int($1 * 3) + 1; exit }' "$bench/verify-cold")
make="make -s -j$jobs O=$bench/obj W=1"
rebased rebase-all "$objects" "$make $(tr '\n' ' ' <"$objects")"
# shellcheck disable=SC2016 # for the rebase's shell
printf '#!/bin/sh\nset -- $(git diff --name-only HEAD^ | sed -n "s/\\.c\\$/.o/p" | grep -xFf "%s")\n[ $# -eq 0 ] || %s "$@"\n' \
	"$bench/changed" "$make" >"$bench/make-changed"
chmod +x "$bench/make-changed"
rebased rebase-changed "$bench/changed" "$bench/make-changed"

cat <<-TABLE
	phyr-convert sites + plan + apply, cold: $(seconds "$bench/cold") s, peak $(peak "$bench/cold") MiB
	the same, warm: $(seconds "$bench/warm") s, peak $(peak "$bench/warm") MiB
	make coccicheck, the same rules: ${late:+more than }$(seconds "$bench/coccicheck") s${late:+, stopped after $limit s each:$late}
	phyr-verify build,equiv of $commits commits, cold: $(seconds "$bench/verify-cold") s
	  $(grep "(ratio " "$bench/verify-cold.log")
	the same, warm: $(seconds "$bench/verify-warm") s
	git rebase --exec make of the $(wc -l <"$objects") objects that phyr-verify judged: $(took rebase-all)
	  (phyr-verify: both sides of each; the rebase: one)
	the same, at each commit the changed sources only, $(wc -l <"$bench/changed") objects: $(took rebase-changed)
TABLE
