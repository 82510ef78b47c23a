// SPDX-License-Identifier: GPL-2.0-only
/*
 * umem-count: registers memory with RDMA devices in ways that fail, that are limited,
 * or very often, and looks at what stays registered, counted and pinned.
 *
 *	umem-count FROM TO CASE [NUMBER]
 *
 * FROM and TO are addresses of the two devices' network interfaces. CASE is one of:
 * refused, limit, bounds, again NUMBER, nth, untouched, hold. For nth and untouched
 * the kernel lets allocations fail.
 *
 * Prints what it did; exit status 0 if all was as it should be, 77 if the kernel
 * has no such thing.
 *
 * Libraries: rdmacm ibverbs rxe-rdmav34 siw-rdmav34 ibverbs nl-route-3 nl-3
 */
#define _GNU_SOURCE
#include <linux/capability.h>
#include <sys/syscall.h>
#include <sys/utsname.h>

#include "rdma.h"

static bool is_before(int major, int minor)
{
	struct utsname name;
	int a, b;

	if (uname(&name) || sscanf(name.release, "%d.%d", &a, &b) != 2)
		end(1, "no version of a kernel");
	return a < major || (a == major && b < minor);
}

static void refused(unsigned char *at)
{
	for (int i = 0; i < 2; i++) {
		const struct side *side = i ? &to : &from;
		struct count before = count();

		anonymous(at, SIZE, MADV_NOHUGEPAGE);
		refuses("nothing", side, at, 0, ALL, EINVAL);
		/* Before 6.8 siw pins memory itself. */
		refuses("the end of all addresses", side, (void *)-page, page, ALL,
			is_iwarp(side) && is_before(6, 8) ? EFAULT : EINVAL);
		/* siw allocates by the length before anybody looks at it. */
		if (!is_iwarp(side))
			refuses("more than there are addresses", side, at, -(uintptr_t)at + page, ALL, EINVAL);
		refuses("the kernel's memory", side, (void *)0xffff888000000000, page, ALL, EFAULT);
		refuses("the page 0", side, NULL, page, ALL, EFAULT);
		munmap(at + SIZE - 3 * page, page);
		refuses("a hole near the end", side, at, SIZE, ALL, EFAULT);
		refuses("a hole at the end", side, at + 7, SIZE - 3 * page, ALL, EFAULT);
		refuses("a hole at the start", side, at + SIZE - 3 * page, 2 * page, ALL, EFAULT);
		deregister(registered(side, at, SIZE - 3 * page, ALL));
		munmap(at + page, page);
		refuses("a hole behind the first page", side, at, HUGE, ALL, EFAULT);
		refuses("a byte of a hole", side, at + page - 1, 2, ALL, EFAULT);
		if (mprotect(at + HUGE, page, PROT_NONE))
			broken("mprotect");
		refuses("memory that nobody may read", side, at + HUGE - page, 2 * page, ALL, EFAULT);
		/* Before 6.2 who only reads is not asked whether one may (FOLL_FORCE). */
		if (is_before(6, 2))
			deregister(registered(side, at + HUGE - page, 2 * page, 0));
		else
			refuses("the same, for reading", side, at + HUGE - page, 2 * page, 0, EFAULT);
		munmap(at, SIZE);
		refuses("no memory", side, at, SIZE, ALL, EFAULT);
		is_counted(before, 0, "what was refused");
	}
}

static void without(unsigned int capability)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = { };

	if (syscall(SYS_capget, &header, data))
		broken("capget");
	data[0].effective &= ~(1u << capability);
	if (syscall(SYS_capset, &header, data))
		broken("capset");
}

static void limit(unsigned char *at)
{
	size_t most = 4 * HUGE / 2, base = counted() * page;

	anonymous(at, SIZE, MADV_NORMAL);
	for (int i = 0; i < 2; i++) {
		const struct side *side = i ? &to : &from;
		struct count before = count();
		struct ibv_mr *mr[2];

		limited(base + most);
		refuses("more than may be locked", side, at, most + 1, ALL, ENOMEM);
		refuses("a page more, by an odd start", side, at + 1, most, ALL, ENOMEM);
		mr[0] = registered(side, at, most - HUGE / 2, ALL);
		refuses("more in all", side, at + most, HUGE / 2 + page, ALL, ENOMEM);
		mr[1] = registered(side, at + most - HUGE / 2, HUGE / 2, ALL);
		is_counted(before, most / page, "all that may be locked");
		refuses("a page more", side, at, 1, ALL, ENOMEM);
		deregister(mr[0]);
		is_counted(before, HUGE / 2 / page, "what is left");
		deregister(mr[1]);
		deregister(registered(side, at + page - 1, most - page + 1, ALL));
		limited(0);
		if (try(side, at, page, ALL) || (errno != EPERM && errno != ENOMEM))
			broken("nothing may be locked");
		is_counted(before, 0, "no region");
	}
	limited(RLIM_INFINITY);
}

/* One access that must fail: a write's note never arrives, a read never ends well. */
static void fails(const char *what, enum ibv_wr_opcode opcode, struct piece piece, uint64_t remote, uint32_t rkey)
{
	struct piece sent = note_of(&from), received = note_of(&to);
	time_t since = time(NULL);
	struct ibv_wc wc = { };
	int failed;

	post_receive(&to, &received, 1);
	failed = try_post(&from, opcode, &piece, 1, remote, rkey);
	if (!failed && opcode == IBV_WR_RDMA_WRITE)
		try_post(&from, IBV_WR_SEND, &sent, 1, 0, 0);
	while (!failed) {
		if (polled(&to, &wc)) {
			if (wc.status == IBV_WC_SUCCESS)
				end(1, "%s: what was sent behind it arrives", what);
			break;
		}
		if (polled(&from, &wc)) {
			if (wc.status != IBV_WC_SUCCESS)
				break;
			if (opcode == IBV_WR_RDMA_READ)
				end(1, "%s ends well", what);
		}
		if (time(NULL) > since + WAIT)
			end(1, "%s does not end", what);
	}
	is_as_it_was(what);
	moves++;
}

/* Nothing outside of a region is read or written. */
static void bounds(unsigned char *at)
{
	const struct {
		const char *what;
		long a, b;		/* from the start of the regions */
		size_t len;
	} outside[] = {
		{ "a byte behind the other's region", 0, HUGE - 1, 2 },
		{ "a byte before the other's region", 0, -1, 2 },
		{ "far behind the other's region", 0, HUGE + 3 * page, page },
		{ "a byte behind the own region", HUGE - 1, 0, 2 },
		{ "a byte before the own region", -1, 0, 2 },
		{ "a region that is gone", 0, 0, page },
	};
	const size_t n = sizeof(outside) / sizeof(*outside);

	anonymous(at, SIZE, MADV_NOHUGEPAGE);
	fill(at, SIZE, 8);
	memcpy(was, at, SIZE);
	start = at;
	for (size_t i = 0; i < 2 * n; i++) {
		enum ibv_wr_opcode opcode = i < n ? IBV_WR_RDMA_WRITE : IBV_WR_RDMA_READ;
		unsigned char *a = at + page + 11, *b = at + HALF + page + 9;
		struct count before = count();
		struct ibv_mr *near = registered(&from, a, HUGE, ALL), *far = registered(&to, b, HUGE, ALL);
		struct piece piece = { near, a + outside[i % n].a, outside[i % n].len };
		uint32_t rkey = far->rkey;

		if (i % n == n - 1)
			deregister(far);
		fails(outside[i % n].what, opcode, piece, (uintptr_t)b + outside[i % n].b, rkey);
		deregister(near);
		if (i % n != n - 1)
			deregister(far);
		is_counted(before, 0, "no region");
		disconnected();
		connected();
	}
}

/* Kilobytes of the kernel that cannot be taken back from it. */
static long unreclaimable(void)
{
	FILE *file = fopen("/proc/meminfo", "r");
	char line[256];
	long kib = -1;

	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "SUnreclaim: %ld kB", &kib) == 1)
			break;
	if (file)
		fclose(file);
	if (kib < 0)
		end(1, "no SUnreclaim in /proc/meminfo");
	return kib;
}

/* Nothing is lost, of what is counted and of the kernel's memory, by doing it very often. */
static void again(unsigned char *at, unsigned long n)
{
	struct count before;
	long kib = 0;

	fragmented(at, HALF);
	anonymous(at + HALF, HALF, MADV_HUGEPAGE);
	before = count();
	for (unsigned long i = 0; i < n; i++) {
		size_t pos = i * 4099 % HALF, len = 1 + i * 7919 % (64 * page);
		struct ibv_mr *mr = registered(&from, at + pos, len, ALL);

		if (i % 1000 == 0)
			is_counted(before, pages_of(at + pos, len), "a region");
		deregister(mr);
		/* What a kernel keeps once is kept by now. */
		if (i == n / 10)
			kib = unreclaimable();
	}
	is_counted(before, 0, "no region");
	kib = unreclaimable() - kib;
	printf("the kernel has %ld KiB more, ", kib);
	if (kib > 4096)
		end(1, "which is too much");
}

static int nth_open(void)
{
	int fd = open("/proc/thread-self/fail-nth", O_RDWR);

	if (fd < 0)
		end(SKIPPED, "no allocation can be made to fail: %s", strerror(errno));
	return fd;
}

static void nth_set(int fd, unsigned int n)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%u", n);

	if (pwrite(fd, text, len, 0) != len)
		broken("no allocation can be made to fail");
}

/* Whether one has failed since. */
static bool nth_was(int fd)
{
	char text[16] = "";

	if (pread(fd, text, sizeof(text) - 1, 0) <= 0)
		broken("no allocation can be made to fail");
	return !atoi(text);
}

/*
 * A registration whose n-th allocation fails, for each n, ends with an error and
 * with nothing left, or well. siw keeps all of the region when its own record of
 * it cannot be allocated: that much is known of v6.1 to v7.3, and told.
 */
static void nth(const struct side *side, unsigned char *at, size_t len, bool touched)
{
	unsigned int n, kept = 0, failed = 0, well = 0, other = 0;
	int fd = nth_open();
	bool more = true;

	for (n = 1; more; n++) {
		struct count before, after;
		struct ibv_mr *mr;
		int error;

		if (!touched && (!map(at, HUGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1) ||
				 madvise(at, HUGE, MADV_NOHUGEPAGE)))
			broken("no memory");
		before = count();
		nth_set(fd, n);
		mr = try(side, at + 5, len, ALL);
		error = errno;
		more = nth_was(fd);
		nth_set(fd, 0);
		if (mr) {
			is_counted(before, pages_of(at + 5, len), "a region");
			deregister(mr);
			is_counted(before, 0, "no region");
			well++;
			continue;
		}
		failed++;
		if (!more)
			end(1, "with no failure of an allocation: %s", strerror(error));
		/* rxe says EINVAL when its table has no room. */
		if (error != ENOMEM && error != EINVAL)
			end(1, "allocation %u fails: %s", n, strerror(error));
		other += error == EINVAL;
		after = count();
		if (is_iwarp(side) && after.counted == before.counted + (long)pages_of(at + 5, len) &&
		    after.pinned == before.pinned + (long)pages_of(at + 5, len))
			kept++;
		else
			is_counted(before, 0, "after a failure");
	}
	close(fd);
	lost += kept * pages_of(at + 5, len);
	printf("%u allocations failed, %u registrations (%u with EINVAL), ", n - 2, failed, other);
	if (kept)
		printf("%u of siw's own left the region pinned, ", kept);
	/* Some of them a kernel can do without: how many is its own affair. */
	if (n < 8 || !failed || !well || kept > 6)
		end(1, "which is not as it should be");
}

/* Regions of all kinds, and registering, writing and deregistering, until somebody ends it. */
static void hold(unsigned char *at)
{
	struct ibv_mr *near, *far;

	anonymous(at, HALF, MADV_NORMAL);
	shmem(at + HALF, HALF);
	near = registered(&from, at + 1, HALF - 1, ALL);
	far = registered(&to, at + HALF, HALF, ALL);
	puts("holds");
	fflush(stdout);
	for (size_t i = 0;; i++) {
		struct ibv_mr *mr = registered(&from, at + i % 512 * page, HUGE + i % 4099, ALL);

		write_to(&(struct piece){ mr, mr->addr, HUGE }, 1, (uintptr_t)at + HALF + i % 4099, far->rkey);
		read_from(&(struct piece){ near, at + 1, HUGE / 2 }, 1, (uintptr_t)at + HALF, far->rkey);
		deregister(mr);
	}
}

int main(int argc, char **argv)
{
	const char *what = argc > 3 ? argv[3] : "";
	struct count before;
	unsigned char *at;

	if (argc < 4)
		end(2, "usage: umem-count FROM TO CASE [NUMBER]");
	/* The kernel takes orders from the one alone who has opened the device. */
	if (!strcmp(what, "limit"))
		without(CAP_IPC_LOCK);
	before = begin(argv[1], argv[2]);
	at = room(SIZE);
	if (!strcmp(what, "refused")) {
		refused(at);
	} else if (!strcmp(what, "limit")) {
		limit(at);
	} else if (!strcmp(what, "bounds")) {
		bounds(at);
	} else if (!strcmp(what, "again") && argc > 4) {
		again(at, strtoul(argv[4], NULL, 10));
	} else if (!strcmp(what, "nth")) {
		fragmented(at, SIZE);
		nth(&from, at, HALF + 7, true);
	} else if (!strcmp(what, "untouched")) {
		nth(&from, at, 64 * page, false);
	} else if (!strcmp(what, "hold")) {
		hold(at);
	} else {
		end(2, "usage: umem-count FROM TO CASE [NUMBER]");
	}
	munmap(at, SIZE);
	finish(before);
	return 0;
}
