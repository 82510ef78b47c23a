# SPDX-License-Identifier: GPL-2.0-only
#
# rdma.sh: memory of every kind in regions of RDMA devices that are software: two
# of rxe and two of siw, over a pair of network interfaces each. Both ends are in one
# network namespace, for rxe knows no other, and routes take what one sends the
# other through the interfaces all the same; each test looks at how much crossed them.
# shellcheck shell=sh

# shellcheck source=verify/boot/guest.sh
. /guest.sh

# busybox has one of that name as well, which comes first.
ip() { /bin/ip "$@"; }

# The address of the interface that a device is on.
address() { case $1 in rxe0) echo 10.1.0.1 ;; rxe1) echo 10.1.0.2 ;; siw0) echo 10.2.0.1 ;; siw1) echo 10.2.0.2 ;; esac; }

# linked DRIVER: its devices, DRIVER0 and DRIVER1, on interfaces DRIVERa and DRIVERb.
linked()
{
	ip link add "$1"a type veth peer name "$1"b
	for interface in "$1"a "$1"b; do
		echo 1 >/proc/sys/net/ipv4/conf/"$interface"/accept_local
		ip link set "$interface" mtu 9000 up
		ip rule add pref 10 iif "$interface" lookup local
	done
	ip address add "$(address "$1"0)"/32 dev "$1"a
	ip address add "$(address "$1"1)"/32 dev "$1"b
	ip route add "$(address "$1"1)" dev "$1"a src "$(address "$1"0)" table 100
	ip route add "$(address "$1"0)" dev "$1"b src "$(address "$1"1)" table 100
	rdma link add "$1"0 type "$1" netdev "$1"a
	rdma link add "$1"1 type "$1" netdev "$1"b
}

is_active() { grep -q ACTIVE /sys/class/infiniband/"$1"/ports/1/state; }

devices()
{
	need VETH IP_MULTIPLE_TABLES INFINIBAND_USER_ACCESS INFINIBAND_ADDR_TRANS RDMA_RXE RDMA_SIW
	tools /bin/ip rdma ibv_devinfo
	linked rxe
	linked siw
	# What comes in is looked for among the own addresses first, what goes out is not.
	ip rule add pref 20 lookup 100
	ip rule add pref 30 lookup local
	ip rule del pref 0
	for device in rxe0 rxe1 siw0 siw1; do
		await is_active "$device"
		ibv_devinfo -d "$device" | grep -q PORT_ACTIVE
	done
	for device in rxe0 rxe1; do
		await gid "$device"
	done
	for driver in rxe siw; do
		over "$driver" 1000 ping -c 2 -s 500 "$(address "$driver"1)"
	done
}

# gid DEVICE: the index of its address.
gid()
{
	want=$(address "$1" | awk -F . '{ printf "0000:0000:0000:0000:0000:ffff:%02x%02x:%02x%02x", $1, $2, $3, $4 }')
	grep -l "$want" /sys/class/infiniband/"$1"/ports/1/gids/* 2>/dev/null | sed -n '1s|.*/||p' | grep .
}

# Bytes that crossed the interfaces of a driver.
crossed() { cat /sys/class/net/"$1"a/statistics/rx_bytes /sys/class/net/"$1"a/statistics/tx_bytes | awk '{ n += $1 } END { printf "%.0f", n }'; }

# over DRIVER BYTES COMMAND...: so many bytes at least have crossed when it is done.
over()
{
	driver=$1 least=$2
	shift 2
	before=$(crossed "$driver")
	"$@"
	after=$(crossed "$driver")
	[ $((after - before)) -ge "$least" ] || { echo "$* moved $((after - before)) bytes and not $least"; return 1; }
	did "$driver: $((after - before)) bytes crossed"
}

# listens DRIVER: somebody waits for a connection, by TCP or through the connection manager, which says so
# before it is so for siw: siw takes connections by TCP.
listens()
{
	grep -q -E ':(4853|1C06) .* 0A ' /proc/net/tcp ||
		{ [ "$1" = rxe ] && rdma resource show cm_id | grep -q 'state LISTEN'; }
}

# For a shell of its own, which becomes the program: who asks for data all the time, as perftest does, is
# behind the threads that move it.
# shellcheck disable=SC2016 # that shell's
behind='renice -n 19 $$ >/dev/null && exec timeout 300 "$@"'

# both PROGRAM OPTIONS SERVER CLIENT: the options are for both, which use the devices of $driver.
both()
{
	# shellcheck disable=SC2086 # lists of words
	sh -c "$behind" behind "$1" $2 $3 >/tmp/server 2>&1 &
	server=$!
	await listens "$driver"
	status=0
	# shellcheck disable=SC2086
	sh -c "$behind" behind "$1" $2 $4 >/tmp/client 2>&1 || status=$?
	[ "$status" = 0 ] || kill "$server" || :
	wait "$server" || status=$?
	cat /tmp/server /tmp/client
	[ "$status" = 0 ] || return "$status"
	# One of them tells of it and ends well.
	! grep -i -E 'invalid data|mismatch|error|failed' /tmp/server /tmp/client
}

# rping DRIVER SIZE COUNT: each ping is read, written back and compared.
pings()
{
	need INFINIBAND_ADDR_TRANS
	tools rping
	to=$(address "$1"1)
	over "$1" $(($2 * $3 * 2)) both rping "-V -S $2 -C $3 -a $to" -s "-c -I $(address "$1"0)"
}

# performs DRIVER BYTES PROGRAM OPTIONS: the connection is made as it can be. What is lost is sent again
# after 4 seconds: after perftest's own 67 ms, seven times, a slow machine is taken for dead.
performs()
{
	need INFINIBAND_ADDR_TRANS
	tools "$3"
	case $1 in
	rxe) by="-u 20 -x $(gid rxe0)" ;;
	siw) by=-R ;;
	esac
	over "$1" "$2" both "$3" "-F $by $4" "-d ${1}1" "-d ${1}0 $(address "$1"1)"
	did "$(grep -E '^ *[0-9]+ +[0-9]' /tmp/client | tr -s ' ')"
}

# Both connect by the manager.
performs_by_manager()
{
	tools "$3"
	over "$1" "$2" both "$3" "-F -R $4" "-d ${1}1" "-d ${1}0 $(address "$1"1)"
}

pingpong()
{
	tools ibv_rc_pingpong
	over rxe 3000000 both ibv_rc_pingpong "-c -n 200 -s 12289 -m 2048 -g $(gid rxe0)" "-d rxe1" "-d rxe0 $(address rxe1)"
}

# told PROGRAM DRIVER CASE...: what the program says is told, or shown.
told()
{
	need INFINIBAND_USER_ACCESS INFINIBAND_ADDR_TRANS
	tools "$1"
	program=$1 driver=$2
	shift 2
	status=0
	"$program" "$(address "$driver"0)" "$(address "$driver"1)" "$@" >/tmp/told || status=$?
	cat /tmp/told
	[ "$status" = 0 ] || return "$status"
	did "$driver, $*: $(cat /tmp/told)"
}

# regions DRIVER BYTES CASE [FILE]: data between regions; what has to cross at least.
regions()
{
	driver=$1 least=$2
	shift 2
	over "$driver" "$least" told umem "$driver" "$@"
}

transparent()
{
	need TRANSPARENT_HUGEPAGE PROC_PAGE_MONITOR
	echo 1 >/proc/sys/vm/compact_memory
	regions "$@"
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

on_tmpfs()
{
	mount -t tmpfs none /mnt
	regions "$@" /mnt/file
	umount /mnt
}

mixed() { with_large_pages on_tmpfs "$1" "$2" mixed; }

on_ext4()
{
	need EXT4_FS
	mkfs.ext4 -q -F /dev/vda
	mount -t ext4 /dev/vda /mnt
	regions "$1" "$2" disk /mnt/file
	sum=$(sum /mnt/file)
	umount /mnt
	mount -t ext4 /dev/vda /mnt
	has /mnt/file "$sum"
	umount /mnt
}

small_packets()
{
	for interface in "$1"a "$1"b; do
		ip link set "$interface" mtu 1500
	done
	regions "$1" "$2" fragmented
	for interface in "$1"a "$1"b; do
		ip link set "$interface" mtu 9000
	done
}

# Allocations of this program alone fail, of every kind, and nobody tells of it.
failing()
{
	need FAILSLAB FAIL_PAGE_ALLOC FAULT_INJECTION_DEBUG_FS
	debugfs
	for folder in /sys/kernel/debug/failslab /sys/kernel/debug/fail_page_alloc; do
		echo 0 >"$folder"/verbose
		echo N >"$folder"/ignore-gfp-wait
	done
	echo N >/sys/kernel/debug/fail_page_alloc/ignore-gfp-highmem
	echo 0 >/sys/kernel/debug/fail_page_alloc/min-order
	told umem-count "$1" "$2"
}

pins()
{
	cat /proc/sys/vm/stat_refresh
	awk '$1 == "nr_foll_pin_acquired" { n += $2 } $1 == "nr_foll_pin_released" { n -= $2 } END { print n }' /proc/vmstat
}

is_as_before() { [ "$(pins)" -eq "$pinned" ]; }

# Killed while it registers, moves and deregisters: nothing stays pinned, and the next one finds the device.
killed()
{
	need INFINIBAND_USER_ACCESS INFINIBAND_ADDR_TRANS
	tools umem-count
	pinned=$(pins)
	for wait in 0.1 0.3 0.7 1.1 2.3; do
		rm -f /tmp/held
		umem-count "$(address "$1"0)" "$(address "$1"1)" hold >/tmp/held &
		pid=$!
		await grep -q -s holds /tmp/held
		if [ "$(pins)" -lt $((pinned + 2047)) ]; then
			echo "the regions are not pinned"
			return 1
		fi
		sleep "$wait"
		kill -9 "$pid"
		wait "$pid" || :
		await is_as_before
	done
	regions "$1" 1000000 several
}

# Nothing is left of what all have done.
gone()
{
	rdma resource show mr >/tmp/left
	cat /tmp/left
	[ ! -s /tmp/left ]
	for device in rxe0 rxe1 siw0 siw1; do
		rdma link delete "$device"
	done
	ip link delete rxea
	ip link delete siwa
}

plan 60
check "two devices of rxe and two of siw" devices
for driver in rxe siw; do
	check "$driver: pings are what was sent" pings "$driver" 3001 50
	check "$driver: large pings" pings "$driver" 65536 20
	check "$driver: ib_send_bw" performs "$driver" 13107200 ib_send_bw "-s 65536 -n 200"
	check "$driver: ib_write_bw" performs "$driver" 13107200 ib_write_bw "-s 65536 -n 200"
	check "$driver: ib_read_lat" performs "$driver" 819200 ib_read_lat "-s 4096 -n 200"
done
check "rxe: ib_write_bw, connected by the manager" performs_by_manager rxe 13107200 ib_write_bw "-s 65536 -n 200"
check "rxe: ibv_rc_pingpong" pingpong
for driver in rxe siw; do
	check "$driver: anonymous memory of small pages" regions "$driver" 20000000 anonymous
	check "$driver: pages that are no neighbours" regions "$driver" 20000000 fragmented
	check "$driver: packets of one small page at most" small_packets "$driver" 20000000
	check "$driver: transparent large pages" transparent "$driver" 20000000 thp
	check "$driver: pages of hugetlbfs" with_large_pages regions "$driver" 20000000 hugetlb
	check "$driver: a page of 1 GiB" regions "$driver" 60000 gigantic
	check "$driver: shared memory" regions "$driver" 20000000 shmem
	check "$driver: a file of tmpfs" on_tmpfs "$driver" 20000000 file
	check "$driver: private copies of a file" on_tmpfs "$driver" 20000000 private
	check "$driver: a file of ext4" on_ext4 "$driver" 4000000
	check "$driver: one region over memory of all kinds" mixed "$driver" 20000000
	check "$driver: several regions of one memory" regions "$driver" 10000000 several
	check "$driver: memory that the program has given back" regions "$driver" 4000000 unmapped
	check "$driver: memory that may only be read" regions "$driver" 4000000 readonly
	check "$driver: a region goes while its peer writes to it" regions "$driver" 200000 withdrawn
	check "$driver: addresses of the device" regions "$driver" 10000 iova
	check "$driver: nothing outside of a region" told umem-count "$driver" bounds
	check "$driver: what is refused" told umem-count "$driver" refused
	check "$driver: RLIMIT_MEMLOCK" told umem-count "$driver" limit
	check "$driver: 100000 registrations" told umem-count "$driver" again 100000
	check "$driver: an allocation fails, of each registration another" failing "$driver" nth
	check "$driver: the same, of memory that was never touched" failing "$driver" untouched
	check "$driver: a process is killed" killed "$driver"
done
check "nothing is left" gone
finish
