/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * memory.h: what the guests' programs have in common: memory of every kind that
 * a user can have, and how they end. Exit status 1: something is wrong; 77: the
 * machine has no such memory.
 */
#ifndef MEMORY_H
#define MEMORY_H

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static void __attribute__((noreturn, format(printf, 2, 3))) end(int status, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
	exit(status);
}

#define HUGE ((size_t)2 << 20)
#define SKIPPED 77

static inline unsigned char *map(void *at, size_t len, int prot, int flags, int fd)
{
	unsigned char *p = mmap(at, len, prot, flags, fd, 0);

	return p == MAP_FAILED ? NULL : p;
}

/* Addresses, for mappings to be put there, aligned to a large page. */
static inline unsigned char *room(size_t len)
{
	unsigned char *p = map(NULL, len + HUGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1);

	if (!p)
		end(1, "no addresses: %s", strerror(errno));
	return p + (-(uintptr_t)p & (HUGE - 1));
}

static inline void anonymous(unsigned char *at, size_t len, int advice)
{
	if (!map(at, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1) ||
	    madvise(at, len, advice))
		end(1, "cannot map anonymous memory: %s", strerror(errno));
	memset(at, 1, len);
}

/* Whether what the kernel tells of a mapping says that all of it is large pages. */
static inline bool is_large(const unsigned char *at, size_t len)
{
	FILE *file = fopen("/proc/self/smaps", "r");
	unsigned long start = 0, value, large = 0;
	char line[512];

	if (!file)
		end(1, "no smaps: %s", strerror(errno));
	while (fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%lx-%lx ", &value, &(unsigned long){ 0 }) == 2)
			start = value;
		else if (start >= (unsigned long)at && start < (unsigned long)at + len &&
			 sscanf(line, "AnonHugePages: %lu kB", &value) == 1)
			large += value;
	}
	fclose(file);
	return large >= len / 1024;
}

static inline void thp(unsigned char *at, size_t len)
{
	anonymous(at, len, MADV_HUGEPAGE);
	if (!is_large(at, len))
		end(SKIPPED, "no large pages were free");
}

static inline void hugetlb(unsigned char *at, size_t len)
{
	if (!map(at, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB | MAP_FIXED, -1))
		end(SKIPPED, "no pages in hugetlbfs: %s", strerror(errno));
	memset(at, 1, len);
}

static inline void shmem(unsigned char *at, size_t len)
{
	if (!map(at, len, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, -1))
		end(1, "cannot map shared memory: %s", strerror(errno));
	memset(at, 1, len);
}

static inline void file(unsigned char *at, size_t len, const char *path, int flags)
{
	int fd = path ? open(path, O_RDWR | O_CREAT, 0600) : -1;

	if (fd < 0 || ftruncate(fd, len) ||
	    !map(at, len, PROT_READ | PROT_WRITE, flags | MAP_FIXED, fd))
		end(1, "cannot map '%s': %s", path ? path : "no file", strerror(errno));
	close(fd);
	memset(at, 1, len);
}

/* One span over memory of all kinds, in no order. */
static inline void mixed(unsigned char *at, const char *path)
{
	anonymous(at, HUGE, MADV_NOHUGEPAGE);
	anonymous(at + HUGE, HUGE, MADV_HUGEPAGE);
	hugetlb(at + 2 * HUGE, HUGE);
	shmem(at + 3 * HUGE, HUGE / 2);
	file(at + 3 * HUGE + HUGE / 2, HUGE / 2, path, MAP_PRIVATE);
}

#endif
