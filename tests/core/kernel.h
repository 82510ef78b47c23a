/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * As much of a kernel as the lists of ranges need, for user space.
 *
 * The code in core/ is compiled as it is, with this file before it and with every
 * kernel header that it includes empty.  Memory is an array of pages at
 * made-up physical addresses (zones in memory.c); nobody touches its bytes.
 * Allocations are counted, and fail when a test says so.
 */
#ifndef TESTS_CORE_KERNEL_H
#define TESTS_CORE_KERNEL_H

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
#ifdef PHYS32
typedef u32 phys_addr_t;
#else
typedef u64 phys_addr_t;
#endif
typedef unsigned int gfp_t;

#define PHYS_ADDR_MAX	((phys_addr_t)-1)
#define U64_MAX		((u64)-1)
#ifndef PAGE_SHIFT
#define PAGE_SHIFT	12
#endif
#define PAGE_SIZE	(1UL << PAGE_SHIFT)
#define GFP_KERNEL	0
#define BIT(n)		(1UL << (n))
#define SZ_1M		(1UL << 20)
#define SZ_4G		(1UL << 32)
#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

#define __must_check			__attribute__((warn_unused_result))
#define noinline			__attribute__((noinline))
#define EXPORT_SYMBOL_GPL(name)		_Static_assert(1, #name)
#define static_assert(what)		_Static_assert(what, #what)
#define IS_ENABLED(option)		option
#ifndef CONFIG_KMSAN
#define CONFIG_KMSAN			0
#endif
#define CONFIG_SPARSEMEM		1
#define CONFIG_SPARSEMEM_VMEMMAP	1
#define xen_domain()			false
#define CONFIG_PCI_P2PDMA		1
#define CONFIG_HAS_DMA			1
#define CONFIG_PHYR_LIST_KUNIT_TEST	1
#define current				((struct task_struct *)1)

#define unlikely(x)		__builtin_expect(!!(x), 0)
#define min(a, b)		((a) < (b) ? (a) : (b))
#define max(a, b)		((a) > (b) ? (a) : (b))
#define min3(a, b, c)		min(a, min(b, c))
#define min_t(type, a, b)	min((type)(a), (type)(b))
#define ALIGN_DOWN(x, a)	((x) & ~((a) - 1UL))
#define check_add_overflow(a, b, sum)	__builtin_add_overflow(a, b, sum)
#define struct_size(p, m, n)	(sizeof(*(p)) + sizeof((p)->m[0]) * (n))
#define offset_in_page(p)	((unsigned long)(p) & (PAGE_SIZE - 1))
#define __ffs64(x)		((unsigned int)__builtin_ctzll(x))
#define fls64(x)		((x) ? 64 - (unsigned int)__builtin_clzll(x) : 0)
#define div_u64(n, d)		((u64)(n) / (u32)(d))

/* Warnings are counted: a test says how many it expects. */
extern unsigned int warned;
#define WARN_ON_ONCE(what)	((what) ? (warned++, true) : false)

/* Memory */
struct page {
	const void	*pgmap;		/* NULL: no device's */
	bool		p2p;
};
struct folio { struct page page; };

#define PHYS_PFN(addr)		((unsigned long)((addr) >> PAGE_SHIFT))
#define PFN_PHYS(pfn)		((phys_addr_t)(pfn) << PAGE_SHIFT)

bool pfn_valid(unsigned long pfn);
struct page *pfn_to_page(unsigned long pfn);
unsigned long page_to_pfn(const struct page *page);
size_t folio_size(const struct folio *folio);
struct folio *page_folio(struct page *page);

static inline phys_addr_t page_to_phys(const struct page *page)
{
	return PFN_PHYS(page_to_pfn(page));
}

static inline struct page *folio_page(struct folio *folio, size_t n)
{
	return &folio->page + n;
}

static inline bool is_pci_p2pdma_page(const struct page *page)
{
	return page->p2p;
}

static inline bool zone_device_pages_have_same_pgmap(const struct page *a,
						     const struct page *b)
{
	return a->pgmap == b->pgmap;
}

#define kasan_reset_tag(addr)	(addr)

static inline bool PageHighMem(const struct page *page)
{
	return page->pgmap;	/* somebody has to be out of the linear map */
}

void *page_address(const struct page *page);
#define kmap_local_page		page_address

/* Allocations */
void *kmalloc(size_t size, gfp_t gfp);
void kfree(void *p);
unsigned long __get_free_page(gfp_t gfp);
void free_page(unsigned long p);

/* The next @n allocations succeed and the one after fails; -1: none fails. */
void allocations_fail_after(int n);
/* Number of allocations made and not freed. */
unsigned long allocations_held(void);
unsigned long allocations_made(void);

/* Scatterlists */
struct scatterlist {
	struct page	*page;
	unsigned int	offset;
	unsigned int	length;
};
struct sg_table {
	struct scatterlist	*sgl;
	unsigned int		nents;
	unsigned int		orig_nents;
};
struct device {
	unsigned int	max_seg_size;
	unsigned long	seg_boundary;
	size_t		max_mapping;
	u64		*dma_mask;
};

#define sg_init_table(sg, n)		memset(sg, 0, (n) * sizeof(*(sg)))
#define for_each_sg(sgl, sg, n, i)	for ((i) = 0, (sg) = (sgl); (i) < (n); (i)++, (sg)++)
#define sg_page(sg)			((sg)->page)
#define sg_next(sg)			((sg) + 1)
#define dma_get_max_seg_size(dev)	((dev)->max_seg_size)
#define dma_get_seg_boundary(dev)	((dev)->seg_boundary)
#define dma_max_mapping_size(dev)	((dev)->max_mapping)

static inline void sg_set_page(struct scatterlist *sg, struct page *page,
			       unsigned int len, unsigned int offset)
{
	*sg = (struct scatterlist){ page, offset, len };
}

int sg_alloc_table(struct sg_table *sgt, unsigned int nents, gfp_t gfp);
void sg_free_table(struct sg_table *sgt);

#endif
