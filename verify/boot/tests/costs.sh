# SPDX-License-Identifier: GPL-2.0-only
#
# costs.sh: how many instructions it takes to give a gigabyte of memory to a device
# and to take it back, and how many bytes the kernel holds for it, as lines "did
# figure ...", for two kernels to be held against each other. Only a machine that
# counts instructions can tell (boot.icount: a nanosecond of the guest's is one
# instruction).
# shellcheck shell=sh

# shellcheck source=verify/boot/guest.sh
. /guest.sh

counts()
{
	grep -q boot.icount= /proc/cmdline || skip "this machine does not count instructions"
}

# told COMMAND...: the figures it prints.
told()
{
	status=0
	"$@" >/tmp/told || status=$?
	cat /tmp/told
	[ "$status" = 0 ] || return "$status"
	grep '^figure ' /tmp/told >>/tmp/did
}

by_vfio()
{
	need VFIO_PCI VFIO_IOMMU_TYPE1
	tools vfio
	counts
	edu=$(pci_device 0x1234:0x11e8)
	echo 1 >/sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts
	give_device "$edu" vfio-pci
	told vfio "$edu" costs
}

# rxe_device: rxe0, on an interface that nobody uses.
rxe_device()
{
	need VETH INFINIBAND_USER_ACCESS RDMA_RXE
	tools /bin/ip rdma umem-cost
	counts
	[ ! -e /sys/class/infiniband/rxe0 ] || return 0
	/bin/ip link add rxea type veth peer name rxeb
	/bin/ip link set rxea up
	rdma link add rxe0 type rxe netdev rxea
}

by_rxe()
{
	rxe_device
	told umem-cost rxe0 time
}

# Who allocated what is written down as long as nobody says that it is enough.
by_rxe_in_bytes()
{
	need MEM_ALLOC_PROFILING
	rxe_device
	told umem-cost rxe0 bytes
	echo 0 >/proc/sys/vm/mem_profiling
}

plan 3
check "bytes of a region of rxe" by_rxe_in_bytes
check "a region of rxe" by_rxe
check "the type1 container" by_vfio
finish
