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

# What zram has written to its disk comes back from there.
zram_writeback()
{
	need ZRAM_WRITEBACK
	echo /dev/ram1 >/sys/block/zram0/backing_dev
	echo 64M >/sys/block/zram0/disksize
	job write /dev/zram0 8m --direct=1 --bs=64k --do_verify=0 --refill_buffers
	echo all >/sys/block/zram0/idle
	echo idle >/sys/block/zram0/writeback
	read -r pages reads writes </sys/block/zram0/bd_stat
	did "$writes pages written back"
	[ "$writes" -ge 1000 ]
	job read /dev/zram0 8m --direct=1 --bs=64k
	read -r pages reads writes </sys/block/zram0/bd_stat
	did "$reads read again, $pages still there"
	[ "$reads" -ge 1000 ]
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

sata() { need SATA_AHCI; disk=$(scsi_disk ata); io "$disk" 8m; }
virtio_scsi() { disk=$(scsi_disk virtio); io "$disk" 8m; }

# The kernel makes a sum for each sector and hands it to a disk that checks it.
protected()
{
	need SCSI_DEBUG BLK_DEV_INTEGRITY
	echo 1 >/sys/bus/pseudo/drivers/scsi_debug/add_host
	await scsi_disk adapter
	disk=$(scsi_disk adapter)
	format=$(cat "/sys/block/${disk##*/}/integrity/format")
	did "$format"
	[ "$format" = T10-DIF-TYPE1-CRC ]
	io "$disk" 8m
	kept write "$disk" 8m --ioengine=io_uring --fixedbufs=1 --direct=1 --bs=256k
	job write "$disk" 4m --direct=1 --bsrange=512-96k
	cat /sys/bus/pseudo/drivers/scsi_debug/scsi_debug/dif_errors 2>/dev/null || true
	echo -1 >/sys/bus/pseudo/drivers/scsi_debug/add_host
}

flash() { need MTD_BLOCK MTD_MTDRAM; io /dev/mtdblock0 2m; }

# Discarded and zeroed parts, and what is around them. The sizes are no pages.
emptied()
{
	for disk in /dev/vda /dev/nvme0n1 "$(scsi_disk virtio)" "$(scsi_disk ata)" /dev/ram0; do
		random /tmp/around 4194304
		dd if=/tmp/around of="$disk" bs=1M conv=fsync
		xfs_io -c "fzero 512000 513024" "$disk"
		dd if=/dev/zero of=/tmp/around bs=512 seek=1000 count=1002 conv=notrunc
		drop
		head -c 4194304 "$disk" | cmp - /tmp/around
		case $disk in
		/dev/ram0|"$(scsi_disk ata)") ;;
		*)
			discards=$(awk '{ print $12 }' "/sys/block/${disk##*/}/stat")
			blkdiscard -o 2097152 -l 1048576 "$disk"
			discards=$(($(awk '{ print $12 }' "/sys/block/${disk##*/}/stat") - discards))
			did "$disk: $discards discards"
			[ "$discards" -ge 1 ] ;;
		esac
		drop
		[ "$(head -c 2097152 "$disk" | md5sum)" = "$(head -c 2097152 /tmp/around | md5sum)" ]
		tail -c +3145729 "$disk" | head -c 1048576 >/tmp/rest
		tail -c 1048576 /tmp/around | cmp - /tmp/rest
	done
	rm /tmp/around /tmp/rest
}

plan 14
check "brd" ram_disk
check "null_blk with memory" null_blk
check "loop" loop
check "virtio-blk" io /dev/vda 8m
check "NVMe" io /dev/nvme0n1 8m
check "virtio-scsi" virtio_scsi
check "AHCI" sata
check "SCSI with protection information" protected
check "zram" zram
check "zram with a disk behind it" zram_writeback
check "swap on zram" swap
check "nbd" nbd
check "flash, a sector at a time" flash
check "discarded and zeroed parts of disks" emptied
finish
