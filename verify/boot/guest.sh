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
# SYMBOL" for what not every kernel version has: a test is skipped only when
# the kernel's own configuration lacks a symbol. A device that ought to be
# there and is not is a failure.

number=0
bad=0
# Nothing in the guest answers udev's questions.
export DM_DISABLE_UDEV=1 MDADM_NO_UDEV=1

plan()
{
	echo "KTAP version 1"
	echo "1..$1"
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

check()
{
	name=$1
	shift
	number=$((number + 1))
	echo "# start $name"
	(
		set -e
		"$@"
	) >/tmp/log 2>&1
	case $? in
	0)
		# Complaints count although nobody's status told of them.
		grep -E 'verify failed|bad magic header|short (read|write)' /tmp/log | sed 's/^/# /'
		echo "ok $number $name" ;;
	"$SKIPPED")
		echo "ok $number $name # SKIP $(tail -n 1 /tmp/log)" ;;
	*)
		tail -n 20 /tmp/log | sed 's/^/# /'
		echo "not ok $number $name"
		bad=$((bad + 1)) ;;
	esac
}

finish()
{
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

# job RW FILE SIZE [OPTION...]: one fio run; every block written is read back
# and held against the sum in it.
job()
{
	rw=$1 file=$2 size=$3
	shift 3
	fio --name=job --rw="$rw" --filename="$file" --size="$size" --thread --eta=never --output=/tmp/fio --randrepeat=1 \
		--ioengine=libaio --iodepth=16 --verify=crc32c --verify_fatal=1 --do_verify=1 \
		--verify_state_save=0 --end_fsync=1 "$@"
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
