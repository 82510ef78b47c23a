# SPDX-License-Identifier: GPL-2.0-only
#
# gup.sh: user memory of every kind is pinned as a list of physical ranges, and
# is what get_user_pages() finds page by page.
# shellcheck shell=sh

# shellcheck source=verify/boot/guest.sh
. /guest.sh

# pinned KIND [FILE]
pinned()
{
	need PHYR_GUP_TEST
	tools gup
	debugfs
	status=0
	gup "$@" >/tmp/gup || status=$?
	cat /tmp/gup
	[ "$status" = 0 ] || return "$status"
	did "$* memory: $(cat /tmp/gup)"
}

pages=/sys/kernel/mm/hugepages/hugepages-2048kB

with_large_pages()
{
	need HUGETLBFS
	echo 8 >"$pages"/nr_hugepages
	[ "$(cat "$pages"/nr_hugepages)" = 8 ]
	"$@"
	echo 0 >"$pages"/nr_hugepages
}

hugetlb() { with_large_pages pinned hugetlb; }

transparent()
{
	need TRANSPARENT_HUGEPAGE PROC_PAGE_MONITOR
	echo 1 >/proc/sys/vm/compact_memory
	pinned thp
}

# What was written through the pins of a file is on the disk.
on_ext4()
{
	need EXT4_FS PHYR_GUP_TEST
	mkfs.ext4 -q -F /dev/vda
	mount -t ext4 /dev/vda /mnt
	pinned file /mnt/file
	before=$(sum /mnt/file)
	umount /mnt
	drop
	mount -t ext4 /dev/vda /mnt
	has /mnt/file "$before"
	umount /mnt
}

on_tmpfs()
{
	mount -t tmpfs none /mnt
	pinned file /mnt/file
	umount /mnt
}

copied_from_a_file()
{
	mount -t tmpfs none /mnt
	pinned private /mnt/file
	umount /mnt
}

mixed()
{
	need EXT4_FS TRANSPARENT_HUGEPAGE
	mkfs.ext4 -q -F /dev/vda
	mount -t ext4 /dev/vda /mnt
	with_large_pages pinned mixed /mnt/file
	umount /mnt
}

plan 10
check "anonymous memory of small pages" pinned anonymous
check "transparent large pages" transparent
check "pages of hugetlbfs" hugetlb
check "shared memory" pinned shmem
check "a file of ext4" on_ext4
check "a file of tmpfs" on_tmpfs
check "private copies of a file" copied_from_a_file
check "memory that may only be read, or was never touched" pinned readonly
check "a hole ends a pin" pinned hole
check "one span over memory of all kinds" mixed
finish
