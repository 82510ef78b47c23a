/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_DMA_PHYR_H
#define _LINUX_DMA_PHYR_H
/*
 * DMA mappings of lists of physical ranges
 *
 * dma_map_phyrs() makes all memory of a struct phyr_list reachable for a
 * device, and says at which addresses.  What it says is made as small as the
 * mapping allows:
 *
 *  same     The device sees physical addresses.  The answer is the caller's own
 *           list; nothing is allocated, and where the device is cache coherent
 *           the time does not depend on the length of the list, unless the
 *           architecture translates each address by itself.
 *  offset   All addresses are moved by the same multiple of 4096, on the bus or
 *           by a memory encryption bit.  The answer is a list of its own, of
 *           the same shape.
 *  iova     An IOMMU makes one contiguous range of it.  The answer is a list of
 *           one run.  The offset of the first byte in its IOMMU page is kept.
 *  pieces   Everything else: bounce buffers, peer-to-peer memory, edges that
 *           are no multiples of an IOMMU page, providers of DMA operations
 *           that know scatterlists only.  A scatterlist is mapped and kept
 *           until the mapping ends.  The answer is a list where a list can hold
 *           it, and that scatterlist where byte offsets changed in between.
 *
 * Drivers need not tell these apart: for_each_dma_phyr() visits any answer.
 * Hardware that wants blocks of one size takes them from @list of the map,
 * which is NULL where the answer is no list.
 *
 * Entries are not cut for the device.  They can be longer than
 * dma_get_max_seg_size() and cross a boundary of dma_get_seg_boundary(): that
 * is what makes one entry of a gigabyte.  A driver whose device has such
 * limits cuts as it goes.
 *
 * CPU addresses and DMA addresses
 *
 * A struct phyr_list holds the former and a struct dma_phyr_list the latter.
 * Their encoding is the same, see <linux/phyr_list.h>, but neither type is
 * accepted for the other: an address that is right on most machines and wrong
 * on some is a bug that no test finds.
 *
 * Rules
 *
 *  - A map is zeroed before it is used first, and stays where it is while it
 *    is mapped: @list may point into it.
 *  - The list that was mapped is neither changed nor destroyed meanwhile: @list
 *    may be that list.
 *  - Unmapping and synchronising take the device, list, map, direction and
 *    attributes of the mapping.  Another device, list, map or direction warns
 *    once and does nothing, and so does unmapping twice.  A list that was
 *    filled anew is found out the same way if its length, number of chunks,
 *    lowest address, edges or last run became others.
 *  - Between mapping and unmapping the memory belongs to the device but for the
 *    time between dma_sync_phyrs_for_cpu() and dma_sync_phyrs_for_device(), as
 *    with all of the DMA API.
 *
 * Memory without a struct page may be in the list where the mapping needs no
 * pieces and device addresses have no offset.  It is not cached, and is mapped
 * as such.  Memory with a struct page is taken for memory of the machine, be it
 * what firmware set aside or a device's in a section that has memory as well:
 * such ranges are for dma_map_resource().
 */

#include <linux/dma-direction.h>
#include <linux/phyr_list.h>
#include <linux/scatterlist.h>
#include <linux/types.h>

struct device;

/**
 * struct dma_phyr - a range of addresses that a device is told
 * @addr: DMA address of the first byte
 * @len: number of bytes
 */
struct dma_phyr {
	dma_addr_t	addr;
	size_t		len;
};

/**
 * struct dma_phyr_list - ranges of DMA addresses, in order
 * @chunks: the ranges, DMA addresses
 */
struct dma_phyr_list {
	struct phyr_chunks	chunks;
};

/* Of a list that is mapped, private to the mapping. */
struct dma_phyr_seen {
	unsigned long	nr;
	u64		lowest;
	u64		edges;
	u64		run_addr;
	size_t		run_len;
};

/**
 * struct dma_phyr_map - what a list of physical ranges is for a device
 * @list: what the device is to be told, or NULL if that is no list
 */
struct dma_phyr_map {
	const struct dma_phyr_list	*list;
	/* private: */
	const struct phyr_list		*phyrs;
	struct device			*dev;
	size_t				len;
	struct dma_phyr_seen		seen;
	unsigned int			kind;
	enum dma_data_direction		dir;
	struct dma_phyr_list		own;
	struct sg_table			sgt;
};

int dma_map_phyrs(struct device *dev, const struct phyr_list *list,
		  struct dma_phyr_map *map, enum dma_data_direction dir,
		  unsigned long attrs);
void dma_unmap_phyrs(struct device *dev, const struct phyr_list *list,
		     struct dma_phyr_map *map, enum dma_data_direction dir,
		     unsigned long attrs);
void dma_sync_phyrs_for_cpu(struct device *dev, const struct phyr_list *list,
			    struct dma_phyr_map *map,
			    enum dma_data_direction dir, unsigned long attrs);
void dma_sync_phyrs_for_device(struct device *dev,
			       const struct phyr_list *list,
			       struct dma_phyr_map *map,
			       enum dma_data_direction dir,
			       unsigned long attrs);

/**
 * dma_phyr_map_len() - number of bytes that are mapped
 * @map: the map
 *
 * Context: Any context.
 * Return: the length of the list that was mapped; 0 if none is.
 */
static inline size_t dma_phyr_map_len(const struct dma_phyr_map *map)
{
	return map->len;
}

/**
 * dma_phyr_list_len() - number of bytes in a list
 * @list: the list
 *
 * Context: Any context.
 * Return: the length in bytes.
 */
static inline size_t dma_phyr_list_len(const struct dma_phyr_list *list)
{
	return list->chunks.len;
}

/**
 * dma_phyr_list_is_run() - whether a list is one contiguous range
 * @list: the list, not empty
 *
 * Context: Any context.
 * Return: true if all of @list is one run.
 */
static inline bool dma_phyr_list_is_run(const struct dma_phyr_list *list)
{
	return !list->chunks.nr;
}

/**
 * dma_phyr_list_lowest() - lowest DMA address in a list
 * @list: the list, not empty
 *
 * Context: Any context.
 * Return: the address.
 */
static inline dma_addr_t dma_phyr_list_lowest(const struct dma_phyr_list *list)
{
	return list->chunks.lowest;
}

/**
 * dma_phyr_list_highest() - highest DMA address in a list
 * @list: the list, not empty
 *
 * Context: Any context.
 * Return: the address, inclusive.
 */
static inline dma_addr_t dma_phyr_list_highest(const struct dma_phyr_list *list)
{
	return list->chunks.highest;
}

/**
 * dma_phyr_list_align() - what all edges in a list are multiples of
 * @list: the list
 *
 * Where the first byte and the last are does not count.  This is the largest
 * page size with which a page table of the device can be filled from @list.
 *
 * Context: Any context.
 * Return: a power of two, at least 4096; 0 if there is no edge, and nothing
 * limits the page size.
 */
static inline u64 dma_phyr_list_align(const struct dma_phyr_list *list)
{
	return list->chunks.edges & -list->chunks.edges;
}

/**
 * dma_phyr_list_find() - the DMA addresses at a position
 * @list: the list
 * @pos: the position
 * @p: the addresses from there on, as far as one chunk has them
 *
 * Context: Any context.
 * Return: 0, or -ERANGE if @list is not as long.
 */
static inline int dma_phyr_list_find(const struct dma_phyr_list *list,
				     size_t pos, struct dma_phyr *p)
{
	struct phyr_chunks_iter iter;
	u64 addr;

	if (pos >= list->chunks.len ||
	    phyr_chunks_iter_init(&iter, &list->chunks, pos,
				  list->chunks.len - pos))
		return -ERANGE;
	phyr_chunks_next(&iter, &addr, &p->len);
	p->addr = addr;
	return 0;
}

/**
 * struct dma_phyr_list_blocks - a place in a list that is taken block by block
 * @blocks: the place
 */
struct dma_phyr_list_blocks {
	struct phyr_chunks_blocks blocks;
};

/**
 * dma_phyr_list_blocks_init() - start with the first block
 * @blocks: the place
 * @list: the list; must not change while @blocks is used
 * @size: size of a block in bytes, a power of two, at least 4096 and at most
 *	dma_phyr_list_align() if that is not 0
 *
 * Context: Any context.
 * Return: 0, or -EINVAL if @size is not allowed; then there is no block.
 */
static inline int
dma_phyr_list_blocks_init(struct dma_phyr_list_blocks *blocks,
			  const struct dma_phyr_list *list, u64 size)
{
	return phyr_chunks_blocks_init(&blocks->blocks, &list->chunks, 0, size);
}

/**
 * dma_phyr_list_next_block() - the next block
 * @blocks: the place; moves behind that block
 * @addr: DMA address of the block, a multiple of its size
 *
 * All blocks together cover @list.  The first may start before it and the last
 * may end behind it.
 *
 * Context: Any context.
 * Return: false if there is no more.
 */
static inline bool dma_phyr_list_next_block(struct dma_phyr_list_blocks *blocks,
					    dma_addr_t *addr)
{
	u64 block;

	if (!phyr_chunks_next_block(&blocks->blocks, &block))
		return false;
	*addr = block;
	return true;
}

/**
 * dma_phyr_list_nr_blocks() - number of blocks that a list takes
 * @list: the list
 * @size: as for dma_phyr_list_blocks_init()
 *
 * Context: Any context.  Takes constant time.
 * Return: how often dma_phyr_list_next_block() returns true.
 */
static inline u64 dma_phyr_list_nr_blocks(const struct dma_phyr_list *list,
					  u64 size)
{
	return phyr_chunks_nr_blocks(&list->chunks, size);
}

/**
 * struct dma_phyr_iter - a place in a mapping, to go on from
 * @iter: the place, in a list
 * @sg: the scatterlist entry that comes next, where there is no list
 * @skip: number of bytes to leave out of what comes next in @sg
 * @left: number of bytes still to come of @sg
 */
struct dma_phyr_iter {
	struct phyr_chunks_iter	iter;
	struct scatterlist	*sg;
	size_t			skip;
	size_t			left;
};

int dma_phyr_iter_init(struct dma_phyr_iter *iter,
		       const struct dma_phyr_map *map, size_t pos, size_t len);
bool dma_phyr_next_piece(struct dma_phyr_iter *iter, struct dma_phyr *p);

/**
 * dma_phyr_next() - the next range
 * @iter: the place; moves behind that range
 * @p: the range, not empty
 *
 * The next range may be adjacent.
 *
 * Context: Any context.
 * Return: false if there is no more.
 */
static inline bool dma_phyr_next(struct dma_phyr_iter *iter,
				 struct dma_phyr *p)
{
	u64 addr;

	if (iter->sg)
		return dma_phyr_next_piece(iter, p);
	if (!phyr_chunks_next(&iter->iter, &addr, &p->len))
		return false;
	p->addr = addr;
	return true;
}

/* Never fails: all of a mapping is in that mapping. */
static inline struct dma_phyr_iter
dma_phyr_start(const struct dma_phyr_map *map)
{
	struct dma_phyr_iter iter;

	dma_phyr_iter_init(&iter, map, 0, map->len);
	return iter;
}

/**
 * for_each_dma_phyr() - visit all ranges of a mapping
 * @p: struct dma_phyr that becomes each range
 * @map: the map
 */
#define for_each_dma_phyr(p, map)					\
	for (struct dma_phyr_iter __iter = dma_phyr_start(map);		\
	     dma_phyr_next(&__iter, &(p));)

#endif /* _LINUX_DMA_PHYR_H */
