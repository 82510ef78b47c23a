# SPDX-License-Identifier: GPL-2.0-only
#
# selftests.sh: the kernel's own selftests of iommu and vfio, as the host has built
# them into the folder that it shares. What each of their tests says is told, one a
# line; whether that is well is for who holds two kernels against each other.
# shellcheck shell=sh

# shellcheck source=verify/boot/guest.sh
. /guest.sh

# run PROGRAM: its status is told as well; 1 is "a test has failed" and 4 "all were skipped".
run()
{
	status=0
	VFIO_SELFTESTS_BDF=$edu "/share/$1" >/tmp/run 2>&1 || status=$?
	case $status in
	0|1|4) ;;
	*) cat /tmp/run; return 1 ;;
	esac
	sed -n 's/^\(\(not \)*ok\) [0-9]* /\1 /p' /tmp/run >>/tmp/did
	if [ "$status" = 4 ] && [ ! -s /tmp/did ]; then
		echo "ok $(sed -n 's/^1[.][.]0 //p' /tmp/run)" >>/tmp/did
	fi
	[ -s /tmp/did ] || { cat /tmp/run; return 1; }
	# Why one fails, for who reads the log.
	grep '^#' /tmp/run | grep -v '^# *\(RUN\|OK\) ' | head -n 40 >&3
}

mkdir -p /share
mount -t 9p -o trans=virtio,version=9p2000.L,msize=262144,ro share /share
edu=$(pci_device 0x1234:0x11e8)
for module in vfio_iommu_type1 iommufd; do
	echo 1 >/sys/module/"$module"/parameters/allow_unsafe_interrupts
done
echo 96 >/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages
debugfs
give_device "$edu" vfio-pci
exec 3>&1
# shellcheck disable=SC2046 # words
set -- $(cd /share && echo */*)
plan $#
for program; do
	check "$program" run "$program"
done
finish
