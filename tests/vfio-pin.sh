#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# vfio-pin.sh: a driver that pins a page by an address within it gets that page, and no other
# one is pinned, in guests of both kernels. The drivers that do so are for devices that QEMU has not
# (channels and crypto of s390): the sample mtty is made to.
#
# usage: vfio-pin.sh LINUX BASE TIP	a repository and two commits
# Prints what was found in each. Exit status: 0 it is so, 1 it is not, 2 could not tell.

set -eu
cd "$(dirname "$0")/.."
. tests/lib.sh
[ $# -le 3 ] || set --
two_commits "$@"

cp tests/vfio-pin/vfio-pin.c "$tmp/boot/programs/"
cp tests/vfio-pin/vfio-pin.sh "$tmp/boot/tests/"
# What was found out about it before does not count.
sed "s/^fragments=.*/fragments=guest;vfio/; s/^default=yes/default=no/; s/^append=/&pins=$$ /" \
	verify/boot/configs/qemu-x86_64 >"$tmp/boot/configs/vfio-pin"
printf 'IKCONFIG=y\nIKCONFIG_PROC=y\n' >>"$tmp/boot/configs/vfio-pin"

# found COMMIT NAME: what the driver finds there.
found()
{
	plant "$2.pins" samples/vfio-mdev/mtty.c '
		/^static const struct vfio_device_ops mtty_dev_ops;/r tests/vfio-pin/mtty.snippet
		s/return mtty_reset(mdev_state);/return mtty_pins(vdev);/
		s/^\t\.write = mtty_write,/&\n\t.dma_unmap = mtty_dma_unmap,/' "$1"
	guest_did "$2.pins" "$2" vfio-pin vfio-pin "pins: " >"$out/vfio-pin.$2" || return 2
	[ -s "$out/vfio-pin.$2" ] || { echo "the guest of $1 has told nothing" >&2; return 2; }
	echo "$2: $(cut -f 2 "$out/vfio-pin.$2")"
}

found "$base" base || exit 2
found "$tip" tip || exit 2
right='	0 other pages, 0 pinned besides, 0 bytes counted$'
grep -q "$right" "$out/vfio-pin.base" || { echo "BASE is not so: what is wrong there tells nothing" >&2; exit 2; }
grep -q "$right" "$out/vfio-pin.tip" || exit 1
