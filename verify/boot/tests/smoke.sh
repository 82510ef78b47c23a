# SPDX-License-Identifier: GPL-2.0-only
#
# smoke.sh: the kernel runs a user space: processes, memory, time, files.
# shellcheck shell=sh

# shellcheck source=verify/boot/guest.sh
. /guest.sh

processors() { [ "$(grep -c '^processor' /proc/cpuinfo)" -eq 2 ]; }

time_passes()
{
	before=$(cut -d. -f1 /proc/uptime)
	sleep 2
	[ "$(cut -d. -f1 /proc/uptime)" -gt "$before" ]
}

pipes()
{
	sent=$(head -c 1000000 /dev/urandom | tee /tmp/sent | md5sum)
	[ "$(tail -c 1000000 /tmp/sent | tee /dev/null | md5sum)" = "$sent" ]
	rm /tmp/sent
}

sockets()
{
	need INET
	(echo through | nc -l -p 7 >/tmp/answer) &
	await sh -c 'echo and back | nc 127.0.0.1 7 | grep -q through'
	wait
	grep -q 'and back' /tmp/answer
}

disks()
{
	[ -b /dev/vda ]
	[ -b /dev/nvme0n1 ]
	scsi_disk virtio
	scsi_disk ata
}

plan 5
check "both processors are up" processors
check "time passes" time_passes
check "pipes and tmpfs carry data" pipes
check "TCP over loopback carries data" sockets
check "the machine's disks are there" disks
finish
