# SPDX-License-Identifier: GPL-2.0-only
#
# vfio-pin.sh: a driver that pins pages by addresses within them.
# shellcheck shell=sh

# shellcheck source=verify/boot/guest.sh
. /guest.sh

pins()
{
	need SAMPLE_VFIO_MDEV_MTTY
	tools vfio-pin
	name=8a2c6a0e-4b2f-4b59-9d5e-0c51c4b1a002
	echo "$name" >"$(echo /sys/class/mtty/mtty/mdev_supported_types/*-1)"/create
	group=$(readlink /sys/bus/mdev/devices/"$name"/iommu_group)
	if ! vfio-pin "${group##*/}" "$name" >/tmp/pins; then
		cat /tmp/pins
		return 1
	fi
	did "pins: $(cat /tmp/pins)"
}

plan 1
check "addresses within pages" pins
finish
