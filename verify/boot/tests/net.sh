# SPDX-License-Identifier: GPL-2.0-only
#
# net.sh: block devices and file systems that come from a server: NFS and
# NVMe over TCP, NBD, SCSI targets, with server and client in this kernel, and
# a folder that the host shares. What the client wrote is held against sums
# where the server keeps it.
# shellcheck shell=sh

# shellcheck source=verify/boot/guest.sh
. /guest.sh

nvmet=/sys/kernel/config/nvmet
host=nqn.2014-08.org.nvmexpress:uuid:00000000-0000-0000-0000-000000000001

# files FOLDER SERVED: written through FOLDER, found below SERVED.
files()
{
	io "$1/file" 8m
	kept write "$1/uring" 4m --ioengine=io_uring --fixedbufs=1 --direct=1 --bs=128k
	kept randwrite "$1/mapped" 2m --ioengine=mmap --bs=4k
	job write "$1/odd" 4m --direct=1 --bsrange=512-96k
	random "$1/random" 5000001
	want=$(sum "$1/random")
	drop
	has "$2/random" "$want"
	has "$1/random" "$want"
	# A page from the middle to the end: neither start nor length is that of a page.
	dd if="$1/random" of=/tmp/part bs=1001 skip=13 count=4000
	dd if="$2/random" bs=1001 skip=13 count=4000 | cmp - /tmp/part
}

# What nfsd and the tools around it look for.
nfs_server()
{
	tools rpcbind rpc.mountd rpc.nfsd exportfs mount.nfs
	grep -q ^_rpc: /etc/passwd || echo '_rpc:x:1:1::/:/bin/sh' >>/etc/passwd
	grep -q ^statd: /etc/passwd || echo 'statd:x:2:1::/:/bin/sh' >>/etc/passwd
	mkdir -p /run/rpcbind /var/lib/nfs/sm /var/lib/nfs/v4recovery /srv
	for file in etab rmtab; do
		: >"/var/lib/nfs/$file"
	done
	mkfs.ext4 -q -F /dev/nvme0n1
	mount -t ext4 /dev/nvme0n1 /srv
	mount -t nfsd nfsd /proc/fs/nfsd
	rpcbind
	await rpcinfo -p 127.0.0.1
	exportfs -i -o rw,sync,no_root_squash,insecure,no_subtree_check,fsid=0 127.0.0.1:/srv
	rpc.mountd --port 20048
	rpc.nfsd --grace-time 10 --lease-time 10 --host 127.0.0.1 4
	# Nobody has anything to reclaim. Where nobody keeps that in mind, 10 seconds are waited for.
	echo Y >/proc/fs/nfsd/v4_end_grace || true
}

nfs_stop()
{
	rpc.nfsd 0
	exportfs -au
	killall rpc.mountd rpcbind
	await umount /proc/fs/nfsd
	await umount /srv
	e2fsck -f -n /dev/nvme0n1
}

# Bytes that the server has read and written.
calls() { sed -n 's/^io //p' /proc/net/rpc/nfsd; }

nfs()
{
	need NFSD NFS_FS EXT4_FS "NFS_V${1%%.*}"
	nfs_server
	before=$(calls)
	mount.nfs 127.0.0.1:"$2" /mnt -o "vers=$1,proto=tcp,$3"
	files /mnt /srv
	after=$(calls)
	did "nfsd: $((${after% *} - ${before% *})) bytes read, $((${after#* } - ${before#* })) written"
	umount /mnt
	mount.nfs 127.0.0.1:"$2" /mnt -o "vers=$1,proto=tcp,$3"
	has /mnt/random "$want"
	umount /mnt
	[ $((${after#* } - ${before#* })) -gt 20000000 ]
	nfs_stop
}

# namespace N PATH [BUFFERED]
namespace()
{
	namespace=$nvmet/subsystems/test/namespaces/$1
	mkdir "$namespace"
	printf %s "$2" >"$namespace"/device_path
	[ -z "${3-}" ] || echo 1 >"$namespace"/buffered_io
	echo 1 >"$namespace"/enable
}

# A block device, a file past the page cache and a file through it.
nvme_target()
{
	mkfs.ext4 -q -F /dev/ram0
	mkdir -p /srv
	mount -t ext4 /dev/ram0 /srv
	dd if=/dev/zero of=/srv/direct bs=1M count=32
	dd if=/dev/zero of=/srv/buffered bs=1M count=32
	mkdir "$nvmet/subsystems/test"
	echo 1 >"$nvmet/subsystems/test/attr_allow_any_host"
	namespace 1 /dev/ram1
	namespace 2 /srv/direct
	namespace 3 /srv/buffered 1
	mkdir "$nvmet/ports/1"
	echo "$1" >"$nvmet/ports/1/addr_trtype"
	if [ "$1" = tcp ]; then
		echo ipv4 >"$nvmet/ports/1/addr_adrfam"
		echo 127.0.0.1 >"$nvmet/ports/1/addr_traddr"
		echo 4420 >"$nvmet/ports/1/addr_trsvcid"
	fi
	ln -s "$nvmet/subsystems/test" "$nvmet/ports/1/subsystems/test"
}

nvme_target_stop()
{
	rm "$nvmet/ports/1/subsystems/test"
	rmdir "$nvmet/ports/1" "$nvmet"/subsystems/test/namespaces/* "$nvmet/subsystems/test"
	umount /srv
	e2fsck -f -n /dev/ram0
}

# The disk of the namespace N: their names come in any order.
remote()
{
	for controller in /sys/class/nvme/*; do
		[ "$(cat "$controller"/subsysnqn)" = test ] || continue
		for disk in "$controller"/nvme*n*; do
			[ "$(cat "$disk/nsid")" != "$1" ] || { echo "/dev/${disk##*/}"; return; }
		done
	done
	echo "no disk for the namespace $1" >&2
	return 1
}

# requests DISK: read and written, as the block layer counts them.
requests() { awk '{ print $1 " reads, " $5 " writes" }' "/sys/block/${1##*/}/stat"; }

# A file that is served through the page cache is read into it: the target asks for what is there at once
# (IOCB_NOWAIT) and takes a part for an error, v6.12 as it is.
cold()
{
	drop
	[ "$1" != /srv/buffered ] || cat "$1" >/dev/null
}

# through N SERVED
through()
{
	await remote "$1" >/dev/null
	disk=$(remote "$1")
	io "$disk" 8m
	block=$(cat "/sys/block/${disk##*/}/queue/logical_block_size")
	job write "$disk" 4m --direct=1 --bsrange="$block-96k"
	set -- "$1" "$2" write "$disk" 8m --ioengine=io_uring --fixedbufs=1 --direct=1 --bs=256k
	served=$2
	shift 2
	job "$@"
	cold "$served"
	job "$@" --verify_only=1
	random /tmp/random 3000320
	dd if=/tmp/random of="$disk" bs=1M seek=9 conv=fsync
	cold "$served"
	tail -c +9437185 "$served" | head -c 3000320 | cmp - /tmp/random
	tail -c +9437185 "$disk" | head -c 3000320 | cmp - /tmp/random
	did "$disk on $served: $(requests "$disk")"
	rm /tmp/random
}

all_through()
{
	through 1 /dev/ram1
	through 2 /srv/direct
	through 3 /srv/buffered
}

# nvme_tcp [OPTION...]
nvme_tcp()
{
	need NVME_TCP NVME_TARGET_TCP EXT4_FS
	tools nvme
	nvme_target tcp
	nvme connect -t tcp -a 127.0.0.1 -s 4420 -n test -q "$host" -I 00000000-0000-0000-0000-000000000001 "$@"
	all_through
	nvme disconnect -n test
	nvme_target_stop
}

nvme_loop()
{
	need NVME_TARGET_LOOP EXT4_FS
	tools nvme
	nvme_target loop
	nvme connect -t loop -n test -q "$host" -I 00000000-0000-0000-0000-000000000001
	all_through
	nvme disconnect -n test
	nvme_target_stop
}

# The server splices what it reads from its file to the socket.
nbd()
{
	need BLK_DEV_NBD EXT4_FS
	tools nbd-server nbd-client
	mkfs.ext4 -q -F /dev/vda
	mkdir -p /srv
	mount -t ext4 /dev/vda /srv
	truncate -s 64M /srv/nbd
	printf '[generic]\nuser=root\ngroup=root\nlistenaddr=127.0.0.1\n[test]\nexportname=/srv/nbd\nsplice=true\n' >/tmp/nbd.conf
	nbd-server -C /tmp/nbd.conf
	await nbd-client -C 2 -N test 127.0.0.1 /dev/nbd0
	io /dev/nbd0 8m
	kept write /dev/nbd0 8m --ioengine=io_uring --fixedbufs=1 --direct=1 --bs=256k
	job write /dev/nbd0 4m --direct=1 --bsrange=512-96k
	random /tmp/random 3000320
	dd if=/tmp/random of=/dev/nbd0 bs=1M seek=9 conv=fsync
	drop
	tail -c +9437185 /srv/nbd | head -c 3000320 | cmp - /tmp/random
	tail -c +9437185 /dev/nbd0 | head -c 3000320 | cmp - /tmp/random
	did "/dev/nbd0: $(requests /dev/nbd0)"
	nbd-client -d /dev/nbd0
	killall nbd-server
	await umount /srv
	e2fsck -f -n /dev/vda
}

core=/sys/kernel/config/target/core
loop=/sys/kernel/config/target/loopback
naa=naa.6001405000000001

# exported BACKEND CONTROL FILE: a SCSI disk that is served from the file.
exported()
{
	mkdir -p "$core/$1/test" "$loop/$naa/tpgt_1/lun/lun_0"
	echo "$2" >"$core/$1/test/control"
	echo 1 >"$core/$1/test/enable"
	echo naa.6001405000000002 >"$loop/$naa/tpgt_1/nexus"
	ln -s "$core/$1/test" "$loop/$naa/tpgt_1/lun/lun_0/test"
	await scsi_disk tcm_loop
	disk=$(scsi_disk tcm_loop)
	io "$disk" 8m
	kept write "$disk" 8m --ioengine=io_uring --fixedbufs=1 --direct=1 --bs=256k
	random /tmp/random 3000320
	dd if=/tmp/random of="$disk" bs=1M seek=9 conv=fsync
	drop
	tail -c +9437185 "$3" | head -c 3000320 | cmp - /tmp/random
	did "$1: $(requests "$disk")"
	echo 1 >"/sys/block/${disk##*/}/device/delete"
	rm "$loop/$naa/tpgt_1/lun/lun_0/test"
	rmdir "$loop/$naa/tpgt_1/lun/lun_0" "$loop/$naa/tpgt_1" "$loop/$naa" "$core/$1/test" "$core/$1"
}

scsi_target()
{
	need LOOPBACK_TARGET TCM_FILEIO TCM_IBLOCK EXT4_FS
	mkfs.ext4 -q -F /dev/vda
	mkdir -p /srv
	mount -t ext4 /dev/vda /srv
	dd if=/dev/zero of=/srv/disk bs=1M count=32
	exported fileio_0 fd_dev_name=/srv/disk,fd_dev_size=33554432 /srv/disk
	exported fileio_0 fd_dev_name=/srv/disk,fd_dev_size=33554432,fd_buffered_io=1 /srv/disk
	exported iblock_0 udev_path=/dev/ram0 /dev/ram0
	umount /srv
	e2fsck -f -n /dev/vda
}

# A folder of the host's.
shared()
{
	need 9P_FS NET_9P_VIRTIO
	for cache in none mmap loose; do
		mount -t 9p -o "trans=virtio,version=9p2000.L,msize=262144,cache=$cache" share /mnt
		mkdir /mnt/shared
		job write /mnt/shared/file 8m --ioengine=psync --direct=0 --bs=256k
		job randwrite /mnt/shared/file 4m --ioengine=psync --direct=0 --bs=12k
		job write /mnt/shared/direct 4m --ioengine=psync --direct=1 --bs=20k
		random /mnt/shared/random 5000001
		want=$(sum /mnt/shared/random)
		umount /mnt
		mount -t 9p -o "trans=virtio,version=9p2000.L,msize=262144,cache=$cache" share /mnt
		has /mnt/shared/random "$want"
		rm -r /mnt/shared
		umount /mnt
	done
}

plan 9
check "NFS 3 over loopback" nfs 3 /srv mountport=20048,nolock
check "NFS 4.0 over loopback" nfs 4.0 / hard
check "NFS 4.2 over loopback, small requests" nfs 4.2 / rsize=16384,wsize=16384
check "NVMe over TCP" nvme_tcp
check "NVMe over TCP with digests" nvme_tcp --hdr-digest --data-digest
check "NVMe over memory" nvme_loop
check "nbd with a server that splices" nbd
check "SCSI targets on files and a disk" scsi_target
check "9p from the host" shared
finish
