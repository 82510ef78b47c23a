// SPDX-License-Identifier: GPL-2.0-only
/*
 * vfio: has its own memory mapped for devices by the type1 container, lets them
 * read and write it, and looks at each byte.
 *
 *	vfio [-n NVME] EDU CASE [FILE]
 *
 * EDU and NVME are addresses of PCI devices that vfio-pci has: the device of
 * that name that QEMU makes for teaching, and a disk whose content is lost. CASE
 * is a kind of memory (anonymous, thp, hugetlb, shmem, file or private of FILE,
 * readonly, mixed) or one of: refused, awaited, entries, limit, hole, device, late GROUP,
 * hold, costs.
 *
 * Each case ends with as many pages unpinned as were pinned, in the whole
 * machine, and nothing counted against the user. Prints what it did; exit status
 * 0 if all was as it should be, 77 if the machine has no such memory.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/userfaultfd.h>
#include <limits.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include "costs.h"
#include "devices.h"

#define MIB		((size_t)1 << 20)
#define SIZE		(4 * HUGE)
#define IOVA		((uint64_t)64 << 20)

/* Both devices at places that have nothing in common with pages. */
static void exercise(const struct device *edu, struct nvme *nvme, unsigned char *at, uint64_t iova, size_t len)
{
	static unsigned char was[SIZE];
	size_t step = len / 16 + page - 123;

	fill(at, len, 0);
	memcpy(was, at, len);
	for (size_t pos = 5; pos + 2 * step + EDU_BYTES < len; pos += step) {
		size_t n = pos % 3 ? EDU_BYTES : 1 + pos % EDU_BYTES;

		edu_copy(edu, iova + pos, iova + pos + step, n);
		memcpy(was + pos + step, was + pos, n);
	}
	holds(at, was, len, "edu");
	if (!nvme)
		return;

	for (size_t pos = 4; pos + len / 2 + MIB / 2 < len; pos += len / 5 + page - 512 + 8) {
		nvme_move(nvme, true, iova + pos, MIB / 4 + NVME_SECTOR);
		nvme_move(nvme, false, iova + pos + len / 2, MIB / 4 + NVME_SECTOR);
		memcpy(was + pos + len / 2, was + pos, MIB / 4 + NVME_SECTOR);
	}
	holds(at, was, len, "nvme");
}

static bool kind_make(const char *kind, unsigned char *at, size_t len, const char *path)
{
	if (!strcmp(kind, "anonymous"))
		anonymous(at, len, MADV_NOHUGEPAGE);
	else if (!strcmp(kind, "thp"))
		thp(at, len);
	else if (!strcmp(kind, "hugetlb"))
		hugetlb(at, len);
	else if (!strcmp(kind, "shmem"))
		shmem(at, len);
	else if (!strcmp(kind, "file"))
		file(at, len, path, MAP_SHARED);
	else if (!strcmp(kind, "private"))
		file(at, len, path, MAP_PRIVATE);
	else if (!strcmp(kind, "mixed"))
		mixed(at, path);
	else
		return false;
	return true;
}

/* Map all, parts, and what is left of it when the program has unmapped it. */
static void kind(const struct device *edu, struct nvme *nvme, unsigned char *at, size_t len)
{
	long before = locked(), pins = pinned();

	is_mapped(at, IOVA, len, READ_WRITE);
	if (locked() != before + (long)len)
		end(1, "%ld bytes are counted for %zu", locked() - before, len);
	exercise(edu, nvme, at, IOVA, len);
	is_unmapped(IOVA, len);

	/* Regions that meet, in another order, at other places in a large page. */
	is_mapped(at + page, IOVA + 3 * page, HUGE, READ_WRITE);
	is_mapped(at + page + HUGE, IOVA + 3 * page + HUGE, len - HUGE - 2 * page, READ_WRITE);
	is_mapped(at, IOVA + 2 * page, page, READ_WRITE);
	exercise(edu, nvme, at, IOVA + 2 * page, len - page);
	is_unmapped(IOVA + 2 * page, len - page);

	/* Two at once. */
	is_mapped(at, IOVA, HUGE, READ_WRITE);
	is_mapped(at + HUGE, IOVA + 2 * HUGE, HUGE, READ_WRITE);
	if (nvme) {
		is_unmapped(IOVA, HUGE);
		is_unmapped(IOVA + 2 * HUGE, HUGE);
	} else if (unmap_dma(0, 0, VFIO_DMA_UNMAP_FLAG_ALL) != (long)(2 * HUGE)) {
		end(1, "not everything was unmapped");
	}
	if (locked() != before || pinned() != pins)
		end(1, "%ld bytes counted and %ld pages pinned in the end", locked() - before, pinned() - pins);
}

static void readonly(const struct device *edu, unsigned char *at)
{
	unsigned char *to = at + HUGE;
	long before = locked();

	anonymous(at, SIZE, MADV_NOHUGEPAGE);
	fill(at, HUGE, 1);
	if (mprotect(at, HUGE, PROT_READ))
		broken("mprotect");
	refuses("writing to what may only be read", map_dma(at, IOVA, HUGE, READ_WRITE), EFAULT);
	if (locked() != before)
		end(1, "%ld bytes are counted for nothing", locked() - before);
	is_mapped(at, IOVA, HUGE, VFIO_DMA_MAP_FLAG_READ);
	is_mapped(to, IOVA + HUGE, HUGE, READ_WRITE);
	edu_copy(edu, IOVA + 77, IOVA + HUGE + 5, EDU_BYTES);
	holds(to + 5, at + 77, EDU_BYTES, "edu");
	is_unmapped(IOVA, 2 * HUGE);

	/* Never touched: the page of zeroes, again and again; it counts for nobody. */
	if (!map(at, HUGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1) ||
	    madvise(at, HUGE, MADV_NOHUGEPAGE))
		broken("mmap");
	before = locked();
	is_mapped(at, IOVA, HUGE, VFIO_DMA_MAP_FLAG_READ);
	printf("%ld bytes are counted for zeroes, ", locked() - before);
	is_mapped(to, IOVA + HUGE, HUGE, READ_WRITE);
	edu_copy(edu, IOVA + 77, IOVA + HUGE + 5, EDU_BYTES);
	for (size_t i = 0; i < EDU_BYTES; i++)
		if (to[5 + i])
			end(1, "a zero is %d", to[5 + i]);
	is_unmapped(IOVA, 2 * HUGE);
	if (locked() != before)
		end(1, "%ld bytes are counted in the end", locked() - before);
}

static void refused(unsigned char *at)
{
	anonymous(at, SIZE, MADV_NOHUGEPAGE);
	refuses("nothing", map_dma(at, IOVA, 0, READ_WRITE), EINVAL);
	refuses("an odd address", map_dma(at + 1, IOVA, page, READ_WRITE), EINVAL);
	refuses("an odd I/O address", map_dma(at, IOVA + 1, page, READ_WRITE), EINVAL);
	refuses("an odd length", map_dma(at, IOVA, page + 1, READ_WRITE), EINVAL);
	refuses("neither reading nor writing", map_dma(at, IOVA, page, 0), EINVAL);
	is_mapped(at, IOVA, HUGE, READ_WRITE);
	refuses("the same again", map_dma(at, IOVA, HUGE, READ_WRITE), EEXIST);
	refuses("an overlap at the front", map_dma(at, IOVA - page, 2 * page, READ_WRITE), EEXIST);
	refuses("an overlap at the end", map_dma(at, IOVA + HUGE - page, 2 * page, READ_WRITE), EEXIST);
	refuses("half of a region", -unmap_dma(IOVA, HUGE / 2, 0), EINVAL);
	refuses("the other half", -unmap_dma(IOVA + HUGE / 2, HUGE / 2, 0), EINVAL);
	if (unmap_dma(IOVA + HUGE, HUGE, 0) != 0)
		end(1, "what is not mapped was unmapped");
	is_mapped(at + HUGE, IOVA + 2 * HUGE, HUGE, READ_WRITE);
	if (unmap_dma(IOVA - HUGE, 8 * HUGE, 0) != (long)(2 * HUGE))
		end(1, "a hole between regions is counted");
}

static void entries(unsigned char *at)
{
	unsigned long n = 0;
	int error;

	anonymous(at, HUGE, MADV_NOHUGEPAGE);
	do {
		error = map_dma(at + n % 512 * page, IOVA + n * page, page, READ_WRITE);
		n += !error;
	} while (!error);
	refuses("one region more", error, ENOSPC);
	printf("%lu regions, ", n);
	if (n < 1000)
		end(1, "only %lu regions", n);
	if (unmap_dma(0, 0, VFIO_DMA_UNMAP_FLAG_ALL) != (long)(n * page))
		end(1, "not everything was unmapped");
	is_mapped(at, IOVA, page, READ_WRITE);
	is_unmapped(IOVA, page);
}

static void limit(unsigned char *at)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = { };
	struct rlimit most = { 4 * MIB, 4 * MIB };
	long before = pinned();

	anonymous(at, SIZE, MADV_NORMAL);
	if (syscall(SYS_capget, &header, data))
		broken("capget");
	data[0].effective &= ~(1u << CAP_IPC_LOCK);
	if (setrlimit(RLIMIT_MEMLOCK, &most) || syscall(SYS_capset, &header, data))
		broken("no limit");
	refuses("more than may be locked", map_dma(at, IOVA, 4 * MIB + page, READ_WRITE), ENOMEM);
	if (locked() || pinned() != before)
		end(1, "%ld bytes counted and %ld pages pinned for nothing", locked(), pinned() - before);
	is_mapped(at, IOVA, 3 * MIB, READ_WRITE);
	refuses("more in all", map_dma(at + 4 * MIB, IOVA + SIZE, MIB + page, READ_WRITE), ENOMEM);
	is_mapped(at + 3 * MIB, IOVA + 3 * MIB, MIB, READ_WRITE);
	if (locked() != (long)(4 * MIB))
		end(1, "%ld bytes are counted", locked());
	is_unmapped(IOVA, 4 * MIB);
	if (locked())
		end(1, "%ld bytes are counted in the end", locked());
	is_mapped(at, IOVA, 4 * MIB, READ_WRITE);
	is_unmapped(IOVA, 4 * MIB);
}

static void hole(unsigned char *at)
{
	long before = pinned(), counted = locked();

	anonymous(at, SIZE, MADV_NOHUGEPAGE);
	munmap(at + SIZE - 3 * page, page);
	refuses("a hole", map_dma(at, IOVA, SIZE, READ_WRITE), EFAULT);
	if (locked() != counted || pinned() != before)
		end(1, "%ld bytes counted and %ld pages pinned for nothing", locked() - counted, pinned() - before);
	is_mapped(at, IOVA, SIZE - 3 * page, READ_WRITE);
	is_unmapped(IOVA, SIZE - 3 * page);
}

/* Memory of which a part would come from user space: who maps it may not wait for that, it keeps the container. */
static void awaited(unsigned char *at)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register missing = { .mode = UFFDIO_REGISTER_MODE_MISSING };
	long before = pinned(), counted = locked();
	int fd = syscall(SYS_userfaultfd, O_CLOEXEC);

	if (fd < 0)
		end(77, "no userfaultfd");
	anonymous(at, SIZE, MADV_NOHUGEPAGE);
	missing.range = (struct uffdio_range){ .start = (uintptr_t)at, .len = SIZE };
	if (madvise(at + HUGE, page, MADV_DONTNEED) || ioctl(fd, UFFDIO_API, &api) ||
	    ioctl(fd, UFFDIO_REGISTER, &missing))
		broken("memory is not watched");
	/* Who waits is ended by this. */
	alarm(60);
	refuses("what is to come from user space", map_dma(at, IOVA, SIZE, READ_WRITE), EFAULT);
	alarm(0);
	if (locked() != counted || pinned() != before)
		end(1, "%ld bytes counted and %ld pages pinned for nothing", locked() - counted, pinned() - before);
	is_mapped(at, IOVA, HUGE, READ_WRITE);
	is_unmapped(IOVA, HUGE);
	close(fd);
	is_mapped(at, IOVA, SIZE, READ_WRITE);
	is_unmapped(IOVA, SIZE);
}

/* The registers of one device are memory without pages for the other. */
static void of_device(const struct device *edu, const struct device *other, unsigned char *at)
{
	long before = pinned(), counted = locked();
	unsigned char was[8];
	size_t behind;

	anonymous(at, HUGE, MADV_NOHUGEPAGE);
	for (size_t i = 0; i < 8; i += 4)
		memcpy(was + i, &(uint32_t){ read32(other, i) }, 4);
	is_mapped((void *)other->bar, IOVA, other->bar_len, READ_WRITE);
	if (locked() != counted || pinned() != before)
		end(1, "%ld bytes counted and %ld pages pinned for registers", locked() - counted, pinned() - before);
	is_mapped(at, IOVA + HUGE, HUGE, READ_WRITE);
	edu_copy(edu, IOVA, IOVA + HUGE + 3 * page, 4);
	edu_copy(edu, IOVA + 4, IOVA + HUGE + 3 * page + 4, 4);
	holds(at + 3 * page, was, 8, "edu");
	is_unmapped(IOVA, other->bar_len);
	is_unmapped(IOVA + HUGE, HUGE);

	/* In one region with pages before and behind. The first of its regions is where its file starts. */
	behind = HUGE + page + other->bar_len;
	anonymous(at, SIZE, MADV_NOHUGEPAGE);
	fill(at, SIZE, 4);
	if (!map(at + HUGE + page, other->bar_len, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, other->fd))
		broken("the registers cannot be mapped again");
	is_mapped(at, IOVA, SIZE, READ_WRITE);
	if (locked() != counted + (long)(SIZE - other->bar_len) ||
	    pinned() != before + (long)((SIZE - other->bar_len) / page))
		end(1, "%ld bytes counted and %ld pages pinned", locked() - counted, pinned() - before);
	edu_copy(edu, IOVA + HUGE + page, IOVA + 3 * page, 4);
	edu_copy(edu, IOVA + HUGE + page + 4, IOVA + 3 * page + 4, 4);
	holds(at + 3 * page, was, 8, "edu");
	edu_copy(edu, IOVA + HUGE + 5, IOVA + behind + 17, EDU_BYTES - 10);
	holds(at + behind + 17, at + HUGE + 5, EDU_BYTES - 10, "edu");
	is_unmapped(IOVA, SIZE);
}

/*
 * A container whose first device is none that can do DMA: what is mapped is pinned
 * when one comes that can, and given back when that one leaves.
 */
static void late(int first, const char *address, unsigned char *at)
{
	long before = pinned(), counted = locked();
	struct device edu;

	anonymous(at, SIZE, MADV_NORMAL);
	fill(at, SIZE, 3);
	is_mapped(at, IOVA, HUGE, READ_WRITE);
	is_mapped(at + HUGE + page, IOVA + HUGE + page, HUGE, READ_WRITE);
	if (locked() != counted || pinned() != before)
		end(1, "%ld bytes counted and %ld pages pinned for no device", locked() - counted, pinned() - before);

	group = group_open(group_of(address));
	if (locked() != counted + (long)(2 * HUGE))
		end(1, "%ld bytes are counted", locked() - counted);
	edu = device_open(group, address);
	edu_copy(&edu, IOVA + 5, IOVA + HUGE + page + 17, EDU_BYTES);
	holds(at + HUGE + page + 17, at + 5, EDU_BYTES, "edu");
	munmap((void *)edu.bar, edu.bar_len);
	close(edu.fd);
	if (ioctl(group, VFIO_GROUP_UNSET_CONTAINER))
		broken("the group does not leave");
	close(group);
	if (locked() != counted || pinned() != before)
		end(1, "%ld bytes counted and %ld pages pinned when the device left", locked() - counted, pinned() - before);
	is_unmapped(IOVA, HUGE);
	is_unmapped(IOVA + HUGE + page, HUGE);
	close(first);
}

/* In nanoseconds of this machine's clock, the least of a few times. */
static void cost(const char *of, unsigned char *at)
{
	long least[2] = { LONG_MAX, LONG_MAX };

	for (int i = 0; i < 3; i++) {
		long t[3];

		t[0] = now();
		is_mapped(at, GIB, GIB, READ_WRITE);
		t[1] = now();
		is_unmapped(GIB, GIB);
		t[2] = now();
		keep_least(&least[0], t[1] - t[0]);
		keep_least(&least[1], t[2] - t[1]);
	}
	printf("figure instructions to map %s: %ld\n", of, least[0]);
	printf("figure instructions to unmap %s: %ld\n", of, least[1]);
}

/*
 * Map and unmap until somebody ends it. No device is at work: edu cannot be reset, and would go on when the
 * container is gone, which the IOMMU tells as the fault that it is.
 */
static void hold(unsigned char *at)
{
	anonymous(at, SIZE, MADV_NORMAL);
	is_mapped(at, IOVA, HUGE, READ_WRITE);
	puts("holds");
	fflush(stdout);
	for (size_t i = 0;; i++) {
		is_mapped(at + HUGE, IOVA + HUGE, HUGE + i % 512 * page, READ_WRITE);
		is_unmapped(IOVA + HUGE, HUGE + i % 512 * page);
	}
}

int main(int argc, char **argv)
{
	const char *address, *what, *path, *disk = NULL;
	struct nvme nvme = { };
	struct device edu;
	unsigned char *at;
	long before;

	if (argc > 2 && !strcmp(argv[1], "-n")) {
		disk = argv[2];
		argc -= 2;
		argv += 2;
	}
	if (argc < 3)
		end(2, "usage: vfio [-n NVME] EDU CASE [FILE]");
	address = argv[1];
	what = argv[2];
	path = argc > 3 ? argv[3] : NULL;
	page = sysconf(_SC_PAGESIZE);
	at = room(SIZE);
	before = pinned();

	container_open();
	if (!strcmp(what, "late")) {
		int first = group_open(path ? atoi(path) : -1);

		container_start();
		late(first, address, at);
		printf("%lu maps, %lu bytes moved\n", maps, moved);
		return 0;
	}
	group = group_open(group_of(address));
	container_start();
	edu = device_open(group, address);
	if ((read32(&edu, EDU_ID) & 0xff) != 0xed)
		end(1, "%s is not the device that is named edu", address);
	if (disk)
		nvme.device = device_open(group_open(group_of(disk)), disk);

	if (!strcmp(what, "readonly")) {
		readonly(&edu, at);
	} else if (!strcmp(what, "refused")) {
		refused(at);
	} else if (!strcmp(what, "awaited")) {
		awaited(at);
	} else if (!strcmp(what, "entries")) {
		entries(at);
	} else if (!strcmp(what, "limit")) {
		limit(at);
	} else if (!strcmp(what, "hole")) {
		hole(at);
	} else if (!strcmp(what, "device") && disk) {
		of_device(&edu, &nvme.device, at);
	} else if (!strcmp(what, "costs")) {
		each_gigabyte(cost);
	} else if (!strcmp(what, "hold")) {
		hold(at);
	} else if (kind_make(what, at, SIZE, path)) {
		kind(&edu, NULL, at, SIZE);
		if (disk) {
			nvme_start(&nvme, IOVA / 2);
			kind(&edu, &nvme, at, SIZE);
			nvme_stop(&nvme);
		}
	} else {
		end(2, "usage: vfio [-n NVME] EDU CASE [FILE]");
	}
	munmap(at, SIZE);
	if (pinned() != before)
		end(1, "%ld pages are still pinned", pinned() - before);
	printf("%lu maps, %lu bytes moved\n", maps, moved);
	return 0;
}
