#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# sanitized.sh: sets of tests hold in guests of both kernels, which look for wrong accesses, leaks,
# misuse of the DMA API and of locks; and the same tests run in both.
#
# usage: sanitized.sh LINUX BASE TIP [SET]...	a repository, two commits, and sets of
#						verify/boot/tests/ (default: rdma and vfio)
# Prints how many tests said what, and each that says something else of TIP than of BASE. What was
# said and the guests' consoles stay in OUT (default build), in sanitized.base and sanitized.tip.
# Exit status: 0 both hold and say the same, 1 not, 2 could not tell.

set -eu
cd "$(dirname "$0")/.."
[ $# -ge 3 ] || { sed -n '/^# usage/,/^# Exit/s/^# //p' "$0" >&2; exit 2; }
source=$1
base=$(git -C "$source" rev-parse --verify "$2^{commit}") || exit 2
tip=$(git -C "$source" rev-parse --verify "$3^{commit}") || exit 2
shift 3
[ $# -gt 0 ] || set -- rdma vfio
out=${OUT-build} sets=$*
. tests/lib.sh

# said COMMIT NAME: what the tests say of the commit. Its status is the guest's.
said()
{
	status=0 guest_log=
	guest_did "$1" "$2" sanitized "$sets" "" >/dev/null || status=$?
	[ -n "$guest_log" ] || return 2
	cp "$guest_log" "$out/sanitized.$2.console"
	sed -n 's/\r$//; s/.*ktap: *\(not ok\|ok\) [0-9]* /\1 /p' "$guest_log" >"$out/sanitized.$2"
	awk -v name="$2" '
		/# SKIP/ { skipped++; next }
		/^not/ { bad++; next }
		{ ok++ }
		END { print name ": " ok + 0 " ok, " bad + 0 " not ok, " skipped + 0 " skipped" }' "$out/sanitized.$2"
	return "$status"
}

own_data
borrowing "$source"
sed "s/^fragments=.*/fragments=guest;block;io;vfio;rdma;detectors;sanitizers/; s/^default=yes/default=no/
	s/-m 2560/-m 3584/; s/^limit=.*/limit=7200/; s/^append=/&sanitized=$$ /" \
	verify/boot/configs/qemu-x86_64 >"$tmp/boot/configs/sanitized"
echo EXT4_FS=y >>"$tmp/boot/configs/sanitized"
worst=0
for which in "$base base" "$tip tip"; do
	status=0
	said "${which% *}" "${which#* }" || status=$?
	[ "$status" -le "$worst" ] || worst=$status
done
[ "$worst" -lt 2 ] || exit 2
diff "$out/sanitized.base" "$out/sanitized.tip" || worst=1
exit $worst
