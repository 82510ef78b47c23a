// SPDX-License-Identifier: GPL-2.0-only
/*
 * DMA mappings of lists of physical ranges.
 *
 * What a mapping can be, and the words for it, are in include/linux/dma-phyr.h.
 * Here one of the four is chosen, and what it takes is done and undone:
 *
 *  same, offset  Nothing is mapped.  Whether a device sees all of a list at its
 *                physical addresses, or moved by one offset, follows from the
 *                lowest and the highest address.
 *  iova          drivers/iommu/dma-iommu.c maps range by range into one piece of
 *                I/O virtual address space.
 *  pieces        dma_map_sgtable() does what has to be done for each page:
 *                bounce, ask the provider, find the route to a peer.
 *
 * A device for which one does not hold for all of the list gets the next one, so
 * that no list is refused that dma_map_sgtable() would map.
 *
 * Caches are maintained here for the first three, range by range, at CPU
 * physical addresses.  So is the record that CONFIG_DMA_API_DEBUG keeps: one
 * entry for each range, as a mapping of that range alone would have.
 */

#include <linux/bug.h>
#include <linux/build_bug.h>
#include <linux/cache.h>
#include <linux/device.h>
#include <linux/dma-direct.h>
#include <linux/dma-map-ops.h>
#include <linux/dma-mapping.h>
#include <linux/dma-phyr.h>
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/gfp.h>
#include <linux/iommu-dma.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/phyr_list.h>
#include <linux/scatterlist.h>
#include <linux/swiotlb.h>
#include "debug.h"
#include "direct.h"

enum dma_phyr_kind {
	DMA_PHYR_SAME,
	DMA_PHYR_OFFSET,
	DMA_PHYR_IOVA,
	DMA_PHYR_PIECES,
};

/* A list is handed on as one of the other type. */
static_assert(sizeof(struct dma_phyr_list) == sizeof(struct phyr_list));
static_assert(offsetof(struct dma_phyr_list, chunks) ==
	      offsetof(struct phyr_list, chunks));

/* The record of CONFIG_DMA_API_DEBUG: what stands for one range. */

/* Where the device finds a range that is at a position of the list. */
static dma_addr_t phyr_dma_addr(const struct dma_phyr_map *map,
				const struct phyr *p, size_t pos)
{
	if (map->kind == DMA_PHYR_IOVA)
		return map->own.chunks.run_addr + pos;
	return phys_to_dma(map->dev, p->addr);
}

/*
 * Each range is recorded alone, because one record is of memory that is
 * contiguous.  Memory without a struct page cannot be, on some trees.
 */
static void phyrs_debug_map(const struct dma_phyr_map *map,
			    unsigned long attrs)
{
	struct phyr p;
	size_t pos = 0;

	if (!IS_ENABLED(CONFIG_DMA_API_DEBUG))
		return;
	for_each_phyr(p, map->phyrs) {
		if (phyr_has_page(&p))
			phyr_debug_map(map->dev, &p,
				       phyr_dma_addr(map, &p, pos), map->dir,
				       attrs);
		pos += p.len;
	}
}

static void phyrs_debug_unmap(const struct dma_phyr_map *map,
			      unsigned long attrs)
{
	struct phyr p;
	size_t pos = 0;

	if (!IS_ENABLED(CONFIG_DMA_API_DEBUG))
		return;
	for_each_phyr(p, map->phyrs) {
		if (phyr_has_page(&p))
			phyr_debug_unmap(map->dev, &p,
					 phyr_dma_addr(map, &p, pos), map->dir,
					 attrs);
		pos += p.len;
	}
}

static void phyrs_debug_sync(const struct dma_phyr_map *map, bool for_cpu)
{
	struct phyr p;
	size_t pos = 0;

	if (!IS_ENABLED(CONFIG_DMA_API_DEBUG))
		return;
	for_each_phyr(p, map->phyrs) {
		dma_addr_t addr = phyr_dma_addr(map, &p, pos);

		pos += p.len;
		if (!phyr_has_page(&p))
			continue;
		if (for_cpu)
			debug_dma_sync_single_for_cpu(map->dev, addr, p.len,
						      map->dir);
		else
			debug_dma_sync_single_for_device(map->dev, addr, p.len,
							 map->dir);
	}
}

/* Memory without a struct page is a device's, and not cached. */
static void phyrs_sync_for_device(struct device *dev,
				  const struct phyr_list *list,
				  enum dma_data_direction dir)
{
	struct phyr p;

	if (dev_is_dma_coherent(dev))
		return;
	for_each_phyr(p, list) {
		if (phyr_has_page(&p))
			arch_sync_dma_for_device(p.addr, p.len, dir);
	}
}

static void phyrs_sync_for_cpu(struct device *dev,
			       const struct phyr_list *list,
			       enum dma_data_direction dir)
{
	struct phyr p;

	if (dev_is_dma_coherent(dev))
		return;
	for_each_phyr(p, list) {
		if (phyr_has_page(&p))
			arch_sync_dma_for_cpu(p.addr, p.len, dir);
	}
	arch_sync_dma_for_cpu_all();
}

/*
 * Whether cache lines at the ends of a list may hold other data, which a device
 * that does not snoop them would destroy: what is small goes through a bounce
 * buffer then.  What has no struct page is not cached.  May say so where it is
 * not the case.
 */
static bool phyrs_may_bounce(struct device *dev, const struct phyr_list *list,
			     enum dma_data_direction dir)
{
	struct phyr first, last;
	phys_addr_t ends = 0;

	if (!IS_ENABLED(CONFIG_DMA_BOUNCE_UNALIGNED_KMALLOC))
		return false;
	if (dev_is_dma_coherent(dev) || dir == DMA_TO_DEVICE)
		return false;
	phyr_list_find(list, 0, &first);
	phyr_list_find(list, phyr_list_len(list) - 1, &last);
	if (phyr_has_page(&first))
		ends |= first.addr;
	if (phyr_has_page(&last))
		ends |= last.addr + 1;
	return ends & (dma_get_cache_alignment() - 1);
}

/* Whether one translation of the bus holds for all addresses of a list. */
static bool phyrs_one_offset(struct device *dev, const struct phyr_list *list,
			     u64 offset)
{
	const struct bus_dma_region *m = dev->dma_range_map;
	phys_addr_t lowest = phyr_list_lowest(list);
	phys_addr_t last = phyr_list_highest(list);
	struct phyr p;

	if (IS_ENABLED(CONFIG_ARCH_HAS_PHYS_TO_DMA)) {
		for_each_phyr(p, list) {
			if (phys_to_dma(dev, p.addr) != p.addr + offset)
				return false;
			p.addr = phyr_last(&p);
			if (phys_to_dma(dev, p.addr) != p.addr + offset)
				return false;
		}
		return true;
	}

	if (!m)
		return true;
	for (; m->size; m++) {
		if (lowest >= m->cpu_start &&
		    last - m->cpu_start < m->size)
			return true;
	}
	return false;
}

/*
 * Whether a device reaches all memory of a list by adding the same to each
 * physical address.
 */
static bool phyrs_offset(struct device *dev, const struct phyr_list *list,
			 u64 *offset)
{
	phys_addr_t lowest = phyr_list_lowest(list);
	phys_addr_t last = phyr_list_highest(list);
	dma_addr_t first = phys_to_dma(dev, lowest);
	dma_addr_t end = phys_to_dma(dev, last);

	if (first == DMA_MAPPING_ERROR || end == DMA_MAPPING_ERROR)
		return false;
	if (end < first || (u64)(end - first) != (u64)(last - lowest))
		return false;
	if (end > min_not_zero(*dev->dma_mask, dev->bus_dma_limit))
		return false;
	/* As dma_capable() has it: a bus can wrap before memory starts. */
	if (!IS_ENABLED(CONFIG_ARCH_DMA_ADDR_T_64BIT) &&
	    phyr_list_has_pages(list) &&
	    first < phys_to_dma(dev, PFN_PHYS(min_low_pfn)))
		return false;
	*offset = (u64)first - lowest;
	return phyrs_one_offset(dev, list, *offset);
}

/* Allocates for OFFSET only. */
static int phyrs_map_direct(const struct phyr_list *list,
			    struct dma_phyr_map *map, gfp_t gfp)
{
	struct device *dev = map->dev;
	struct phyr p;
	u64 offset;
	int rc;

	if (is_swiotlb_force_bounce(dev) || force_dma_unencrypted(dev))
		return -EOPNOTSUPP;
	if (!phyrs_offset(dev, list, &offset))
		return -EOPNOTSUPP;
	/* The offset is that of memory: trees differ in what they do to MMIO. */
	if (offset && !phyr_list_has_pages(list))
		return -EINVAL;

	if (!offset) {
		map->kind = DMA_PHYR_SAME;
		map->list = (const struct dma_phyr_list *)list;
		return 0;
	}

	if (!phyr_list_is_run(list) && offset & (PHYR_UNIT_SIZE - 1))
		return -EOPNOTSUPP;
	for_each_phyr(p, list) {
		rc = phyr_chunks_append(&map->own.chunks, p.addr + offset,
					p.len, true, gfp);
		if (rc) {
			phyr_chunks_destroy(&map->own.chunks);
			return rc;
		}
	}
	map->kind = DMA_PHYR_OFFSET;
	map->list = &map->own;
	return 0;
}

static int phyrs_map_iova(const struct phyr_list *list,
			  struct dma_phyr_map *map, unsigned long attrs)
{
	dma_addr_t addr;
	int rc;

	rc = iommu_dma_map_phyrs(map->dev, list, map->dir, attrs, &addr);
	if (rc)
		return rc;

	/* One run takes no memory, so that this cannot fail. */
	phyr_chunks_append(&map->own.chunks, addr, phyr_list_len(list), false,
			   GFP_NOWAIT);
	map->kind = DMA_PHYR_IOVA;
	map->list = &map->own;
	return 0;
}

/* Make a list of what a scatterlist was mapped to. */
static int phyrs_from_sg(struct dma_phyr_list *list, struct sg_table *sgt,
			 gfp_t gfp)
{
	struct scatterlist *sg;
	int i, rc;

	for_each_sgtable_dma_sg(sgt, sg, i) {
		rc = phyr_chunks_append(&list->chunks, sg_dma_address(sg),
					sg_dma_len(sg), true, gfp);
		if (rc) {
			phyr_chunks_destroy(&list->chunks);
			return rc;
		}
	}
	return 0;
}

static int phyrs_map_pieces(const struct phyr_list *list,
			    struct dma_phyr_map *map, unsigned long attrs,
			    gfp_t gfp)
{
	int rc;

	rc = sg_map_phyrs(map->dev, &map->sgt, list, gfp);
	if (rc)
		return rc;
	rc = dma_map_sgtable(map->dev, &map->sgt, map->dir, attrs);
	if (rc)
		goto out_free;

	rc = phyrs_from_sg(&map->own, &map->sgt, gfp);
	if (rc && rc != -EINVAL)
		goto out_unmap;
	map->kind = DMA_PHYR_PIECES;
	map->list = rc ? NULL : &map->own;
	return 0;

out_unmap:
	dma_unmap_sgtable(map->dev, &map->sgt, map->dir,
			  attrs | DMA_ATTR_SKIP_CPU_SYNC);
out_free:
	sg_free_table(&map->sgt);
	return rc;
}

/* What tells a list from the same one that was filled anew. */
static struct dma_phyr_seen phyrs_seen(const struct phyr_chunks *chunks)
{
	return (struct dma_phyr_seen){
		.nr = chunks->nr,
		.lowest = chunks->lowest,
		.edges = chunks->edges,
		.run_addr = chunks->run_addr,
		.run_len = chunks->run_len,
	};
}

static bool phyrs_were_seen(const struct dma_phyr_seen *seen,
			    const struct phyr_chunks *chunks)
{
	return seen->nr == chunks->nr && seen->lowest == chunks->lowest &&
	       seen->edges == chunks->edges &&
	       seen->run_addr == chunks->run_addr &&
	       seen->run_len == chunks->run_len;
}

/* KMSAN wants to see each page, which dma_map_sgtable() shows it. */
static bool phyrs_need_pieces(const struct phyr_list *list,
			      const struct dma_phyr_map *map)
{
	return IS_ENABLED(CONFIG_KMSAN) || phyr_list_is_p2p(list) ||
	       phyrs_may_bounce(map->dev, list, map->dir);
}

static int phyrs_map(const struct phyr_list *list, struct dma_phyr_map *map,
		     unsigned long attrs)
{
	gfp_t gfp = GFP_KERNEL;
	int rc = -EOPNOTSUPP;

	if (attrs & DMA_ATTR_NO_WARN)
		gfp |= __GFP_NOWARN;

	if (!phyrs_need_pieces(list, map)) {
		if (use_dma_iommu(map->dev))
			rc = phyrs_map_iova(list, map, attrs);
		else if (dma_go_direct(map->dev, *map->dev->dma_mask,
				       get_dma_ops(map->dev)))
			rc = phyrs_map_direct(list, map, gfp);
	}
	if (rc == -EOPNOTSUPP)
		return phyrs_map_pieces(list, map, attrs, gfp);
	return rc;
}

/**
 * dma_map_phyrs() - map a list of physical ranges for DMA
 * @dev: the device
 * @list: the list; must not change before dma_unmap_phyrs()
 * @map: becomes what the device is to be told; zeroed, or unmapped
 * @dir: direction of the transfers
 * @attrs: DMA_ATTR_*, as for dma_map_sgtable()
 *
 * On success the memory belongs to the device.  On failure nothing is mapped
 * and nothing allocated, and @map is zeroed unless it is in use.
 *
 * Warns once if @map is in use, @dir is no direction or @dev has no DMA mask.
 *
 * Context: Process context, may sleep, for what describes the result may have
 * to be allocated.
 * Return: 0; -EINVAL if @list is empty, or has memory without a struct page
 * where that is needed, or an argument is wrong; -EBUSY if @map is in use;
 * -ENOMEM if memory or I/O virtual addresses run out; -EIO if @dev does not
 * reach the memory, bounce buffers included; -EREMOTEIO if it does not reach
 * peer-to-peer memory; or what the driver of an IOMMU says.
 */
int dma_map_phyrs(struct device *dev, const struct phyr_list *list,
		  struct dma_phyr_map *map, enum dma_data_direction dir,
		  unsigned long attrs)
{
	int rc;

	if (WARN_ON_ONCE(map->len))
		return -EBUSY;
	if (WARN_ON_ONCE(!valid_dma_direction(dir) || !dev->dma_mask))
		return -EINVAL;
	if (phyr_list_is_empty(list))
		return -EINVAL;

	*map = (struct dma_phyr_map){ .dev = dev, .dir = dir };
	rc = phyrs_map(list, map, attrs);
	if (rc) {
		*map = (struct dma_phyr_map){ };
		return rc;
	}

	map->phyrs = list;
	map->len = phyr_list_len(list);
	map->seen = phyrs_seen(&list->chunks);
	if (map->kind == DMA_PHYR_PIECES)
		return 0;
	if (!(attrs & DMA_ATTR_SKIP_CPU_SYNC))
		phyrs_sync_for_device(dev, list, dir);
	phyrs_debug_map(map, attrs);
	return 0;
}
EXPORT_SYMBOL_GPL(dma_map_phyrs);

/* Whether the arguments are those of a mapping.  Warns once if not. */
static bool phyrs_are_mapped(struct device *dev, const struct phyr_list *list,
			     const struct dma_phyr_map *map,
			     enum dma_data_direction dir)
{
	return !WARN_ON_ONCE(!map->phyrs || map->phyrs != list ||
			     map->dev != dev || map->dir != dir ||
			     map->len != phyr_list_len(list) ||
			     !phyrs_were_seen(&map->seen, &list->chunks));
}

/**
 * dma_unmap_phyrs() - end a mapping of a list of physical ranges
 * @dev: the device
 * @list: the list that was mapped
 * @map: what it was mapped to; may be used again
 * @dir: as for dma_map_phyrs()
 * @attrs: as for dma_map_phyrs()
 *
 * The memory belongs to the CPU afterwards.  Warns once, and leaves the mapping
 * as it is, if @map is not what @list was mapped to for @dev and @dir, or @list
 * has changed.
 *
 * Context: Any context that may free memory.  Cannot fail.
 */
void dma_unmap_phyrs(struct device *dev, const struct phyr_list *list,
		     struct dma_phyr_map *map, enum dma_data_direction dir,
		     unsigned long attrs)
{
	if (!phyrs_are_mapped(dev, list, map, dir))
		return;

	if (map->kind == DMA_PHYR_PIECES) {
		dma_unmap_sgtable(dev, &map->sgt, dir, attrs);
		sg_free_table(&map->sgt);
	} else {
		phyrs_debug_unmap(map, attrs);
		if (IS_ENABLED(CONFIG_IOMMU_DMA) &&
		    map->kind == DMA_PHYR_IOVA)
			iommu_dma_unmap_phyrs(dev, map->own.chunks.run_addr,
					      map->len);
		if (!(attrs & DMA_ATTR_SKIP_CPU_SYNC))
			phyrs_sync_for_cpu(dev, list, dir);
	}
	if (map->kind == DMA_PHYR_OFFSET || map->kind == DMA_PHYR_PIECES)
		phyr_chunks_destroy(&map->own.chunks);
	map->phyrs = NULL;
	map->list = NULL;
	map->len = 0;
}
EXPORT_SYMBOL_GPL(dma_unmap_phyrs);

/**
 * dma_sync_phyrs_for_cpu() - let the CPU look at memory that is mapped
 * @dev: the device
 * @list: the list that was mapped
 * @map: what it was mapped to
 * @dir: as for dma_map_phyrs()
 * @attrs: as for dma_map_phyrs(); DMA_ATTR_SKIP_CPU_SYNC, too, changes nothing
 *	here
 *
 * Warns once and does nothing for what is not a mapping, as dma_unmap_phyrs()
 * does.
 *
 * Context: Any context.
 */
void dma_sync_phyrs_for_cpu(struct device *dev, const struct phyr_list *list,
			    struct dma_phyr_map *map,
			    enum dma_data_direction dir, unsigned long attrs)
{
	if (!phyrs_are_mapped(dev, list, map, dir))
		return;

	if (map->kind == DMA_PHYR_PIECES) {
		dma_sync_sgtable_for_cpu(dev, &map->sgt, dir);
		return;
	}
	phyrs_sync_for_cpu(dev, list, dir);
	phyrs_debug_sync(map, true);
}
EXPORT_SYMBOL_GPL(dma_sync_phyrs_for_cpu);

/**
 * dma_sync_phyrs_for_device() - give memory that is mapped back to the device
 * @dev: the device
 * @list: the list that was mapped
 * @map: what it was mapped to
 * @dir: as for dma_map_phyrs()
 * @attrs: as for dma_map_phyrs(); DMA_ATTR_SKIP_CPU_SYNC, too, changes nothing
 *	here
 *
 * Warns once and does nothing for what is not a mapping, as dma_unmap_phyrs()
 * does.
 *
 * Context: Any context.
 */
void dma_sync_phyrs_for_device(struct device *dev,
			       const struct phyr_list *list,
			       struct dma_phyr_map *map,
			       enum dma_data_direction dir,
			       unsigned long attrs)
{
	if (!phyrs_are_mapped(dev, list, map, dir))
		return;

	if (map->kind == DMA_PHYR_PIECES) {
		dma_sync_sgtable_for_device(dev, &map->sgt, dir);
		return;
	}
	phyrs_sync_for_device(dev, list, dir);
	phyrs_debug_sync(map, false);
}
EXPORT_SYMBOL_GPL(dma_sync_phyrs_for_device);

/**
 * dma_phyr_iter_init() - start at a position of a mapping
 * @iter: the place
 * @map: the map; must stay mapped while @iter is used
 * @pos: number of bytes to leave out at the front
 * @len: number of bytes to visit
 *
 * Finds @pos in O(log n) in a list, and in O(n) where there is none.
 *
 * Context: Any context.
 * Return: 0, or -ERANGE if @map does not have these bytes; then there is
 * nothing to visit.
 */
int dma_phyr_iter_init(struct dma_phyr_iter *iter,
		       const struct dma_phyr_map *map, size_t pos, size_t len)
{
	struct scatterlist *sg = map->sgt.sgl;

	*iter = (struct dma_phyr_iter){ };
	if (pos > map->len || len > map->len - pos)
		return -ERANGE;
	if (!len)
		return 0;
	if (map->list)
		return phyr_chunks_iter_init(&iter->iter, &map->list->chunks,
					     pos, len);

	while (pos >= sg_dma_len(sg)) {
		pos -= sg_dma_len(sg);
		sg = sg_next(sg);
	}
	iter->sg = sg;
	iter->skip = pos;
	iter->left = len;
	return 0;
}
EXPORT_SYMBOL_GPL(dma_phyr_iter_init);

/**
 * dma_phyr_next_piece() - the next range where there is no list
 * @iter: the place; moves behind that range
 * @p: the range
 *
 * For dma_phyr_next().
 *
 * Context: Any context.
 * Return: false if there is no more.
 */
bool dma_phyr_next_piece(struct dma_phyr_iter *iter, struct dma_phyr *p)
{
	if (!iter->left)
		return false;

	p->addr = sg_dma_address(iter->sg) + iter->skip;
	p->len = min_t(size_t, sg_dma_len(iter->sg) - iter->skip, iter->left);
	iter->left -= p->len;
	iter->skip = 0;
	/* The last entry stays, to tell from a place in a list. */
	if (iter->left)
		iter->sg = sg_next(iter->sg);
	return true;
}
EXPORT_SYMBOL_GPL(dma_phyr_next_piece);
