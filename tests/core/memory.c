// SPDX-License-Identifier: GPL-2.0-only
/*
 * The memory, the allocator and the scatterlists of a kernel in user space.
 */

#include "memory.h"


#define __unused	__attribute__((unused))
static const char __unused one_device, __unused other_device;

#define PAGES(mib)	((mib) * SZ_1M >> PAGE_SHIFT)

const struct zone zones[] = {
	{ .addr = 0, .nr = PAGES(16) },			/* has a page at 0 */
	{ .addr = 64 * SZ_1M, .nr = PAGES(4) },
	{ .addr = 68 * SZ_1M, .nr = PAGES(4) },		/* neighbour, pages elsewhere */
#ifndef PHYS32
	{ .addr = SZ_4G - 2 * SZ_1M, .nr = PAGES(4) },	/* across 4 GiB */
	{ .addr = 64 * SZ_4G, .nr = PAGES(1), .pgmap = &one_device, .p2p = true },
	{ .addr = 64 * SZ_4G + SZ_1M, .nr = PAGES(1), .pgmap = &other_device, .p2p = true },
	{ .addr = 1024 * SZ_4G, .len = 64 * SZ_4G },	/* has no pages */
	{ .addr = -(8 * SZ_4G), .len = 8 * SZ_4G },	/* up to 2^64 */
#endif
};
const unsigned int nr_zones = ARRAY_SIZE(zones);

/* Between the pages of two zones is one that is of none. */
#define NR_PAGES	(PAGES(16 + 4 + 4 + 4 + 1 + 1) + ARRAY_SIZE(zones))

static struct page pages[NR_PAGES];
unsigned int warned;

u64 zone_len(const struct zone *zone)
{
	return zone->nr ? (u64)zone->nr << PAGE_SHIFT : zone->len;
}

/* Position in pages[] of the page @pfn, or -1. */
static long page_index(unsigned long pfn)
{
	const struct zone *zone;
	long n = 0;

	for (zone = zones; zone < zones + nr_zones; zone++) {
		if (pfn - PHYS_PFN(zone->addr) < zone->nr)
			return n + (pfn - PHYS_PFN(zone->addr));
		n += zone->nr + 1;
	}
	return -1;
}

bool pfn_valid(unsigned long pfn)
{
	return page_index(pfn) >= 0;
}

struct page *pfn_to_page(unsigned long pfn)
{
	long n = page_index(pfn);
	const struct zone *zone;

	for (zone = zones; zone < zones + nr_zones; zone++) {
		if (pfn - PHYS_PFN(zone->addr) >= zone->nr)
			continue;
		pages[n].pgmap = zone->pgmap;
		pages[n].p2p = zone->p2p;
	}
	return &pages[n];
}

unsigned long page_to_pfn(const struct page *page)
{
	unsigned long n = page - pages;
	const struct zone *zone;

	for (zone = zones; n > zone->nr; zone++)
		n -= zone->nr + 1;
	return PHYS_PFN(zone->addr) + n;
}

/* Every folio that a page is said to be of is four pages. */
struct folio *page_folio(struct page *page)
{
	return (struct folio *)pfn_to_page(page_to_pfn(page) & ~3UL);
}

/* Every folio here is four pages or what is left of them. */
size_t folio_size(const struct folio *folio)
{
	return (4 - (page_to_pfn(&folio->page) & 3)) << PAGE_SHIFT;
}

/* An address that is the page's own, and is never looked at. */
void *page_address(const struct page *page)
{
	return (void *)((page_to_pfn(page) + 1) << PAGE_SHIFT);
}

static int fail_after = -1;
static unsigned long held, made;

void allocations_fail_after(int n)
{
	fail_after = n;
}

unsigned long allocations_held(void)
{
	return held;
}

unsigned long allocations_made(void)
{
	return made;
}

static void *allocate(size_t align, size_t size)
{
	void *p;

	if (!fail_after)
		return NULL;
	if (fail_after > 0)
		fail_after--;

	p = aligned_alloc(align, size);
	if (!p)
		abort();
	/* What is not set is seen. */
	memset(p, 0x6b, size);
	held++;
	made++;
	return p;
}

void *kmalloc(size_t size, gfp_t gfp)
{
	(void)gfp;
	return allocate(16, (size + 15) & ~15UL);
}

void kfree(void *p)
{
	held -= !!p;
	free(p);
}

unsigned long __get_free_page(gfp_t gfp)
{
	(void)gfp;
	return (unsigned long)allocate(PAGE_SIZE, PAGE_SIZE);
}

void free_page(unsigned long p)
{
	kfree((void *)p);
}

int sg_alloc_table(struct sg_table *sgt, unsigned int nents, gfp_t gfp)
{
	sgt->sgl = kmalloc(nents * sizeof(*sgt->sgl), gfp);
	if (!sgt->sgl)
		return -ENOMEM;
	sgt->nents = sgt->orig_nents = nents;
	return 0;
}

void sg_free_table(struct sg_table *sgt)
{
	kfree(sgt->sgl);
	sgt->sgl = NULL;
}
