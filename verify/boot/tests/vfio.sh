# SPDX-License-Identifier: GPL-2.0-only
#
# vfio.sh: memory of every kind in the hands of devices that user space drives: the
# device edu and an NVMe disk read and write it through the type1 container.
# shellcheck shell=sh

# shellcheck source=verify/boot/guest.sh
. /guest.sh

# driven ARGS...: the program, with both devices.
driven()
{
	need VFIO_PCI VFIO_IOMMU_TYPE1
	tools vfio
	edu=$(pci_device 0x1234:0x11e8)
	nvme=$(pci_device 0x1b36:0x0010)
	# Interrupts are not remapped, and not used.
	echo 1 >/sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts
	give_device "$edu" vfio-pci
	give_device "$nvme" vfio-pci
	status=0
	vfio -n "$nvme" "$edu" "$@" >/tmp/vfio || status=$?
	cat /tmp/vfio
	give_device "$nvme"
	await [ -b /dev/nvme0n1 ]
	[ "$status" = 0 ] || return "$status"
	did "$*: $(cat /tmp/vfio)"
}

pages=/sys/kernel/mm/hugepages/hugepages-2048kB

with_large_pages()
{
	need HUGETLBFS
	echo 8 >"$pages"/nr_hugepages
	[ "$(cat "$pages"/nr_hugepages)" = 8 ]
	"$@"
	echo 0 >"$pages"/nr_hugepages
}

transparent()
{
	need TRANSPARENT_HUGEPAGE PROC_PAGE_MONITOR
	echo 1 >/proc/sys/vm/compact_memory
	driven thp
}

on_tmpfs()
{
	mount -t tmpfs none /mnt
	driven "$1" /mnt/file
	umount /mnt
}

mixed() { with_large_pages on_tmpfs mixed; }

# One IOMMU page at most of each page of memory.
page_by_page()
{
	need VFIO_IOMMU_TYPE1
	echo 1 >/sys/module/vfio_iommu_type1/parameters/disable_hugepages
	transparent
	echo 0 >/sys/module/vfio_iommu_type1/parameters/disable_hugepages
}

# A group without DMA is first in the container.
late()
{
	need SAMPLE_VFIO_MDEV_MTTY
	tools vfio
	edu=$(pci_device 0x1234:0x11e8)
	echo 1 >/sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts
	give_device "$edu" vfio-pci
	type=$(echo /sys/class/mtty/mtty/mdev_supported_types/*-1)
	echo 8a2c6a0e-4b2f-4b59-9d5e-0c51c4b1a001 >"$type"/create
	mdev=/sys/bus/mdev/devices/8a2c6a0e-4b2f-4b59-9d5e-0c51c4b1a001
	group=$(readlink "$mdev"/iommu_group)
	status=0
	vfio "$edu" late "${group##*/}" >/tmp/vfio || status=$?
	cat /tmp/vfio
	echo 1 >"$mdev"/remove
	[ "$status" = 0 ] || return "$status"
	did "late: $(cat /tmp/vfio)"
}

# Each processor counts for itself before it tells.
pins()
{
	echo 1 >/proc/sys/vm/stat_refresh
	awk '$1 == "nr_foll_pin_acquired" { n += $2 } $1 == "nr_foll_pin_released" { n -= $2 } END { print n }' /proc/vmstat
}

holding() { [ -e /tmp/vfio ] && grep -q holds /tmp/vfio; }

# No more pages than before are pinned.
is_as_before() { [ "$(pins)" -eq "$before" ]; }

# Killed while it maps and unmaps: nothing stays pinned, and the next one finds the device.
killed()
{
	need VFIO_PCI VFIO_IOMMU_TYPE1
	tools vfio
	edu=$(pci_device 0x1234:0x11e8)
	echo 1 >/sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts
	give_device "$edu" vfio-pci
	before=$(pins)
	for wait in 0.1 0.3 0.5 0.7 1.1; do
		rm -f /tmp/vfio
		vfio "$edu" hold >/tmp/vfio &
		pid=$!
		await holding
		if is_as_before; then
			echo "nothing was pinned"
			return 1
		fi
		sleep "$wait"
		kill -9 "$pid"
		wait "$pid" || :
		await is_as_before
	done
	driven anonymous
}

# With DEBUG_VM a kernel tells of a fault that must not wait for user space, with a trace, as far as its limit lets it.
awaited()
{
	need USERFAULTFD
	limit=/proc/sys/kernel/printk_ratelimit_burst
	burst=$(cat "$limit")
	echo 0 >"$limit"
	status=0
	driven awaited || status=$?
	echo "$burst" >"$limit"
	return "$status"
}

limits()
{
	driven limit
	driven hole
}

plan 16
check "anonymous memory of small pages" driven anonymous
check "transparent large pages" transparent
check "large pages, page by page" page_by_page
check "pages of hugetlbfs" with_large_pages driven hugetlb
check "shared memory" driven shmem
check "a file of tmpfs" on_tmpfs file
check "private copies of a file" on_tmpfs private
check "one region over memory of all kinds" mixed
check "memory that may only be read, or was never touched" driven readonly
check "registers of another device" driven device
check "regions that overlap, bisect or are odd" driven refused
check "memory that user space is to bring" awaited
check "as many regions as there may be" driven entries
check "a limit of locked memory, and a hole" limits
check "a container that gets a device late" late
check "a process that is killed" killed
finish
