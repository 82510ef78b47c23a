# SPDX-License-Identifier: GPL-2.0-only
#
# filesystem.sh: file systems on the three kinds of disk: make, write, read
# back after a new mount, check.
# shellcheck shell=sh

# shellcheck source=verify/boot/guest.sh
. /guest.sh

# with TYPE DEVICE: files written and read back; a copy outlives the mount.
with()
{
	mount -t "$1" "$2" /mnt
	io /mnt/file 8m
	head -c 3000001 /dev/urandom >/mnt/random
	sum=$(md5sum </mnt/random)
	umount /mnt
	mount -t "$1" "$2" /mnt
	[ "$(md5sum </mnt/random)" = "$sum" ]
	umount /mnt
}

ext4()
{
	need EXT4_FS
	mkfs.ext4 -q -F /dev/vda
	with ext4 /dev/vda
	e2fsck -f -n /dev/vda
}

xfs()
{
	need XFS_FS
	mkfs.xfs -q -f /dev/nvme0n1
	with xfs /dev/nvme0n1
	xfs_repair -n /dev/nvme0n1
}

btrfs_compressed()
{
	need BTRFS_FS
	mkfs.btrfs -q -f /dev/sda
	with btrfs /dev/sda
	mount -t btrfs -o compress=lzo /dev/sda /mnt
	io /mnt/compressed 8m
	btrfs scrub start -B /mnt
	umount /mnt
	btrfs check --readonly /dev/sda
}

f2fs()
{
	need F2FS_FS
	mkfs.f2fs -q -f /dev/vda
	with f2fs /dev/vda
	fsck.f2fs --dry-run /dev/vda
}

loop_on_ext4()
{
	need EXT4_FS BLK_DEV_LOOP
	mkfs.ext4 -q -F /dev/nvme0n1
	mount -t ext4 /dev/nvme0n1 /mnt
	truncate -s 64M /mnt/loop
	losetup /dev/loop1 /mnt/loop
	io /dev/loop1 8m
	losetup -d /dev/loop1
	umount /mnt
	e2fsck -f -n /dev/nvme0n1
}

plan 5
check "ext4 on virtio-blk" ext4
check "xfs on NVMe" xfs
check "btrfs on virtio-scsi, plain and compressed" btrfs_compressed
check "f2fs on virtio-blk" f2fs
check "loop on a file of ext4" loop_on_ext4
finish
