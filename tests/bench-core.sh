#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# bench-core.sh: what lists of ranges cost beside arrays of pages and
# scatterlists, with and without an IOMMU. The benchmark of the core stage runs in
# QEMU with a clock of instructions, one a nanosecond: its figures do not depend on
# this machine or its load.
#
# usage: bench-core.sh [-d DIR] [SERIES|TAG]...
#	-d	folder for sources and builds, which are kept and used again
# Prints a line for each size, and each bar that is not met.
# Exit status: 0 all bars are met, 1 one is not, 2 could not tell.

set -eu
cd "$(dirname "$0")/.."
PATH=$PWD/tests/qemu-tcg:$PATH
dir=
while getopts d: option; do
	case $option in
	d) dir=$OPTARG ;;
	*) exit 2 ;;
	esac
done
shift $((OPTIND - 1))
[ $# -gt 0 ] || set -- 6.12
if [ -z "$dir" ]; then
	dir=$(mktemp -d)
	trap 'rm -rf "$dir"' EXIT
fi
mkdir -p "$dir"
dir=$(cd "$dir" && pwd)
config=$PWD/kunit/bench.kunitconfig
# shellcheck source=tests/core-tree.sh
. tests/core-tree.sh

# Memory for 4 GiB above 4 GiB, of which hardly any is touched.
# -bios: with qboot, which kunit.py takes, a clock of instructions stands still.
guest='-bios bios-256k.bin -accel tcg -smp 1 -icount shift=0,sleep=off -m 8G -device pci-testdev,membar=16M'
machines='direct	intel_iommu=off	-machine q35
iommu	intel_iommu=on,sm_off iommu.passthrough=0	-machine q35,kernel-irqchip=split -device intel-iommu'

# figures TAG MACHINE: the lines of the benchmark, as they are in its log.
figures()
{
	awk -v tag="$1" -v machine="$2" '
		function si(n) { return n < 10000 ? n : n < 10000000 ? int(n / 1000) "k" : int(n / 1000000) "M" }
		function bar(met, text) {
			if (!met) { print "NOT MET\t" machine "\t" kind "\t" len "\t" text; bad = 1 }
			bars++
		}
		/(^| )bench (4K|2M|1G) / {
			sub(/\r$/, "")
			for (i = 1; i <= NF && $i != "bench"; i++) { }
			kind = $(i + 1); len = $(i + 2)
			for (i += 3; i <= NF; i++) { split($i, part, "="); f[part[1]] = part[2] }
			if (!n++)
				print "tag\tmapping\tmemory\tbytes\tpages\tsg\tlist\tbuild sg\tlist\tby block\titerate sg\tlist\tmap sg\tlist\tunmap sg\tlist\tentries"
			print tag "\t" machine "\t" kind "\t" len / 1024 "K\t" si(f["pages.bytes"]) "\t" si(f["sg.bytes"]) "\t" \
				si(f["list.bytes"]) "\t" si(f["sg.build"]) "\t" si(f["list.build"]) "\t" si(f["blocks.build"]) "\t" \
				si(f["sg.iterate"]) "\t" si(f["list.iterate"]) "\t" si(f["sg.map"]) "\t" si(f["list.map"]) "\t" \
				si(f["sg.unmap"]) "\t" si(f["list.unmap"]) "\t" f["entries"]
			if (f["chunks"] > 10000)
				bar(f["list.bytes"] <= 8.1 * f["chunks"], "bytes a chunk: " f["list.bytes"] / f["chunks"])
			if (kind == "4K" && len == 1073741824)
				bar(f["list.bytes"] <= 2.04 * 1048576, "a fragmented gigabyte: " f["list.bytes"])
			if (kind == "1G" && len <= 1073741824)
				bar(f["list.bytes"] == 0, "a contiguous gigabyte allocates " f["list.bytes"])
			bar(f["list.iterate"] <= f["sg.iterate"], "iterate: " f["list.iterate"] " to " f["sg.iterate"])
			if (machine == "direct") {
				bar(f["map.bytes"] == 0, "the mapping allocates " f["map.bytes"])
				if (kind == "4K" && len >= 1048576)
					bar(5 * f["list.map"] <= f["sg.map"], "map: " f["list.map"] " to " f["sg.map"])
				if (kind == "4K") {
					if (!least || f["list.map"] < least) least = f["list.map"]
					if (f["list.map"] > most) most = f["list.map"]
				}
			} else {
				bar(f["entries"] == 1, "entries: " f["entries"])
				bar(f["list.map"] <= f["sg.map"], "map: " f["list.map"] " to " f["sg.map"])
				bar(f["list.unmap"] <= f["sg.unmap"], "unmap: " f["list.unmap"] " to " f["sg.unmap"])
			}
		}
		END {
			kind = "4K"; len = "all"
			if (machine == "direct")
				bar(most <= 2 * least, "constant time: " least " to " most)
			print "# " tag ", " machine ": " n + 0 " sizes, " bars + 0 " bars"
			exit n ? bad : 2
		}' "$3"
}

worst=0
note() { [ "$1" -eq 0 ] || [ "$worst" -eq 1 ] || worst=$1; }
tools/kernel-import.sh "$@" >"$dir/kernels"
while IFS='	' read -r kernel tag <&3; do
	core_tree "$kernel" "$tag" "$dir/$tag" </dev/null
	core_kunit x86_64 "$dir/$tag/bench" build --jobs "$(nproc)" --kunitconfig "$config" \
		>"$dir/$tag/build.log" 2>&1 </dev/null || { tail -n 20 "$dir/$tag/build.log"; exit 2; }
	echo "$machines" >"$dir/machines"
	while IFS='	' read -r name args qemu <&4; do
		set --
		for arg in $args; do
			set -- "$@" --kernel_args "$arg"
		done
		core_kunit x86_64 "$dir/$tag/bench" exec --timeout 3600 --raw_output=all \
			--qemu_args "$guest $qemu" "$@" 'phyr_bench*' >"$dir/$tag/$name.log" 2>&1 </dev/null || :
		status=0
		figures "$tag" "$name" "$dir/$tag/$name.log" || status=$?
		note $status
	done 4<"$dir/machines"
done 3<"$dir/kernels"
exit "$worst"
