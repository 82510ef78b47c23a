// SPDX-License-Identifier: GPL-2.0-only
/*
 * Seeks in a list of hundreds of segments.  core.sh counts the steps: how often the
 * line runs that goes from one segment to another.
 */
#include "memory.h"
#include "oracle.h"

#define CHUNKS	200000UL
#define SEEKS	10000UL

int main(void)
{
	struct phyr_list list;
	struct phyr_list_iter iter;
	u64 seed = 1;
	unsigned long i;

	phyr_list_init(&list);
	for (i = 0; i < CHUNKS; i++)
		holds(!phyr_chunks_append(&list.chunks, i << 13, 4096, false, GFP_KERNEL));
	for (i = 0; i < SEEKS; i++) {
		size_t pos = random_next(&seed) % phyr_list_len(&list);
		struct phyr p;

		holds(!phyr_list_iter_init(&iter, &list, pos, 1));
		holds(phyr_list_next(&iter, &p) && p.addr == (pos >> 12 << 13) + pos % 4096);
	}
	phyr_list_destroy(&list);
	return 0;
}
