# SPDX-License-Identifier: GPL-2.0-only
# guest.sh: KTAP and I/O for test sets. Sourced, never run.
# shellcheck shell=sh
#
#	. /guest.sh
#	plan 2
#	check "sentence or thing that works" FUNCTION ARGS...
#	check ...
#	finish
#
# FUNCTION runs in a shell of its own, under set -e: the first command that
# fails fails the test. What it printed is shown then. It begins with "need
# SYMBOL" for what not every kernel version has, and with "tools PROGRAM" for
# what not every root image has: a test is skipped only when the kernel's own
# configuration lacks a symbol or the image a program. "missing PROGRAM" is what
# the judge knows the second by: such a test leaves the run undecided, where that
# of another kernel is only named. A device that ought to
# be there and is not is a failure. What a test that passed has done is shown as
# "# did ...".

number=0
bad=0
# Nothing in the guest answers udev's questions.
export DM_DISABLE_UDEV=1 MDADM_NO_UDEV=1

plan()
{
	echo "KTAP version 1"
	echo "1..$1"
	awk '{ print $2 }' /proc/mounts >/tmp/mounts
}

# The status of a test that is skipped.
SKIPPED=77

need()
{
	for symbol; do
		zcat /proc/config.gz | grep -q "^CONFIG_$symbol=" && continue
		echo "CONFIG_$symbol is not set"
		exit $SKIPPED
	done
}

tools()
{
	for tool; do
		command -v "$tool" >/dev/null && continue
		echo "missing $tool"
		exit $SKIPPED
	done
}

# skip REASON...: what cannot be tested on this machine.
skip()
{
	echo "$*"
	exit $SKIPPED
}

# did WHAT...: told when the test has passed.
did() { echo "$*" >>/tmp/did; }

# How many requests fio had, summed over a test's jobs: "READS WRITES TRIMS JOBS".
fio_sum()
{
	awk -F, '{ r += $1; w += $2; t += $3 } END { print "fio: " NR " jobs, " r " reads, " w " writes, " t + 0 " trims" }' /tmp/fio-did
}

# What a test that failed has left behind would fail those after it.
clear_up()
{
	swapoff -a
	killall rpc.mountd rpcbind nbd-server httpd fio strace vfio umem umem-cost umem-count rping ib_send_bw ib_write_bw ib_read_lat ibv_rc_pingpong
	[ ! -e /proc/fs/nfsd/threads ] || echo 0 >/proc/fs/nfsd/threads
	nbd-client -d /dev/nbd0
	nvme disconnect-all
	awk '{ print $2 }' /proc/mounts | grep -v -x -f /tmp/mounts | sort -r | while read -r mount; do
		umount "$mount" || umount -l "$mount"
	done
	dmsetup remove_all --force
	mdadm --stop --scan
	losetup | cut -d : -f 1 | xargs -r -n 1 losetup -d
	echo 1 >/sys/block/zram0/reset
	echo -1 >/sys/bus/pseudo/drivers/scsi_debug/add_host
	rm /sys/kernel/config/nvmet/ports/*/subsystems/*
	for folder in /sys/kernel/config/nullb/nullb0 /sys/kernel/config/nvmet/ports/* \
		/sys/kernel/config/nvmet/subsystems/*/namespaces/* /sys/kernel/config/nvmet/subsystems/*; do
		[ ! -d "$folder" ] || rmdir "$folder"
	done
}

check()
{
	name=$1
	shift
	number=$((number + 1))
	echo "# start $name"
	rm -f /tmp/did /tmp/fio-did
	(
		set -e
		"$@"
	) >/tmp/log 2>&1
	case $? in
	0)
		# Complaints count although nobody's status told of them.
		grep -E 'verify failed|bad magic header|short (read|write)' /tmp/log | sed 's/^/# /'
		[ ! -s /tmp/fio-did ] || fio_sum >>/tmp/did
		[ ! -s /tmp/did ] || sed 's/^/# did /' /tmp/did
		echo "ok $number $name" ;;
	"$SKIPPED")
		echo "ok $number $name # SKIP $(tail -n 1 /tmp/log)" ;;
	*)
		tail -n 20 /tmp/log | sed 's/^/# /'
		echo "not ok $number $name"
		bad=$((bad + 1))
		clear_up >/dev/null 2>&1 ;;
	esac
}

# by_trace FILE: one leak of each backtrace in what kmemleak says, and how many more there are.
by_trace()
{
	awk '
		function keep() {
			if (!text)
				return
			if (!count[trace]++)
				order[++traces] = trace
			if (count[trace] == 1)
				first[trace] = text
			text = trace = ""
			inside = 0
		}
		/^unreferenced object/ { keep() }
		{ text = text $0 "\n" }
		inside { trace = trace $0 "\n" }
		/^ *backtrace/ { inside = 1 }
		END {
			keep()
			for (i = 1; i <= traces; i++) {
				printf "%s", first[order[i]]
				if (count[order[i]] > 1)
					print "and " count[order[i]] - 1 " more of this trace"
			}
		}' "$1"
}

debugfs() { [ -d /sys/kernel/debug/bdi ] || mount -t debugfs none /sys/kernel/debug; }

# leaks: what kmemleak finds, where a kernel has it, is a failure of the set, and is told once. It looks
# twice: what was allocated last is no leak yet.
leaks()
{
	zcat /proc/config.gz | grep -q '^CONFIG_DEBUG_KMEMLEAK=y' || return 0
	debugfs
	for look in 1 2; do
		sleep 6
		echo scan >/sys/kernel/debug/kmemleak || { echo "# kmemleak does not look ($look)"; return 1; }
	done
	cat /sys/kernel/debug/kmemleak >/tmp/leaks
	by_trace /tmp/leaks | head -n 400 | sed 's/^/# /'
	echo clear >/sys/kernel/debug/kmemleak
	[ ! -s /tmp/leaks ]
}

finish()
{
	leaks || bad=$((bad + 1))
	echo "# $number tests, $(cut -d . -f 1 /proc/uptime) s since the kernel started"
	exit $((bad > 0))
}

# await COMMAND...: until it is true, up to 30 seconds.
await()
{
	tries=0
	until "$@"; do
		tries=$((tries + 1))
		[ $tries -lt 300 ] || { echo "not within 30 s: $*"; return 1; }
		sleep 0.1
	done
}

# wipe DEVICE: what tells a format apart is gone, on the device too.
wipe() { dd if=/dev/zero of="$1" bs=1M count=1 conv=fsync; }

# drop: what is read next comes from the device.
drop()
{
	sync
	echo 3 >/proc/sys/vm/drop_caches
}

# sum FILE
sum() { md5sum <"$1" | cut -d ' ' -f 1; }

# has FILE SUM
has() { [ "$(sum "$1")" = "$2" ] || { echo "$1 is not what was written"; return 1; }; }

# random FILE BYTES
random() { head -c "$2" /dev/urandom >"$1"; }

# scsi_disk WORD: the disk in whose place in sysfs the word is: their names come in any order.
scsi_disk()
{
	for disk in /sys/block/sd*; do
		case $(readlink -f "$disk") in
		*"/$1"*) echo "/dev/${disk##*/}"; return ;;
		esac
	done
	echo "no SCSI disk at '$1'" >&2
	return 1
}

# pci_device VENDOR:DEVICE: the address of the first of these.
pci_device()
{
	for device in /sys/bus/pci/devices/*; do
		[ "$(cat "$device"/vendor):$(cat "$device"/device)" = "$1" ] || continue
		echo "${device##*/}"
		return
	done
	echo "no PCI device $1" >&2
	return 1
}

# give_device ADDRESS [DRIVER]: a PCI device to a driver, or back to its own.
give_device()
{
	device=/sys/bus/pci/devices/$1
	echo "${2:-}" >"$device"/driver_override
	[ ! -e "$device"/driver ] || echo "$1" >"$device"/driver/unbind
	echo "$1" >/sys/bus/pci/drivers_probe
	[ -e "$device"/driver ] || { echo "$1 has no driver"; return 1; }
}

# job RW FILE SIZE [OPTION...]: one fio run; every block written is read back
# and held against the sum in it.
job()
{
	rw=$1 file=$2 size=$3
	shift 3
	[ -n "$file" ] || { echo "no file to write"; return 1; }
	fio --name=job --rw="$rw" --filename="$file" --size="$size" --thread --eta=never --output=/tmp/fio --randrepeat=1 \
		--ioengine=libaio --iodepth=16 --verify=crc32c --verify_fatal=1 --do_verify=1 \
		--verify_state_save=0 --end_fsync=1 "$@" || { grep -i error /tmp/fio; return 1; }
	sed -n 's/^ *issued rwts: total=\([0-9,]*\).*/\1/p' /tmp/fio >/tmp/fio-total
	# A job that had nothing to do has shown nothing.
	grep -q '[1-9]' /tmp/fio-total || { cat /tmp/fio; echo "fio did nothing"; return 1; }
	cat /tmp/fio-total >>/tmp/fio-did
}

# kept RW FILE SIZE [OPTION...]: the same, and once more when nothing is cached.
kept()
{
	job "$@"
	drop
	job "$@" --verify_only=1
}

# aligned FILE SIZE: large and small blocks in aligned memory, past the page
# cache and through it.
aligned()
{
	case $1 in /dev/*) [ -b "$1" ] || { echo "no device '$1'"; return 1; } ;; esac
	job write "$1" "$2" --direct=1 --bs=256k
	job randwrite "$1" "$2" --direct=1 --bs=4k --io_size=1m
	job randwrite "$1" "$2" --direct=0 --bs=12k --ioengine=psync --io_size=2m --invalidate=1
}

# io FILE SIZE: the same, and from memory that is aligned to 512 bytes only, so
# that segments are no whole pages.
io()
{
	aligned "$1" "$2"
	job randwrite "$1" "$2" --direct=1 --bs=4k --iomem_align=512 --io_size=1m
}
