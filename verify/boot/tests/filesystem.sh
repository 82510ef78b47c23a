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
	disk=$(scsi_disk virtio)
	mkfs.btrfs -q -f "$disk"
	with btrfs "$disk"
	mount -t btrfs -o compress=lzo "$disk" /mnt
	io /mnt/compressed 8m
	btrfs scrub start -B /mnt
	umount /mnt
	btrfs check --readonly "$disk"
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

# The tree that archives are made of: programs and libraries, and what does not compress.
source_tree()
{
	[ ! -d /tmp/tree ] || return 0
	mkdir -p /tmp/tree/a/b
	cp /bin/busybox /usr/bin/strace /usr/bin/fio /usr/sbin/nvme /tmp/tree/a
	random /tmp/tree/a/b/random 300001
	: >/tmp/tree/empty
	printf x >/tmp/tree/a/short
	du -s /tmp/tree
}

# sums FOLDER
sums() { (cd "$1" && find . -type f -exec md5sum {} + | sort); }

# unpacked TYPE FILE: mounted from a loop, it has what the tree has, also with what is cached dropped.
unpacked()
{
	losetup -r /dev/loop2 "$2"
	mount -t "$1" -o ro /dev/loop2 /mnt
	sums /tmp/tree >/tmp/sums
	sums /mnt >/tmp/sums.read
	cmp /tmp/sums /tmp/sums.read
	drop
	sums /mnt | cmp - /tmp/sums
	# From the middle of a block that is compressed.
	big=a/strace
	drop
	dd if="/mnt/$big" of=/tmp/part bs=1000 skip=701 count=90
	dd if="/tmp/tree/$big" bs=1000 skip=701 count=90 | cmp - /tmp/part
	did "$(wc -c <"$2") of $(du -k -s /tmp/tree | cut -f 1)000 bytes, $(wc -l </tmp/sums) files"
	umount /mnt
	losetup -d /dev/loop2
	rm "$2"
}

squashfs()
{
	need SQUASHFS BLK_DEV_LOOP
	tools mksquashfs
	source_tree
	for compressor in gzip lzo lz4 xz zstd; do
		need "SQUASHFS_$(echo "$compressor" | sed 's/gzip/zlib/' | tr "[:lower:]" "[:upper:]")"
		mksquashfs /tmp/tree /tmp/archive -comp "$compressor" -no-progress -quiet
		unpacked squashfs /tmp/archive
	done
	mksquashfs /tmp/tree /tmp/archive -noI -noD -noF -no-progress -quiet
	unpacked squashfs /tmp/archive
}

erofs()
{
	need EROFS_FS EROFS_FS_ZIP BLK_DEV_LOOP
	tools mkfs.erofs
	source_tree
	for options in "" -zlz4 "-zlz4hc,1 -C65536"; do
		# shellcheck disable=SC2086 # a list of words
		mkfs.erofs --quiet $options /tmp/archive /tmp/tree
		unpacked erofs /tmp/archive
	done
}

# btrfs_members LEVEL: one of three disks is lost and another takes its place.
btrfs_members()
{
	need BTRFS_FS SATA_AHCI
	one=/dev/vda two=/dev/nvme0n1 three=$(scsi_disk virtio) spare=$(scsi_disk ata)
	mkfs.btrfs -q -f -d "$1" -m raid1 "$one" "$two" "$three"
	mount -t btrfs -o "device=$one,device=$two,device=$three" "$one" /mnt
	io /mnt/file 8m
	random /mnt/random 20000001
	want=$(sum /mnt/random)
	umount /mnt
	# Its superblocks are gone.
	wipe "$two"
	dd if=/dev/zero of="$two" bs=1M count=1 seek=64 conv=fsync
	btrfs device scan --forget
	mount -t btrfs -o "degraded,device=$one,device=$three" "$one" /mnt
	has /mnt/random "$want"
	# raid5 refuses some of these writes with a disk missing, v6.12 as it is.
	[ "$1" = raid5 ] || io /mnt/file 8m
	btrfs replace start -B -f 2 "$spare" /mnt
	drop
	btrfs scrub start -B /mnt >/tmp/scrub 2>&1
	cat /tmp/scrub
	grep 'no errors found' /tmp/scrub
	has /mnt/random "$want"
	umount /mnt
	btrfs check --readonly "$one"
}

# encrypted TYPE DEVICE: ciphers by blk-crypto's fallback and by the file system's own code.
encrypted()
{
	need FS_ENCRYPTION BLK_INLINE_ENCRYPTION_FALLBACK FS_ENCRYPTION_INLINE_CRYPT
	tools xfs_io
	for option in inlinecrypt noatime; do
		case $1 in
		ext4) mkfs.ext4 -q -F -O encrypt "$2" ;;
		f2fs) mkfs.f2fs -q -f -O encrypt "$2" ;;
		esac
		mount -t "$1" -o "$option" "$2" /mnt
		key=$(head -c 64 /dev/urandom | tee /tmp/key | xfs_io -c add_enckey /mnt | sed -n 's/.*identifier //p')
		[ -n "$key" ]
		mkdir /mnt/secret
		xfs_io -c "set_encpolicy -c AES-256-XTS -n AES-256-CTS -v 2 $key" /mnt/secret
		if [ "$option" = inlinecrypt ]; then
			io /mnt/secret/file 8m
			kept write /mnt/secret/uring 4m --ioengine=io_uring --fixedbufs=1 --direct=1 --bs=64k
		fi
		kept write /mnt/secret/cached 4m --ioengine=psync --direct=0 --bs=12k
		seq 100000 >/mnt/secret/numbers
		want=$(sum /mnt/secret/numbers)
		sync
		filefrag -e -b512 /mnt/secret/numbers | sed -n "s/^ *0: *0\.\. *[0-9]*: *\([0-9]*\)\.\..*/\1/p" >/tmp/block
		umount /mnt
		mount -t "$1" -o "$option" "$2" /mnt
		xfs_io -c add_enckey /mnt </tmp/key
		has /mnt/secret/numbers "$want"
		umount /mnt
		# On the disk it is another text.
		block=$(cat /tmp/block)
		[ "$block" -gt 0 ]
		dd if="$2" bs=512 skip="$block" count=8 of=/tmp/hidden
		if seq 100000 | head -c 4096 | cmp - /tmp/hidden; then return 1; fi
	done
}

encrypted_ext4() { need EXT4_FS; encrypted ext4 /dev/vda; e2fsck -f -n /dev/vda; }
encrypted_f2fs() { need F2FS_FS; encrypted f2fs /dev/vda; fsck.f2fs --dry-run /dev/vda; }

f2fs_compressed()
{
	need F2FS_FS_COMPRESSION
	mkfs.f2fs -q -f -O extra_attr,compression /dev/vda
	mount -t f2fs -o 'compress_algorithm=lz4,compress_extension=*' /dev/vda /mnt
	seq 300000 >/mnt/numbers
	want=$(sum /mnt/numbers)
	kept write /mnt/file 4m --ioengine=psync --direct=0 --bs=12k
	umount /mnt
	mount -t f2fs -o 'compress_algorithm=lz4,compress_extension=*' /dev/vda /mnt
	has /mnt/numbers "$want"
	umount /mnt
	fsck.f2fs --dry-run /dev/vda
}

gfs2()
{
	need GFS2_FS
	tools mkfs.gfs2
	mkfs.gfs2 -q -O -p lock_nolock -j 1 -J 32 /dev/nvme0n1
	with gfs2 /dev/nvme0n1
	fsck.gfs2 -n /dev/nvme0n1
}

xfs_scrubbed()
{
	need XFS_FS XFS_ONLINE_SCRUB
	tools xfs_scrub
	mkfs.xfs -q -f /dev/nvme0n1
	mount -t xfs /dev/nvme0n1 /mnt
	io /mnt/file 8m
	mkdir /mnt/folder
	cp /usr/bin/strace /mnt/folder
	xfs_io -f -c 'reflink /mnt/file' /mnt/shared
	job randwrite /mnt/shared 8m --direct=1 --bs=20k --io_size=2m
	xfs_scrub -n -T -v /mnt
	umount /mnt
	xfs_repair -n /dev/nvme0n1
}

plan 14
check "ext4 on virtio-blk" ext4
check "xfs on NVMe" xfs
check "xfs is whole while mounted" xfs_scrubbed
check "btrfs on virtio-scsi, plain and compressed" btrfs_compressed
check "btrfs raid1 replaces a lost disk" btrfs_members raid1
check "btrfs raid5 replaces a lost disk" btrfs_members raid5
check "f2fs on virtio-blk" f2fs
check "f2fs, compressed" f2fs_compressed
check "gfs2 on NVMe" gfs2
check "ext4, encrypted" encrypted_ext4
check "f2fs, encrypted" encrypted_f2fs
check "loop on a file of ext4" loop_on_ext4
check "squashfs, each compression" squashfs
check "erofs, plain and compressed" erofs
finish
