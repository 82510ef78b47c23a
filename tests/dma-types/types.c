// SPDX-License-Identifier: GPL-2.0-only
/*
 * types.c: a use of either kind of list, with the type that WANT says. Which
 * values of WANT compile is what dma-types.sh tests.
 */
#include <linux/dma-phyr.h>

#define CPU	1
#define DMA	2

#if WANT == CPU
typedef struct phyr_list list_t;
typedef struct phyr range_t;
#else
typedef struct dma_phyr_list list_t;
typedef struct dma_phyr range_t;
#endif

#ifdef MAP
int use(struct device *dev, const list_t *list, struct dma_phyr_map *map)
{
	return dma_map_phyrs(dev, list, map, DMA_BIDIRECTIONAL, 0);
}
#elif defined(APPEND)
int use(list_t *list, const range_t *p)
{
	return phyr_list_append(list, p, 0);
}
#elif defined(ANSWER)
const list_t *use(const struct dma_phyr_map *map)
{
	return map->list;
}
#elif defined(VISIT)
dma_addr_t use(const struct dma_phyr_map *map)
{
	range_t p;

	for_each_dma_phyr(p, map)
		return p.addr;
	return 0;
}
#elif defined(VISIT_CPU)
phys_addr_t use(const list_t *list)
{
	range_t p;

	for_each_phyr(p, list)
		return p.addr;
	return 0;
}
#elif defined(BLOCKS)
int use(struct dma_phyr_list_blocks *blocks, const list_t *list)
{
	return dma_phyr_list_blocks_init(blocks, list, PAGE_SIZE);
}
#elif defined(LENGTH)
size_t use(const list_t *list)
{
	return dma_phyr_list_len(list);
}
#else
#error "which use?"
#endif
