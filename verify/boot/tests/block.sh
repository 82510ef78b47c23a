# SPDX-License-Identifier: GPL-2.0-only
#
# block.sh: block drivers return what was written to them.
# shellcheck shell=sh

# shellcheck source=verify/boot/guest.sh
. /guest.sh

ram_disk() { need BLK_DEV_RAM; io /dev/ram0 8m; }

null_blk()
{
	need BLK_DEV_NULL_BLK
	null=/sys/kernel/config/nullb/nullb0
	mkdir "$null"
	echo 1 >"$null"/memory_backed
	echo 64 >"$null"/size
	echo 1 >"$null"/power
	io /dev/nullb0 8m
	echo 0 >"$null"/power
	rmdir "$null"
}

loop()
{
	need BLK_DEV_LOOP
	truncate -s 64M /tmp/loop
	losetup /dev/loop0 /tmp/loop
	io /dev/loop0 8m
	losetup -d /dev/loop0
	rm /tmp/loop
}

zram()
{
	need ZRAM
	echo 64M >/sys/block/zram0/disksize
	# zram takes a segment for a page: memory that is not aligned is not for it.
	aligned /dev/zram0 8m
	echo 1 >/sys/block/zram0/reset
}

swap()
{
	need ZRAM SWAP
	echo 64M >/sys/block/zram0/disksize
	mkswap /dev/zram0
	swapon /dev/zram0
	grep -q zram0 /proc/swaps
	swapoff /dev/zram0
	echo 1 >/sys/block/zram0/reset
}

nbd()
{
	need BLK_DEV_NBD
	truncate -s 64M /tmp/nbd
	printf '[generic]\nuser=root\ngroup=root\nlistenaddr=127.0.0.1\n[test]\nexportname=/tmp/nbd\n' >/tmp/nbd.conf
	nbd-server -C /tmp/nbd.conf
	await nbd-client -N test 127.0.0.1 /dev/nbd0
	io /dev/nbd0 8m
	nbd-client -d /dev/nbd0
	killall nbd-server
	rm /tmp/nbd
}

plan 9
check "brd" ram_disk
check "null_blk with memory" null_blk
check "loop" loop
check "virtio-blk" io /dev/vda 8m
check "NVMe" io /dev/nvme0n1 8m
check "virtio-scsi" io /dev/sda 8m
check "zram" zram
check "swap on zram" swap
check "nbd" nbd
finish
