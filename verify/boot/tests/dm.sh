# SPDX-License-Identifier: GPL-2.0-only
#
# dm.sh: device-mapper targets return what was written to them.
# shellcheck shell=sh

# shellcheck source=verify/boot/guest.sh
. /guest.sh

crypt()
{
	need DM_CRYPT CRYPTO_XTS
	head -c 64 /dev/urandom >/tmp/key
	cryptsetup open --type plain --cipher aes-xts-plain64 --key-size 512 --key-file /tmp/key /dev/ram0 crypt
	io /dev/mapper/crypt 8m
	job write /dev/mapper/crypt 4m --direct=1 --bs=64k --do_verify=0
	cryptsetup close crypt
	cryptsetup open --type plain --cipher aes-xts-plain64 --key-size 512 --key-file /tmp/key /dev/ram0 crypt
	job read /dev/mapper/crypt 4m --direct=1 --bs=64k
	cryptsetup close crypt
}

integrity()
{
	need DM_INTEGRITY
	integritysetup format --batch-mode --no-wipe --integrity crc32c /dev/ram0
	integritysetup open --integrity crc32c --integrity-recalculate /dev/ram0 integrity
	job write /dev/mapper/integrity 8m --direct=1 --bs=256k
	job randwrite /dev/mapper/integrity 8m --direct=1 --bs=4k --io_size=1m
	integritysetup close integrity
}

# A block that is new to the thin device, and one shared with a snapshot.
thin()
{
	need DM_THIN_PROVISIONING
	wipe /dev/ram0
	dmsetup create pool --table '0 131072 thin-pool /dev/ram0 /dev/ram1 128 0'
	dmsetup message pool 0 'create_thin 0'
	dmsetup create thin --table '0 131072 thin /dev/mapper/pool 0'
	io /dev/mapper/thin 8m
	job write /dev/mapper/thin 8m --direct=1 --bs=64k --do_verify=0
	dmsetup suspend thin
	dmsetup message pool 0 'create_snap 1 0'
	dmsetup resume thin
	dmsetup create snap --table '0 131072 thin /dev/mapper/pool 1'
	job randwrite /dev/mapper/snap 8m --direct=1 --bs=4k --io_size=1m
	job read /dev/mapper/thin 8m --direct=1 --bs=64k
	dmsetup remove snap
	dmsetup remove thin
	dmsetup remove pool
	thin_check /dev/ram0
}

snapshot()
{
	need DM_SNAPSHOT
	wipe /dev/ram1
	job write /dev/ram0 8m --direct=1 --bs=64k --do_verify=0
	dmsetup create origin --table '0 131072 snapshot-origin /dev/ram0'
	dmsetup create cow --table '0 131072 snapshot /dev/ram0 /dev/ram1 P 16'
	job randwrite /dev/mapper/origin 8m --direct=1 --bs=4k --io_size=1m
	job read /dev/mapper/cow 8m --direct=1 --bs=64k
	dmsetup remove cow
	dmsetup remove origin
}

writecache()
{
	need DM_WRITECACHE
	wipe /dev/ram1
	dmsetup create cached --table '0 131072 writecache s /dev/ram0 /dev/ram1 4096 0'
	io /dev/mapper/cached 8m
	dmsetup message cached 0 flush
	dmsetup remove cached
}

blocks()
{
	need DM_EBS
	dmsetup create blocks --table '0 131072 ebs /dev/ram0 0 1 8'
	io /dev/mapper/blocks 8m
	dmsetup remove blocks
}

log_writes()
{
	need DM_LOG_WRITES
	dmsetup create logged --table '0 32768 log-writes /dev/ram0 /dev/ram1'
	io /dev/mapper/logged 8m
	dmsetup remove logged
}

plan 7
check "dm-crypt" crypt
check "dm-integrity" integrity
check "dm-thin with a snapshot" thin
check "dm-snapshot" snapshot
check "dm-writecache" writecache
check "dm-ebs" blocks
check "dm-log-writes" log_writes
finish
