// SPDX-License-Identifier: GPL-2.0-only
/*
 * Scatterlists from lists of physical ranges, for the APIs that still want one.
 *
 * A list says what memory there is, and a scatterlist how it is cut for one
 * device.  So the device's limits are applied here, while ranges are visited:
 * no entry is longer than the device's longest segment, or than what can be
 * mapped at once if it has to go through a bounce buffer, and none crosses a
 * boundary that a segment must not cross.  Boundaries are those of physical
 * addresses; a mapping that moves addresses cuts again.  Where a page fits into
 * an entry no run is cut inside a page: an IOMMU bounces what does not fill its
 * pages, and joins only what does.
 */

#include <linux/device.h>
#include <linux/dma-mapping.h>
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/phyr_list.h>
#include <linux/scatterlist.h>

/**
 * struct phyr_sg_cut - a list on its way into a scatterlist
 * @iter: what comes after @rest
 * @rest: what is left of the current run
 * @max: the most bytes of an entry
 * @boundary: mask of the addresses that an entry may be within
 */
struct phyr_sg_cut {
	struct phyr_list_iter	iter;
	struct phyr		rest;
	unsigned int		max;
	u64			boundary;
};

static void phyr_sg_start(struct phyr_sg_cut *cut, struct device *dev,
			  const struct phyr_list *list)
{
	size_t max = dma_get_max_seg_size(dev);

	/* A device without a DMA mask has not been asked what it can do. */
	if (IS_ENABLED(CONFIG_HAS_DMA) && dev->dma_mask)
		max = min(max, dma_max_mapping_size(dev));
	cut->max = max < PAGE_SIZE ? max : ALIGN_DOWN(max, PAGE_SIZE);
	cut->boundary = dma_get_seg_boundary(dev);
	cut->iter = phyr_list_start(list);
	cut->rest.len = 0;
}

/* What the next entry is to hold. */
static bool phyr_sg_next(struct phyr_sg_cut *cut, struct phyr *p)
{
	u64 len, max = cut->max;

	/* Chunks of one run are one range for the device. */
	if (phyr_is_empty(&cut->rest) &&
	    !phyr_list_next_run(&cut->iter, &cut->rest))
		return false;

	if (max >= PAGE_SIZE)
		max -= offset_in_page(cut->rest.addr);
	/* One less than the length, which may be 2^64. */
	len = cut->boundary - (cut->rest.addr & cut->boundary);
	len = min3(len, max - 1, (u64)cut->rest.len - 1) + 1;

	p->addr = cut->rest.addr;
	p->len = len;
	cut->rest.addr += len;
	cut->rest.len -= len;
	return true;
}

/**
 * sg_map_phyrs() - describe the memory of a list with a scatterlist
 * @dev: device whose limits the entries keep
 * @sgt: the scatterlist, which must not be one yet
 * @list: the list, of memory that has struct pages
 * @gfp: how to allocate
 *
 * Nothing is mapped for DMA: @sgt is what dma_map_sgtable() takes.  The caller
 * frees it with sg_free_table(); it holds no reference to the memory.  On
 * failure there is nothing to free.
 *
 * Context: As @gfp says.
 * Return: 0; -EINVAL if @list is empty, takes more entries than a scatterlist
 * can have, or has memory without a struct page; -ENOMEM.
 */
int sg_map_phyrs(struct device *dev, struct sg_table *sgt,
		 const struct phyr_list *list, gfp_t gfp)
{
	struct phyr_sg_cut cut;
	struct scatterlist *sg;
	unsigned int nents = 0;
	struct phyr p;
	int rc;

	if (phyr_list_is_empty(list) || !phyr_list_has_pages(list))
		return -EINVAL;
	phyr_sg_start(&cut, dev, list);
	while (phyr_sg_next(&cut, &p)) {
		if (nents++ == INT_MAX)
			return -EINVAL;
	}

	rc = sg_alloc_table(sgt, nents, gfp);
	if (rc)
		return rc;

	sg = sgt->sgl;
	for (phyr_sg_start(&cut, dev, list); phyr_sg_next(&cut, &p);
	     sg = sg_next(sg))
		sg_set_page(sg, phyr_page(&p), p.len, phyr_offset(&p));
	return 0;
}
EXPORT_SYMBOL_GPL(sg_map_phyrs);
