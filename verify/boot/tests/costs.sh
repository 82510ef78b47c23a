# SPDX-License-Identifier: GPL-2.0-only
#
# costs.sh: how many instructions it takes to give a gigabyte of memory to a device
# and to take it back, as lines "did figure ...", for two kernels to be held
# against each other. Only a machine that counts instructions can tell
# (boot.icount: a nanosecond of the guest's is one instruction).
# shellcheck shell=sh

# shellcheck source=verify/boot/guest.sh
. /guest.sh

counts()
{
	grep -q boot.icount= /proc/cmdline || skip "this machine does not count instructions"
}

by_vfio()
{
	need VFIO_PCI VFIO_IOMMU_TYPE1
	tools vfio
	counts
	edu=$(pci_device 0x1234:0x11e8)
	echo 1 >/sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts
	give_device "$edu" vfio-pci
	status=0
	vfio "$edu" costs >/tmp/vfio || status=$?
	cat /tmp/vfio
	[ "$status" = 0 ] || return "$status"
	grep '^figure ' /tmp/vfio >>/tmp/did
}

plan 1
check "the type1 container" by_vfio
finish
