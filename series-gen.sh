#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# series-gen.sh: from a kernel tag to a verified, bisectable series.
#
# The front door: set-up, build, kernel, then the commands of phyr-convert and
# phyr-verify in their order. It decides nothing; each line below can be run
# by hand.
#
# exit status: 0 it holds, 1 it does not, 2 could not tell

set -eu
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck disable=SC2034 # for common.sh
cache_up=.
# shellcheck source=tools/common.sh
. "$here/tools/common.sh"

usage='usage: series-gen.sh [-k LINUX] [-t TAG] [-o OUT] [-r RECIPE] [-j N]
                     [--stage NAME]... [--subsystem NAME]... [--verify none|quick|full]
                     [--notes] [--force] [--signoff "NAME <MAIL>"] [-y]
  -k LINUX   a kernel git repository, bare or not; then -t must be given
             [a repository made from Debian'"'"'s linux-source packages]
  -t TAG     the tag to convert [the newest v6.12.x]
  -o OUT     output folder [out/TAG]
  -r RECIPE  recipe folder [semantic-patches]
  -j N       processes at once [the number of processors]
  --verify   none; quick: build, equiv against expect.tsv and style at each commit, KUnit at
             the end of each stage; full: every check on every configuration, KUnit at each commit, and
             every machine booted with every test set (many hours) [quick]
  --notes    write the verdicts to refs/notes/phyr of the repository as well
  --force    replace the branches of an earlier run
  -y         do not ask before packages are installed with sudo'

kernel='' tag='' out='' recipe=$here/semantic-patches jobs=$(nproc) verify=quick yes='' filters='' signoff='' more='' notes=''
value() { [ "$1" -ge 2 ] || die "'$2' needs a value
$usage"; }
quoted() { printf "'%s' " "$(printf %s "$1" | sed "s/'/'\\\\''/g")"; }
while [ $# -gt 0 ]; do
	case $1 in
	-k) value $# "$1"; kernel=$2; shift ;;
	-t) value $# "$1"; tag=$2; shift ;;
	-o) value $# "$1"; out=$2; shift ;;
	-r) value $# "$1"; recipe=$2; shift ;;
	-j) value $# "$1"; jobs=$2; shift ;;
	--stage|--subsystem) value $# "$1"; filters="$filters $1 $(quoted "$2")"; shift ;;
	--signoff) value $# "$1"; signoff="$1 $(quoted "$2")"; shift ;;
	--verify) value $# "$1"; verify=$2; shift ;;
	--notes) notes=$1 ;;
	--force) filters="$filters $1" ;;
	-y) yes=-y ;;
	-h|--help) echo "$usage"; exit 0 ;;
	*) die "unknown option '$1'
$usage" ;;
	esac
	shift
done
case $verify in
none) [ -z "$notes" ] || die "--notes: with --verify none there is no verdict to note" ;;
quick|full) ;;
*) die "--verify is none, quick or full, not '$verify'" ;;
esac
[ -z "$kernel" ] || [ -n "$tag" ] || die "with -k, give the tag with -t"

more_packages=
[ "$verify" != full ] || more_packages=--full
"$here/tools/setup.sh" $yes $more_packages
make -s -C "$here" all >&2

if [ -z "$kernel" ]; then
	"$here/tools/kernel-import.sh" ${tag:+"$tag"} >"${TMPDIR:-/tmp}/series-gen.$$" || {
		rm -f "${TMPDIR:-/tmp}/series-gen.$$"
		exit 2
	}
	IFS='	' read -r kernel tag <"${TMPDIR:-/tmp}/series-gen.$$"
	rm "${TMPDIR:-/tmp}/series-gen.$$"
else
	more="$more --public-base"
fi
out=${out:-out/$tag}

# shellcheck disable=SC2034 # used in run()
convert=$here/build/phyr-convert
check=$here/build/phyr-verify
common="-k $(quoted "$kernel") -t $(quoted "$tag") -o $(quoted "$out") -r $(quoted "$recipe") -j $(quoted "$jobs")"
worst=0
# 1 (it does not hold) says more than 2 (could not tell).
note() { [ "$1" -eq 0 ] || [ "$worst" -eq 1 ] || worst=$1; }
run() { eval "\"\$convert\" $1 $common $2" >&2; }

run sites "" || exit
run plan "$filters" || exit
run apply "$filters $signoff" || exit
get() { sed -n "s/^$1	//p" "$out/run.tsv"; }

# judge CHECKS OPTION...: phyr-verify with what all its runs have in common.
judge()
{
	checks=$1
	shift
	"$check" "$checks" -k "$kernel" -o "$out/evidence.tsv" -j "$jobs" ${notes:+"$notes"} "$@" >&2 || note $?
}

if [ "$verify" != none ]; then
	base=$(get base) tip=$(get tip)
	set --
	for config in $(get kunitconfig); do
		set -- "$@" --kunitconfig "$config"
	done
fi
case $verify in
quick)
	judge build,equiv,style --undecided "$recipe/undecided.tsv" --expect "$out/expect.tsv" "$base..$tip"
	ends=$(awk -F '\t' 'NR > 2 && $3 != stage { print id } { stage = $3; id = $2 } END { print id }' \
		"$out/commits.tsv")
	for end in $ends; do
		judge kunit "$@" "$base..$end"
	done
	;;
full)
	judge build,warnings,sparse,equiv,style --config all --undecided "$recipe/undecided.tsv" \
		--expect "$out/expect.tsv" "$base..$tip"
	judge kunit --every-commit "$@" "$base..$tip"
	judge boot --boot-config all --boot-tests all "$base..$tip"
	;;
esac
run account "" || note $?
run mail "$more $signoff" || note $?
exit "$worst"
