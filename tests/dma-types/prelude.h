/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * prelude.h: as much of the kernel as the types of phyr.h, phyr_list.h and
 * dma-phyr.h need. Nothing here is ever run.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef u64 phys_addr_t;
typedef u64 dma_addr_t;
typedef unsigned int gfp_t;

enum dma_data_direction { DMA_BIDIRECTIONAL };

struct scatterlist {
	dma_addr_t dma_address;
};

struct sg_table {
	struct scatterlist *sgl;
	unsigned int nents;
	unsigned int orig_nents;
};

#define EINVAL		22
#define ERANGE		34
#define EOVERFLOW	75
#define __must_check
#define IS_ENABLED(option) 0
#define BIT(n)			(1UL << (n))
#define PAGE_SIZE		4096UL
#define PHYS_ADDR_MAX		(~(phys_addr_t)0)
#define offset_in_page(p)	((unsigned long)(p) & (PAGE_SIZE - 1))
#define min_t(type, a, b)	((type)(a) < (type)(b) ? (type)(a) : (type)(b))
#define check_add_overflow(a, b, d) __builtin_add_overflow(a, b, d)

struct page;
phys_addr_t page_to_phys(struct page *page);
