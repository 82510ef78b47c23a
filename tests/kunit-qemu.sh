#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# kunit-qemu.sh: the core's KUnit suites on machines that QEMU emulates, for the
# kinds of DMA mapping that UML does not have. The series' core stage on the given
# tags (default: the newest of each line), built and run by the tree's own
# kunit.py, without KVM. A suite that fails, or a complaint of the kernel that no
# case provokes, fails the machine.
#
# usage: kunit-qemu.sh [-d DIR] [-m MACHINE]... [SERIES|TAG]...
#	-d	folder for sources and builds, which are kept and used again
#	-m	only this machine (may be repeated)
# Prints a line for each tag and machine: holds, fails, or undecided.
# Exit status: 0 all hold, 1 one fails, 2 one is undecided.

set -eu
cd "$(dirname "$0")/.."
PATH=$PWD/tests/qemu-tcg:$PATH
jobs=${JOBS:-$(nproc)}
dir='' only=''
while getopts d:m: option; do
	case $option in
	d) dir=$OPTARG ;;
	m) only="$only $OPTARG" ;;
	*) exit 2 ;;
	esac
done
shift $((OPTIND - 1))
[ $# -gt 0 ] || set -- 6.12 6.1 7.3
if [ -z "$dir" ]; then
	dir=$(mktemp -d)
	trap 'rm -rf "$dir"' EXIT
fi
mkdir -p "$dir"
dir=$(cd "$dir" && pwd)
# shellcheck source=tests/core-tree.sh
. tests/core-tree.sh

# name | arch of kunit.py | what is built | fragments | kernel arguments | QEMU arguments
# None of them is empty: read would take the next one for it.
machines='
direct	x86_64	x86_64	x86_64	intel_iommu=off	-machine q35 -device pci-testdev,membar=16M
no-pci	x86_64	x86_64	x86_64	intel_iommu=off	-machine q35
iommu	x86_64	x86_64	x86_64	intel_iommu=on,sm_off iommu.passthrough=0	-m 5G -machine q35,kernel-irqchip=split -device intel-iommu,caching-mode=on -device pci-testdev,membar=16M
swiotlb	x86_64	x86_64	x86_64	intel_iommu=off swiotlb=force	-machine q35 -device pci-testdev,membar=16M
kasan	x86_64	kasan	x86_64 kasan	intel_iommu=off kmemleak=on	-machine q35 -device pci-testdev,membar=16M
kasan-iommu	x86_64	kasan	x86_64 kasan	intel_iommu=on,sm_off kmemleak=on	-m 5G -machine q35,kernel-irqchip=split -device intel-iommu,caching-mode=on -device pci-testdev,membar=16M
kasan-swiotlb	x86_64	kasan	x86_64 kasan	intel_iommu=off swiotlb=force kmemleak=on	-machine q35 -device pci-testdev,membar=16M
i386	i386	i386	i386	nokaslr	-m 5G -cpu max
arm64	arm64	arm64	arm64	nokaslr	-machine virt
arm64-smmu	arm64	arm64	arm64	iommu.passthrough=0	-machine virt,iommu=smmuv3 -device pci-testdev,membar=16M
arm64-swiotlb	arm64	arm64	arm64	swiotlb=65536,force	-machine virt
arm64-64k	arm64	arm64-64k	arm64 arm64-64k	iommu.passthrough=0	-m 3G -machine virt,iommu=smmuv3 -device pci-testdev,membar=16M
'

# kunit_py COMMAND...: the tree's, for this machine.
kunit_py()
{
	command=$1
	shift
	core_kunit "$arch" "$dir/$tag/$built" "$command" "$@"
}

build()
{
	set -- --kunitconfig "$PWD/kunit/qemu.kunitconfig"
	for fragment in $fragments; do
		set -- "$@" --kunitconfig "$PWD/kunit/qemu-$fragment.kunitconfig"
	done
	# High memory beyond 4 GiB has a name of its own in older trees.
	if [ "$arch" = i386 ]; then
		highmem=HIGHMEM4G
		! grep -q '^config HIGHMEM64G' "$dir/$tag/linux/arch/x86/Kconfig" || highmem=HIGHMEM64G
		set -- "$@" --kconfig_add "CONFIG_$highmem=y"
	fi
	kunit_py build --jobs "$jobs" "$@"
}

# A guest that looks for leaks when the suites have run.
leaks_image()
{
	mkdir -p "$dir/root/debug" "$dir/root/dev"
	[ -c "$dir/root/dev/console" ] || mknod "$dir/root/dev/console" c 5 1
	gcc -O2 -static -o "$dir/root/init" tests/kunit-leaks.c
	(cd "$dir/root" && find . | cpio -o -H newc --quiet) >"$dir/leaks.cpio"
}

# What is complained of, but for the warnings that a case provokes, and leaks of what
# KUnit itself allocates for a suite that a filter has chosen.
complaints()
{
	awk '
		/BUG: |WARNING: |UBSAN: |KASAN: |DMA-API: .*(device driver|cacheline|exceeded)|DMAR: .*fault|event 0x|kunit-leaks: no|Kernel panic/ {
			said[++n] = $0
		}
		/^ *(not )?ok [0-9]+ / {
			provoked = /_(rejects|warns|fails|keeps_to_the_dma_mask|keeps_a_page_that_is_cut)/
			for (i = 1; i <= n; i++)
				if (!provoked || said[i] !~ /WARNING: .*(kernel\/dma\/(phyr|direct|swiotlb)|lib\/phyr|mm\/phyr)/)
					print said[i]
			n = 0
		}
		/^unreferenced object/ { if (leak) print leak; leak = $0 }
		/kunit_debugfs_create_suite/ { leak = "" }
		/kunit-leaks: done/ { if (leak) print leak; leak = "" }
		END { for (i = 1; i <= n; i++) print said[i] }' "$1" |
		grep -a .
}

run()
{
	set -- --qemu_args "$qemu -accel tcg"
	for arg in $args; do
		set -- "$@" --kernel_args "$arg"
	done
	case $built in
	kasan)
		leaks_image || return
		set -- "$@" --qemu_args "-initrd $dir/leaks.cpio"
		export QEMU_TCG_STAYS=1
		;;
	esac
	ran=0
	kunit_py exec --timeout 1800 "$@" 'phyr*' >"$log.kunit" 2>&1 || ran=$?
	unset QEMU_TCG_STAYS
	cp "$dir/$tag/$built/test.log" "$log" || return
	return "$ran"
}

verdict()
{
	log=$dir/$tag/$name.log
	if ! build >"$log.build" 2>&1; then
		echo "undecided	not built, see $log.build"
		return 2
	fi
	ended=0
	run || ended=$?
	passed=$(grep -acE '^ *ok [0-9]+' "$log" || :)
	if [ "$ended" -ne 0 ] || ! grep -aq '^ *# Subtest: phyr_dma' "$log"; then
		echo "fails	$(grep -aE '^ *not ok ' "$log" | head -n 1 | sed 's/^ *//'), see $log.kunit"
		return 1
	fi
	if complaints "$log" >"$log.complaints"; then
		echo "fails	$(head -n 1 "$log.complaints")"
		return 1
	fi
	echo "holds	$passed passed, $(grep -acE '^ *ok [0-9]+ .*# SKIP' "$log" || :) of them skipped"
}

worst=0
tools/kernel-import.sh "$@" >"$dir/kernels"
while IFS='	' read -r kernel tag <&3; do
	core_tree "$kernel" "$tag" "$dir/$tag" </dev/null || exit 2
	echo "$machines" | grep . >"$dir/machines"
	while IFS='	' read -r name arch built fragments args qemu <&4; do
		case " $only " in '  '|*" $name "*) ;; *) continue ;; esac
		status=0
		said=$(verdict </dev/null) || status=$?
		printf '%s\t%s\t%s\n' "$tag" "$name" "$said"
		[ "$status" -le "$worst" ] || worst=$status
	done 4<"$dir/machines"
done 3<"$dir/kernels"
exit "$worst"
