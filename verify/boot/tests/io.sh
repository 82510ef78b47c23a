# SPDX-License-Identifier: GPL-2.0-only
#
# io.sh: the ways data takes into the kernel and out of it: io_uring with
# registered buffers, commands of user space, splice, sendfile, mmap, large
# pages, odd offsets and lengths; and memory that the kernel itself writes out.
# shellcheck shell=sh

# shellcheck source=verify/boot/guest.sh
. /guest.sh

# A buffer that is registered is a bvec array for as long as the job runs.
uring="--ioengine=io_uring --fixedbufs=1 --registerfiles=1"

# registered DEVICE...: large and small blocks, past the page cache and through it.
registered()
{
	need IO_URING
	for device; do
		# shellcheck disable=SC2086 # a list of words
		{
			kept write "$device" 8m $uring --direct=1 --bs=256k
			job randwrite "$device" 8m $uring --direct=1 --bs=4k --io_size=1m
			job randwrite "$device" 8m $uring --direct=1 --bs=4k --iomem_align=512 --io_size=1m
			kept randwrite "$device" 8m $uring --direct=0 --bs=12k
		}
	done
}

all_registered() { registered /dev/vda /dev/nvme0n1 "$(scsi_disk virtio)"; }

pages=/sys/kernel/mm/hugepages/hugepages-2048kB

# Blocks that begin and end inside a page of 2 MiB, and some that cross into the next.
huge()
{
	need HUGETLBFS IO_URING
	echo 16 >"$pages"/nr_hugepages
	[ "$(cat "$pages"/nr_hugepages)" = 16 ]
	mount -t hugetlbfs none /mnt
	for device in /dev/vda /dev/nvme0n1 "$(scsi_disk virtio)"; do
		# shellcheck disable=SC2086 # a list of words
		job write "$device" 24m $uring --direct=1 --bs=1536k --iodepth=8 --mem=mmaphuge:/mnt/memory --hugepage-size=2m
		job write "$device" 8m --direct=1 --bs=768k --iodepth=8 --mem=mmaphuge:/mnt/memory --hugepage-size=2m
	done
	umount /mnt
	echo 0 >"$pages"/nr_hugepages
}

# Anonymous memory of 2 MiB pages.
transparent()
{
	need TRANSPARENT_HUGEPAGE_ALWAYS
	(while sleep 0.1; do sed -n 's/^AnonHugePages: *\([0-9]*\) kB/\1/p' /proc/meminfo; done) >/tmp/large &
	watch=$!
	for device in /dev/vda /dev/nvme0n1 "$(scsi_disk virtio)"; do
		kept write "$device" 32m --direct=1 --bs=1m --mem=mmap
	done
	kill "$watch"
	large=$(sort -n /tmp/large | tail -n 1)
	did "$large KiB of memory were large pages"
	[ "$large" -ge 8192 ]
}

nvme_commands()
{
	need BLK_DEV_NVME IO_URING
	[ -c /dev/ng0n1 ]
	commands="--ioengine=io_uring_cmd --cmd_type=nvme"
	# shellcheck disable=SC2086 # a list of words
	{
		job write /dev/ng0n1 8m $commands --bs=64k
		job randwrite /dev/ng0n1 8m $commands --bs=4k --io_size=1m
		job randwrite /dev/ng0n1 8m $commands --bs=4k --io_size=1m --fixedbufs=1
		job write /dev/ng0n1 8m $commands --bs=64k --fixedbufs=1
		job write /dev/ng0n1 4m $commands --bs=4k --iomem_align=512
	}
	# What commands wrote, the block layer reads.
	job read /dev/nvme0n1 4m --direct=1 --bs=4k
}

scsi_generic()
{
	need CHR_DEV_SG
	disk=$(scsi_disk virtio)
	job write "$disk" 8m --ioengine=sg --bs=64k
	job write "$disk" 4m --ioengine=sg --bs=4k --iomem_align=512
	job read "$disk" 4m --direct=1 --bs=4k
}

# Every length from a sector to 96 KiB, one after the other; then vectors whose
# parts are no multiple of a page.
odd()
{
	for device in /dev/vda /dev/nvme0n1 "$(scsi_disk virtio)" "$(scsi_disk ata)" /dev/ram0; do
		job write "$device" 8m --direct=1 --bsrange=512-96k
		random /tmp/odd 5120000
		# 4 vectors of 2560 bytes a write, from sector 3 on
		xfs_io -d -c "pwrite -i /tmp/odd -V 4 -b 10240 1536 5120000" "$device"
		drop
		tail -c +1537 "$device" | head -c 5120000 | cmp - /tmp/odd
		dd if="$device" iflag=direct bs=1536 skip=1 count=3333 of=/tmp/read
		head -c 5119488 /tmp/odd | cmp - /tmp/read
	done
	rm /tmp/odd /tmp/read
}

# What a trace tells of sendfile.
bytes_sent() { sed -n 's/.*sendfile.* = \([1-9][0-9]*\)$/\1/p' /tmp/trace | awk '{ s += $1 } END { print s + 0 }'; }

# ways FOLDER direct|cached: each way once, on files; held against sums when nothing is cached.
ways()
{
	# shellcheck disable=SC2086 # a list of words
	kept write "$1/uring" 4m $uring --direct=0 --bs=12k
	[ "$2" = cached ] || {
		# shellcheck disable=SC2086 # a list of words
		kept randwrite "$1/direct" 4m $uring --direct=1 --bs=32k
		job write "$1/odd" 4m --direct=1 --bsrange=512-48k
	}
	kept randwrite "$1/mapped" 4m --ioengine=mmap --bs=4k
	kept write "$1/spliced" 4m --ioengine=splice --bs=64k
	kept write "$1/vector" 4m --ioengine=pvsync2 --bs=20k
	random "$1/random" 5000001
	want=$(sum "$1/random")
	drop
	# One file to another: the pages go through a pipe.
	strace -f -o /tmp/trace -e "trace=/^sendfile" xfs_io -f -c "sendfile -i $1/random 0 5000001" "$1/sent"
	grep -c 'sendfile.* = [1-9]' /tmp/trace
	xfs_io -f -c "copy_range $1/random" "$1/copied"
	drop
	has "$1/sent" "$want"
	has "$1/copied" "$want"
	did "sendfile: $(bytes_sent) bytes"
}

on()
{
	type=$1 device=$2
	mount -t "$type" "$device" /mnt
	ways /mnt direct
	umount /mnt
}

ext4() { need EXT4_FS; mkfs.ext4 -q -F /dev/vda; on ext4 /dev/vda; e2fsck -f -n /dev/vda; }
xfs() { need XFS_FS; mkfs.xfs -q -f /dev/nvme0n1; on xfs /dev/nvme0n1; xfs_repair -n /dev/nvme0n1; }
f2fs() { need F2FS_FS; mkfs.f2fs -q -f /dev/vda; on f2fs /dev/vda; fsck.f2fs --dry-run /dev/vda; }

btrfs()
{
	need BTRFS_FS
	disk=$(scsi_disk virtio)
	mkfs.btrfs -q -f "$disk"
	on btrfs "$disk"
	command btrfs check --readonly "$disk"
}

tmpfs()
{
	need TMPFS
	mount -t tmpfs none /mnt
	ways /mnt cached
	umount /mnt
}

# From the page cache to a socket: httpd calls sendfile.
sent_by_tcp()
{
	need EXT4_FS INET
	mkfs.ext4 -q -F /dev/vda
	mount -t ext4 /dev/vda /mnt
	random /mnt/random 9000001
	want=$(sum /mnt/random)
	drop
	strace -f -o /tmp/trace -e "trace=/^sendfile" httpd -f -p 127.0.0.1:80 -h /mnt &
	server=$!
	await sh -c 'wget -q -O /tmp/got http://127.0.0.1/random'
	kill "$server"
	killall httpd || true
	wait "$server" || true
	has /tmp/got "$want"
	rm /tmp/got
	umount /mnt
	sent=$(bytes_sent)
	did "sendfile: $sent bytes"
	[ "$sent" -ge 9000001 ]
}

# The kernel writes memory out as bvecs: what is in it is in the file.
core()
{
	need ELF_CORE EXT4_FS
	mkfs.ext4 -q -F /dev/vda
	mount -t ext4 /dev/vda /mnt
	echo '/mnt/core' >/proc/sys/kernel/core_pattern
	word=mark-$(head -c 16 /dev/urandom | xxd -p)
	(
		# shellcheck disable=SC3045 # busybox knows it
		ulimit -c unlimited
		# 500 times in memory; the word itself may stand elsewhere too.
		MARK=$word sh -c 'all=; for i in $(seq 500); do all="$all$MARK "; done; kill -ABRT $$'
	) || true
	umount /mnt
	mount -t ext4 /dev/vda /mnt
	n=$(cat /mnt/core* | tr "\000" "\n" | grep -o "$word" | wc -l)
	did "$(cat /mnt/core* | wc -c) bytes of a core, the word $n times"
	[ "$n" -ge 500 ]
	umount /mnt
}

# sectors DISK: read and written.
sectors() { awk "{ print \$3, \$7 }" "/sys/block/$1/stat"; }

# swapped DEVICE|FILE DISK: pages of a tmpfs under a memory limit go there and come back.
swapped()
{
	mkswap "$1"
	swapon "$1"
	group=/tmp/cgroup/limited
	mkdir -p /tmp/cgroup
	mount -t cgroup2 none /tmp/cgroup
	echo +memory >/tmp/cgroup/cgroup.subtree_control
	mkdir "$group"
	echo 24M >"$group"/memory.max
	before=$(sectors "$2")
	mount -t tmpfs none /mnt
	sh -ec "echo \$\$ >$group/cgroup.procs; head -c 40000000 /dev/urandom | tee /mnt/file | md5sum >/tmp/sum.1
		md5sum </mnt/file >/tmp/sum.2"
	cmp /tmp/sum.1 /tmp/sum.2
	after=$(sectors "$2")
	in=$((${after% *} - ${before% *})) out=$((${after#* } - ${before#* }))
	did "$1: $out sectors out, $in sectors in"
	umount /mnt
	swapoff "$1"
	rmdir "$group"
	umount /tmp/cgroup
	[ "$out" -ge 8000 ]
	[ "$in" -ge 8000 ]
}

swap_out()
{
	need SWAP MEMCG EXT4_FS
	echo 64M >/sys/block/zram0/disksize
	swapped /dev/zram0 zram0
	echo 1 >/sys/block/zram0/reset
	swapped /dev/nvme0n1 nvme0n1
	mkfs.ext4 -q -F /dev/vda
	mkdir -p /tmp/disk
	mount -t ext4 /dev/vda /tmp/disk
	dd if=/dev/zero of=/tmp/disk/swap bs=1M count=64
	chmod 600 /tmp/disk/swap
	swapped /tmp/disk/swap vda
	umount /tmp/disk
}

plan 14
check "io_uring with registered buffers" all_registered
check "io_uring with registered pages of 2 MiB" huge
check "direct I/O from transparent large pages" transparent
check "NVMe commands through io_uring" nvme_commands
check "SCSI commands through SG_IO" scsi_generic
check "direct I/O of odd lengths at odd sectors" odd
check "every way to files of ext4" ext4
check "every way to files of xfs" xfs
check "every way to files of btrfs" btrfs
check "every way to files of f2fs" f2fs
check "every way to files of tmpfs" tmpfs
check "sendfile to a socket" sent_by_tcp
check "a core dump has the memory" core
check "swap to zram, a disk and a file" swap_out
finish
