#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# sanitized.sh: sets of tests in guests of two kernels that look for wrong accesses, leaks, misuse of
# the DMA API and of locks. TIP's holds, and each test that holds in BASE's does so in TIP's.
#
# usage: sanitized.sh LINUX BASE TIP [SET]...	a repository, two commits, and sets of
#						verify/boot/tests/ (default: rdma and vfio)
# Prints how many tests said what, and each that says something else of TIP than of BASE; what BASE
# is found to do wrong is told, and is BASE's. What was said and the guests' consoles stay in OUT
# (default build), in sanitized.base and sanitized.tip.
# Exit status: 0 it is so, 1 it is not, 2 could not tell.

set -eu
cd "$(dirname "$0")/.."
. tests/lib.sh
two_commits "$@"
shift 3
[ $# -gt 0 ] || set -- rdma vfio
sets=$* machine=qemu-x86_64-sanitized

# said COMMIT NAME: what the tests say of the commit. Its status is the guest's. It runs in the
# background, beside the other commit's, and as a cache serves one run at a time, has one of its own.
said()
{
	mkdir "$tmp/$2"
	tmp=$tmp/$2
	export XDG_CACHE_HOME="${XDG_CACHE_HOME-$HOME/.cache}/$data_name/beside/$2"
	said_status=0 guest_log=
	guest_did "$1" "$2" $machine "$sets" "" >/dev/null || said_status=$?
	[ -n "$guest_log" ] || return 2
	cp "$guest_log" "$out/sanitized.$2.console"
	sed -n 's/\r$//; s/.*ktap: *\(not ok\|ok\) [0-9]* /\1 /p' "$guest_log" >"$out/sanitized.$2"
	awk -v name="$2" '
		/ktap: (not )?ok / { sets += /ktap: not/; next }
		!/ktap: +(not )?ok / { next }
		/# SKIP/ { skipped++; next }
		/ktap: +not/ { bad++; next }
		{ ok++ }
		END {
			print name ": " ok + 0 " ok, " bad + 0 " not ok, " skipped + 0 " skipped, " \
				sets + 0 " sets that found something"
		}' "$guest_log"
	return "$said_status"
}

# What was found out about it before does not count.
sed "s/^append=/&sanitized=$$ /" verify/boot/configs/$machine >"$tmp/boot/configs/$machine"
said "$base" base &
first=$!
said "$tip" tip &
second=$!
# shellcheck disable=SC2046,SC2064 # a list of words; those of now
trap "kill \$(ps -o pid= --ppid $first --ppid $second); wait; exit 2" HUP INT TERM
status=0 base_status=0
wait "$first" || base_status=$?
wait "$second" || status=$?
[ "$base_status" -lt 2 ] && [ "$status" -lt 2 ] || exit 2
grep '^ok' "$out/sanitized.base" >"$tmp/wanted" || { echo "nothing holds in the guest of $base" >&2; exit 2; }
diff "$out/sanitized.base" "$out/sanitized.tip" || :
grep -v -x -F -f "$out/sanitized.tip" "$tmp/wanted" | sed 's/^ok/no longer:/' >"$tmp/lost" || :
cat "$tmp/lost"
[ ! -s "$tmp/lost" ] || exit 1
exit "$status"
