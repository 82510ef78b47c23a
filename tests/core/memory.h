/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef TESTS_CORE_MEMORY_H
#define TESTS_CORE_MEMORY_H

#include "kernel.h"

/* A stretch of physical memory of one kind; what is in none has no page. */
struct zone {
	phys_addr_t	addr;
	unsigned long	nr;		/* pages; 0: a stretch without pages */
	u64		len;		/* bytes of one without pages */
	const void	*pgmap;
	bool		p2p;
};

extern const struct zone zones[];
extern const unsigned int nr_zones;

u64 zone_len(const struct zone *zone);

#endif
