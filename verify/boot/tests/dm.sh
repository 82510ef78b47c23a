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

# integrity IO MODE SUM [OPTION...]: J journal, B bitmap, D direct. What was written is there, and whole, when it
# is opened again.
integrity()
{
	need DM_INTEGRITY
	io=$1 mode=$2 sum=$3
	shift 3
	wipe /dev/ram0
	integritysetup format --batch-mode --no-wipe --integrity "$sum" "$@" /dev/ram0
	case $mode in J) how= ;; B) how="--integrity-bitmap-mode" ;; D) how="--integrity-no-journal" ;; esac
	# shellcheck disable=SC2086 # a list of words
	integritysetup open $how --integrity-recalculate --integrity "$sum" /dev/ram0 integrity
	dmsetup table integrity
	dmsetup table integrity | grep " $mode "
	"$io" /dev/mapper/integrity 8m
	job write /dev/mapper/integrity 8m --direct=1 --bs=64k --do_verify=0
	sync
	integritysetup close integrity
	# shellcheck disable=SC2086 # a list of words
	integritysetup open $how --integrity "$sum" /dev/ram0 integrity
	job read /dev/mapper/integrity 8m --direct=1 --bs=64k
	did "status: $(dmsetup status integrity)"
	integritysetup close integrity
}

integrity_journal() { integrity io J crc32c; }
# A part of a block of 4096 bytes is no piece of memory for it.
integrity_pages() { integrity aligned J sha256 --tag-size 32 --sector-size 4096; }
integrity_bitmap() { integrity io B crc32c; }
integrity_direct() { integrity io D crc32c; }

# Ciphers with a tag for each sector, in dm-integrity below.
authenticated()
{
	need DM_CRYPT DM_INTEGRITY CRYPTO_AUTHENC CRYPTO_USER_API_AEAD
	mkdir -p /run/cryptsetup
	random /tmp/key 32
	wipe /dev/ram0
	cryptsetup luksFormat --batch-mode --type luks2 --sector-size 512 --cipher aes-xts-plain64 --integrity hmac-sha256 --integrity-no-wipe \
		--pbkdf pbkdf2 --pbkdf-force-iterations 1000 --key-file /tmp/key /dev/ram0
	cryptsetup open --key-file /tmp/key /dev/ram0 crypt
	dmsetup table crypt
	job write /dev/mapper/crypt 8m --direct=1 --bs=256k
	job randwrite /dev/mapper/crypt 8m --direct=1 --bs=4k --io_size=1m
	job randwrite /dev/mapper/crypt 8m --direct=1 --bs=4k --iomem_align=512 --io_size=1m
	job write /dev/mapper/crypt 8m --direct=1 --bs=64k --do_verify=0
	cryptsetup close crypt
	cryptsetup open --key-file /tmp/key /dev/ram0 crypt
	job read /dev/mapper/crypt 8m --direct=1 --bs=64k
	cryptsetup close crypt
}

# A tree of sums: what is whole is read, what is not is refused.
verity()
{
	need DM_VERITY
	dd if=/dev/urandom of=/dev/ram0 bs=1M count=16
	hash=$(veritysetup format --data-blocks=4096 /dev/ram0 /dev/ram1 | sed -n 's/^Root hash:[[:space:]]*//p')
	veritysetup open /dev/ram0 verity /dev/ram1 "$hash"
	drop
	head -c 16777216 /dev/ram0 | cmp - /dev/mapper/verity
	[ "$(dd if=/dev/mapper/verity iflag=direct bs=20480 | md5sum)" = "$(head -c 16777216 /dev/ram0 | md5sum)" ]
	veritysetup close verity
}

# A byte of each read or write is changed, the one that was asked for and no other.
flakey()
{
	need DM_FLAKEY
	dmsetup create flakey --table '0 131072 flakey /dev/ram0 0 0 1 5 corrupt_bio_byte 32 w 90 0'
	dd if=/dev/zero bs=4096 count=1 of=/dev/mapper/flakey oflag=direct
	dmsetup remove flakey
	dd if=/dev/ram0 bs=4096 count=1 iflag=direct | cmp -l - /dev/zero >/tmp/differs 2>/dev/null || true
	cat /tmp/differs
	# Byte 32, 90 is 132 in octal.
	[ "$(awk '{ print $1, $2, $3 }' /tmp/differs)" = "32 132 0" ]
	did "byte $(cat /tmp/differs)"
}

# What was written is in the log, at the place it was written to.
log_writes()
{
	need DM_LOG_WRITES
	dd if=/dev/zero of=/dev/ram1 bs=1M count=64
	dmsetup create logged --table '0 32768 log-writes /dev/ram0 /dev/ram1'
	random /tmp/random 16384
	dd if=/tmp/random of=/dev/mapper/logged bs=16384 seek=1 oflag=direct conv=fsync
	io /dev/mapper/logged 8m
	dmsetup remove logged
	# Sector 0 tells of the log, 1 of its first entry: 32 sectors at 32.
	[ "$(dd if=/dev/ram1 bs=512 skip=1 count=1 | od -A n -t d8 -N 16 | tr -s ' ')" = " 32 32" ]
	dd if=/dev/ram1 bs=512 skip=2 count=32 | cmp - /tmp/random
	entries=$(dd if=/dev/ram1 bs=512 count=1 | od -A n -t d8 -j 16 -N 8)
	did "$entries entries"
	[ "$entries" -ge 100 ]
}

# Blocks come from a cache, a mirror writes two of each.
cached()
{
	need DM_CACHE DM_CACHE_SMQ
	wipe /dev/ram1
	dmsetup create cached --table '0 131072 cache /dev/ram1 /dev/ram2 /dev/ram0 128 1 writeback smq 0'
	io /dev/mapper/cached 8m
	job write /dev/mapper/cached 8m --direct=1 --bs=64k --do_verify=0
	dmsetup suspend cached
	dmsetup resume cached
	dmsetup remove cached
	dmsetup create cached --table '0 131072 cache /dev/ram1 /dev/ram2 /dev/ram0 128 1 writethrough smq 0'
	job read /dev/mapper/cached 8m --direct=1 --bs=64k
	did "status: $(dmsetup status cached)"
	dmsetup remove cached
	cache_check /dev/ram1
}

mirror()
{
	need DM_MIRROR
	dmsetup create mirror --table '0 65536 mirror core 1 1024 2 /dev/ram0 0 /dev/ram1 0 1 handle_errors'
	io /dev/mapper/mirror 8m
	await sh -c 'dmsetup status mirror | grep -q " 64/64 "'
	dmsetup remove mirror
	head -c 33554432 /dev/ram1 >/tmp/half
	head -c 33554432 /dev/ram0 | cmp - /tmp/half
	rm /tmp/half
}

plan 15
check "dm-crypt" crypt
check "dm-crypt with tags" authenticated
check "dm-integrity with a journal" integrity_journal
check "dm-integrity with a journal, sectors of 4096 bytes" integrity_pages
check "dm-integrity with a bitmap" integrity_bitmap
check "dm-integrity without a journal" integrity_direct
check "dm-verity" verity
check "dm-thin with a snapshot" thin
check "dm-snapshot" snapshot
check "dm-writecache" writecache
check "dm-cache" cached
check "dm-mirror" mirror
check "dm-ebs" blocks
check "dm-flakey" flakey
check "dm-log-writes" log_writes
finish
