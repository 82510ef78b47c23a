/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * memory.h: what the guests' programs have in common: memory of every kind that
 * a user can have, what is known of it, and how they end. Exit status 1: something
 * is wrong; 77: the machine has no such memory.
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

/* The same, with the reason. */
static inline void __attribute__((noreturn, format(printf, 1, 2))) broken(const char *format, ...)
{
	int error = errno;
	va_list args;

	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	end(1, ": %s", strerror(error));
}

#define HUGE ((size_t)2 << 20)
#define GIB ((size_t)1 << 30)
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

/* Small pages that are touched in another order than they lie in, so that few are neighbours in the machine. */
static inline void fragmented(unsigned char *at, size_t len)
{
	size_t page = sysconf(_SC_PAGESIZE), n = len / page;

	if (!map(at, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1) ||
	    madvise(at, len, MADV_NOHUGEPAGE))
		end(1, "cannot map anonymous memory: %s", strerror(errno));
	/* 37 is prime to the number of pages of whatever is a power of 2. */
	for (size_t i = 0; i < n; i++)
		at[i * 37 % n * page] = 1;
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

/* Bytes that tell what was moved from what was not. */
static inline void fill(unsigned char *at, size_t len, size_t seed)
{
	for (size_t i = 0; i < len; i++)
		at[i] = (uint32_t)((seed + i) * 2654435761U) >> 24;
}

static inline void holds(const unsigned char *at, const unsigned char *want, size_t len, const char *who)
{
	if (!memcmp(at, want, len))
		return;
	for (size_t i = 0; i < len; i++)
		if (at[i] != want[i])
			end(1, "%s: byte %zu of %zu at %p is %d and not %d", who, i, len, (const void *)at, at[i], want[i]);
	end(1, "%s: the memory changes while it is looked at", who);
}

static inline long vmstat(const char *name)
{
	FILE *file = fopen("/proc/vmstat", "r");
	char key[64];
	long value, found = -1;

	while (file && fscanf(file, "%63s %ld", key, &value) == 2)
		if (!strcmp(key, name))
			found = value;
	if (file)
		fclose(file);
	if (found < 0)
		end(1, "no %s in /proc/vmstat", name);
	return found;
}

/* Pages that are pinned now, of all who pin. Each CPU has counted for itself until this file is read. */
static inline long pinned(void)
{
	int fd = open("/proc/sys/vm/stat_refresh", O_RDONLY);
	char byte;

	if (fd >= 0 && read(fd, &byte, 1) < 0)
		broken("stat_refresh");
	if (fd >= 0)
		close(fd);
	return vmstat("nr_foll_pin_acquired") - vmstat("nr_foll_pin_released");
}

#endif
