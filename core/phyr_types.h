/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_PHYR_TYPES_H
#define _LINUX_PHYR_TYPES_H
/*
 * struct phyr alone, for headers that have to name it and cannot include all
 * that <linux/phyr.h> needs.  What a range is and what holds for it is said
 * there.
 */

#include <linux/limits.h>
#include <linux/types.h>

/**
 * struct phyr - a range of CPU physical memory
 * @addr: physical address of the first byte, or PHYR_NONE
 * @len: number of bytes
 */
struct phyr {
	phys_addr_t	addr;
	size_t		len;
};

/**
 * PHYR_NONE - the address that means "no memory"
 *
 * All ones, and not 0: physical address 0 can be valid memory.
 */
#define PHYR_NONE	PHYS_ADDR_MAX

#endif /* _LINUX_PHYR_TYPES_H */
