# SPDX-License-Identifier: GPL-2.0-only
#
# md.sh: arrays of RAM disks return what was written, also when a member is
# lost and comes back; bcache over two disks.
# shellcheck shell=sh

# shellcheck source=verify/boot/guest.sh
. /guest.sh

idle() { [ "$(cat /sys/block/md0/md/sync_action)" = idle ]; }
whole() { [ "$(cat /sys/block/md0/md/degraded)" = 0 ]; }

create()
{
	level=$1 more="--bitmap=none --size=32M"
	# mdadm refuses the words where there is nothing to be in sync.
	[ "$level" != 0 ] || more=
	shift
	# shellcheck disable=SC2086 # a list of words
	mdadm --create /dev/md0 --run --quiet --metadata=1.2 $more --level="$level" \
		--raid-devices=$# "$@"
}

stop()
{
	mdadm --stop /dev/md0
	mdadm --zero-superblock "$@"
}

raid0()
{
	need MD_RAID0
	create 0 /dev/ram0 /dev/ram1
	io /dev/md0 8m
	stop /dev/ram0 /dev/ram1
}

# redundant LEVEL DISK...: loses the first disk and gets it back.
redundant()
{
	create "$@"
	shift
	await idle
	io /dev/md0 8m
	job write /dev/md0 8m --direct=1 --bs=64k --do_verify=0
	mdadm /dev/md0 --fail "$1"
	mdadm /dev/md0 --remove "$1"
	job read /dev/md0 8m --direct=1 --bs=64k
	mdadm /dev/md0 --add "$1"
	await whole
	await idle
	job read /dev/md0 8m --direct=1 --bs=64k
	echo check >/sys/block/md0/md/sync_action
	await idle
	[ "$(cat /sys/block/md0/md/mismatch_cnt)" = 0 ]
	stop "$@"
}

raid1() { need MD_RAID1; redundant 1 /dev/ram0 /dev/ram1; }
raid5() { need MD_RAID456; redundant 5 /dev/ram0 /dev/ram1 /dev/ram2; }
raid10() { need MD_RAID10; redundant 10 /dev/ram0 /dev/ram1 /dev/ram2 /dev/ram3; }

cache()
{
	need BCACHE
	wipe /dev/vda
	wipe /dev/nvme0n1
	make-bcache --wipe-bcache -B /dev/vda -C /dev/nvme0n1
	echo /dev/nvme0n1 >/sys/fs/bcache/register
	echo /dev/vda >/sys/fs/bcache/register
	await test -b /dev/bcache0
	echo writeback >/sys/block/bcache0/bcache/cache_mode
	io /dev/bcache0 8m
	echo 1 >/sys/block/bcache0/bcache/stop
	for set in /sys/fs/bcache/*-*; do
		echo 1 >"$set/stop"
	done
	await test ! -b /dev/bcache0
}

plan 5
check "raid0" raid0
check "raid1 loses a disk and rebuilds" raid1
check "raid5 loses a disk and rebuilds" raid5
check "raid10 loses a disk and rebuilds" raid10
check "bcache, written back" cache
finish
