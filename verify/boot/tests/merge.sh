# SPDX-License-Identifier: GPL-2.0-only
#
# merge.sh: into how many requests and segments the block layer makes of fixed jobs,
# as lines "did figure ...", for two kernels to be held against each other.
#
# A figure must not depend on chance, so every job runs until it gives the same twice, six times at most:
# a plug is flushed when its task is preempted. Memory is pages of 2 MiB, whose parts lie side by side, or
# segments end at each page whatever lies beside it; one thread submits; nothing
# is written back but by a request. Requests are those of /sys/block/*/stat,
# segments those that the SCSI layer mapped.
#
# On a machine that counts instructions (boot.icount: a nanosecond of the
# guest's is one instruction) it also tells how many a request takes: those of
# twice as many requests less those of as many.
# shellcheck shell=sh

# shellcheck source=verify/boot/guest.sh
. /guest.sh

trace=/sys/kernel/tracing
debug=/sys/bus/pseudo/drivers/scsi_debug
null=/sys/kernel/config/nullb/nullb0
pages=/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages

prepare()
{
	mount -t tracefs none "$trace" 2>/dev/null || true
	echo 8192 >"$trace"/buffer_size_kb
	for event in block/block_split block/block_bio_backmerge block/block_bio_frontmerge scsi/scsi_dispatch_cmd_start; do
		[ ! -d "$trace"/events/"$event" ] || echo 1 >"$trace"/events/"$event"/enable
	done
	# Nothing is written back because time has passed, or because much is dirty.
	echo 0 >/proc/sys/vm/dirty_writeback_centisecs
	echo 90 >/proc/sys/vm/dirty_ratio
	echo 80 >/proc/sys/vm/dirty_background_ratio
	echo 8 >"$pages"
	mkdir -p /tmp/huge
	mount -t hugetlbfs none /tmp/huge
}

unprepare()
{
	echo 0 >"$trace"/events/enable
	umount /tmp/huge
	echo 0 >"$pages"
	echo 500 >/proc/sys/vm/dirty_writeback_centisecs
	echo 20 >/proc/sys/vm/dirty_ratio
	echo 10 >/proc/sys/vm/dirty_background_ratio
}

# Requests, merges and sectors; the discards and flushes of the rest are left out.
stat() { awk '{ print $1, $2, $3, $5, $6, $7 }' "/sys/block/$disk/stat"; }

# measured COMMAND...: what it made of the disk.
measured()
{
	drop
	echo >"$trace"/trace
	before=$(stat)
	"$@"
	after=$(stat)
	echo "$before $after" | awk '{ printf "reads=%d merged=%d sectors=%d writes=%d merged=%d sectors=%d", \
		$7 - $1, $8 - $2, $9 - $3, $10 - $4, $11 - $5, $12 - $6 }' >/tmp/figure
	grep -v '^#' "$trace"/trace | awk '
		/ block_split: / { split_++ }
		/ block_bio_backmerge: / { back++ }
		/ block_bio_frontmerge: / { front++ }
		/ scsi_dispatch_cmd_start: / && (/ cmnd=\(READ/ || / cmnd=\(WRITE/) {
			match($0, /data_sgl=[0-9]+/); data += substr($0, RSTART + 9, RLENGTH - 9)
			commands++
		}
		END { printf " splits=%d back=%d front=%d commands=%d segments=%d\n", split_, back, front, commands, data }
	' >>/tmp/figure
	# Nothing was lost on the way.
	awk '/entries-in-buffer/ { split($3, n, "/"); lost = n[1] != n[2] } END { exit lost }' "$trace"/trace
}

# figure NAME COMMAND...
figure()
{
	figure_name=$1
	shift
	last="" tries=0
	while :; do
		measured "$@"
		[ "$(cat /tmp/figure)" != "$last" ] || break
		last=$(cat /tmp/figure) tries=$((tries + 1))
		echo "$figure_name: $last"
		[ "$tries" -lt 6 ] || { echo "never the same twice"; return 1; }
	done
	did "figure $figure_name: $last"
	! expr "$last" : '.*sectors=0 .*sectors=0 ' >/dev/null
}

# plain RW BS [OPTION...]: no sums: they are not to be merged.
plain()
{
	rw=$1 bs=$2
	shift 2
	fio --name=job --rw="$rw" --filename="/dev/$disk" --size=16m --bs="$bs" --thread --eta=never --output=/tmp/fio \
		--randrepeat=1 --allrandrepeat=1 --ioengine=libaio --direct=1 --iodepth=32 --iodepth_batch=32 \
		--iodepth_batch_complete=32 --gtod_reduce=1 --invalidate=0 "$@" || { grep -i error /tmp/fio; return 1; }
}

huge="--mem=mmaphuge:/tmp/huge/memory --hugepage-size=2m"
uring="--ioengine=io_uring --fixedbufs=1"

write_out() { dd if=/dev/zero of="/dev/$disk" bs=1M count=16 conv=fsync,notrunc; }
read_in() { dd if="/dev/$disk" of=/dev/null bs=1M count=16; }

# In what kinds of memory, sizes and order: what a job submits at once, the plug merges.
jobs()
{
	# shellcheck disable=SC2086 # lists of words
	{
		figure "direct write 256k" plain write 256k $huge --iodepth=1
		figure "direct read 1m" plain read 1m $huge --iodepth=1
		figure "direct write 4k, 32 at once" plain write 4k $huge
		figure "direct randwrite 4k" plain randwrite 4k $huge
		figure "direct write 20k at 512" plain write 20k $huge --iomem_align=512
		figure "direct write 512 to 64k" plain write 64k $huge --bsrange=512-64k
		figure "registered write 256k" plain write 256k $huge $uring --iodepth=4 --iodepth_batch=4 --iodepth_batch_complete=4
		figure "registered read 4k at 512" plain read 4k $huge $uring --iomem_align=512
	}
	figure "buffered write" write_out
	figure "buffered read" read_in
}

# limits KIB: what a request may be, and no scheduler.
limits()
{
	echo none >"/sys/block/$disk/queue/scheduler"
	echo "$1" >"/sys/block/$disk/queue/max_sectors_kb"
	echo 128 >"/sys/block/$disk/queue/read_ahead_kb"
}

# null_disk SECTORS MEMORY MIB
null_disk()
{
	mkdir "$null"
	echo "$2" >"$null"/memory_backed
	echo "$3" >"$null"/size
	echo 1 >"$null"/submit_queues
	echo 0 >"$null"/irqmode
	echo "$1" >"$null"/max_sectors
	echo 1 >"$null"/power
	disk=nullb0
}

null_disk_stop()
{
	echo 0 >"$null"/power
	rmdir "$null"
}

null_blk()
{
	need BLK_DEV_NULL_BLK HUGETLBFS ENABLE_DEFAULT_TRACERS
	prepare
	null_disk 512 1 64
	limits 128
	jobs
	null_disk_stop
	unprepare
}

# A request is put together by the scheduler.
scheduled()
{
	need BLK_DEV_NULL_BLK HUGETLBFS ENABLE_DEFAULT_TRACERS MQ_IOSCHED_DEADLINE
	prepare
	null_disk 512 1 64
	limits 128
	echo mq-deadline >/sys/block/nullb0/queue/scheduler
	jobs
	null_disk_stop
	unprepare
}

# scsi CLUSTERING: 1: what lies side by side is one segment; 0: a page is the most.
# Once a host had 0, so have those after it: 1 comes first, also on the command line.
scsi()
{
	need SCSI_DEBUG HUGETLBFS ENABLE_DEFAULT_TRACERS
	prepare
	echo "$1" >/sys/module/scsi_debug/parameters/clustering
	echo 1 >"$debug"/add_host
	await scsi_disk adapter >/dev/null
	disk=$(scsi_disk adapter)
	disk=${disk##*/}
	limits 128
	# Pages of the cache lie where they lie: only with a page a segment is their number no chance.
	if [ "$1" = 1 ]; then jobs_direct; else jobs; fi
	echo -1 >"$debug"/add_host
	unprepare
}

jobs_direct()
{
	# shellcheck disable=SC2086 # a list of words
	write_out() { plain write 1m --iodepth=4 --iodepth_batch=4 --iodepth_batch_complete=4 $huge; }
	# shellcheck disable=SC2086 # a list of words
	read_in() { plain read 1m --iodepth=4 --iodepth_batch=4 --iodepth_batch_complete=4 $huge; }
	jobs
}

# Parts of a request go to two disks.
striped()
{
	need BLK_DEV_RAM MD_RAID0 HUGETLBFS ENABLE_DEFAULT_TRACERS
	prepare
	mdadm --create /dev/md0 --run --quiet --metadata=1.2 --chunk=64 --level=0 --raid-devices=2 /dev/ram0 /dev/ram1
	disk=md0
	echo 128 >/sys/block/md0/queue/read_ahead_kb
	jobs
	mdadm --stop /dev/md0
	mdadm --zero-superblock /dev/ram0 /dev/ram1
	unprepare
}

# Nanoseconds, which are instructions.
now() { sed -n 's/^now at \([0-9]*\) nsecs/\1/p' /proc/timer_list; }

# least COMMAND...: what it took, the least of three times: what else the kernel had to do is no part of it.
least()
{
	least=""
	for _ in 1 2 3; do
		t0=$(now)
		"$@"
		t1=$(now)
		if [ -z "$least" ] || [ $((t1 - t0)) -lt "$least" ]; then
			least=$((t1 - t0))
		fi
	done
}

# instructions NAME N COMMAND...: COMMAND gets the number of requests as its last word.
instructions()
{
	what=$1 n=$2
	shift 2
	"$@" "$n"
	least "$@" "$n"
	once=$least
	least "$@" $((2 * n))
	did "figure instructions $what: $(((least - once) / n))"
}

null_read() { xfs_io -d -c "pread -q -b $1 0 $(($2 * ${1%k}))k" /dev/nullb0; }
null_write() { xfs_io -d -c "pwrite -q -b $1 0 $(($2 * ${1%k}))k" /dev/nullb0; }
null_vector() { xfs_io -d -c "pwrite -q -V 16 -b 64k 0 $(($1 * 64))k" /dev/nullb0; }
null_buffered() { xfs_io -c "pwrite -q -b 64k 0 $(($1 * 64))k" -c fsync /dev/nullb0; drop; }

null_uring()
{
	fio --name=job --rw=randread --filename=/dev/nullb0 --size=1g --io_size=100g --number_ios="$2" --bs="$1" --thread --eta=never \
		--output=/tmp/fio --randrepeat=1 --ioengine=io_uring --fixedbufs=1 --registerfiles=1 --direct=1 --iodepth=32 \
		--iodepth_batch=32 --iodepth_batch_complete=32 --gtod_reduce=1 --norandommap=1
}

# By fio's own clock, in milliseconds: its first thread sleeps while the job runs, and the clock goes on.
by_fio()
{
	null_uring "$3" "$2"
	did "figure instructions $1: $(($(sed -n 's/.*run=\([0-9]*\)-.*/\1/p' /tmp/fio) * 1000000 / $2))"
}

count()
{
	null_disk 1024 0 10240
	disk=nullb0
	limits 512
	instructions "direct read 4k" 20000 null_read 4k
	instructions "direct write 64k" 8000 null_write 64k
	instructions "direct write 512k" 2000 null_write 512k
	instructions "direct write of 16 vectors" 5000 null_vector
	by_fio "registered read 4k" 100000 4k
	by_fio "registered read 128k" 50000 128k
	instructions "buffered write 64k" 500 null_buffered
	null_disk_stop
}

counts=$(grep -c boot.icount /proc/cmdline)
plan $((5 + counts))
check "requests on null_blk" null_blk
check "requests on null_blk, put together by a scheduler" scheduled
check "requests and segments on scsi_debug" scsi 1
check "requests and segments on scsi_debug, a page at most" scsi 0
check "requests on raid0" striped
[ "$counts" = 0 ] || check "instructions for a request on null_blk" count
finish
