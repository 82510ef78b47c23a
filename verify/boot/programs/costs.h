/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * costs.h: what the guests' programs that tell costs have in common: a gigabyte of
 * each kind of memory, and a clock, which counts instructions on a machine where a
 * nanosecond is one.
 */
#ifndef COSTS_H
#define COSTS_H

#include <limits.h>
#include <time.h>

#include "memory.h"

static inline long now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000L + t.tv_nsec;
}

/* The least of what was taken before and what was taken now. */
static inline void keep_least(long *least, long taken)
{
	if (taken < *least)
		*least = taken;
}

/* Each kind for itself: there is no room for two. */
static inline void each_gigabyte(void (*cost)(const char *of, unsigned char *at))
{
	unsigned char *at = map(NULL, GIB, PROT_READ | PROT_WRITE,
				MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB | 30 << MAP_HUGE_SHIFT, -1);

	if (!at)
		end(SKIPPED, "no page of 1 GiB is free");
	*at = 1;
	cost("a page of 1 GiB", at);
	at = room(GIB);
	thp(at, GIB);
	cost("pages of 2 MiB", at);
	munmap(at, GIB);
	at = room(GIB);
	fragmented(at, GIB);
	cost("scattered pages of 4 KiB", at);
	munmap(at, GIB);
}

#endif
