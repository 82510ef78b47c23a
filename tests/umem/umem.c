// SPDX-License-Identifier: GPL-2.0-only
/*
 * Random regions of memory: what a struct ib_umem says of them, beside a table
 * with the address of each page for the CPU and for the device.
 *
 * usage: umem SEED ROUNDS
 */

#include <stdio.h>

#include "memory.h"

typedef u64 dma_addr_t;
enum dma_data_direction { DMA_BIDIRECTIONAL };

/* The address and length for the device stand where those for the CPU do. */
#define sg_dma_address(sg)	((u64)(uintptr_t)(sg)->page)
#define sg_dma_len(sg)		((sg)->length)
#define for_each_sgtable_dma_sg(sgt, sg, i) \
	for_each_sg((sgt)->sgl, sg, (sgt)->nents, i)

#include <linux/phyr_list.h>
#include <linux/dma-phyr.h>

#include "75-rdma-dma-sgtable-head.snippet"

#define EXPORT_SYMBOL(name)	_Static_assert(1, #name)
#define BIT_ULL(n)		(1ULL << (n))
#define GENMASK(h, l)		((~0UL << (l)) & (~0UL >> (63 - (h))))
#define BITS_PER_LONG		64
#define PAGE_MASK		(~(PAGE_SIZE - 1))
#define __fls(x)		(63 - __builtin_clzl(x))
#define ALIGN_TO(x, a)		(((x) + (a) - 1) & ~((u64)(a) - 1))

struct ib_device { struct device *dma_device; };

struct ib_umem {
	u64			iova;
	size_t			length;
	unsigned long		address;
	unsigned long		dma_attrs;
	bool			writable;
	struct phyr_list	phyrs;
	struct dma_phyr_map	dma;
};

struct ib_block_iter {
	dma_addr_t		__dma_addr;
	size_t			__sg_numblocks;
	unsigned int		__pg_bit;
	struct dma_phyr		__range;
	struct dma_phyr_iter	__iter;
};

static size_t ib_umem_offset(struct ib_umem *umem)
{
	return umem->address & ~PAGE_MASK;
}

static size_t ib_umem_num_dma_blocks(struct ib_umem *umem, unsigned long size)
{
	return (ALIGN_TO(umem->iova + umem->length, size) - (umem->iova & ~(size - 1))) / size;
}

static u64 ib_umem_start_dma_addr(struct ib_umem *umem)
{
	struct dma_phyr_iter iter = dma_phyr_start(&umem->dma);
	struct dma_phyr p;

	return dma_phyr_next(&iter, &p) ? p.addr + ib_umem_offset(umem) : -1ULL;
}

static bool ib_uses_virt_dma(struct ib_device *dev)
{
	return !dev->dma_device;
}

void dma_unmap_phyrs(struct device *dev, const struct phyr_list *list, struct dma_phyr_map *map,
		     enum dma_data_direction dir, unsigned long attrs)
{
	if (map->list)
		dma_phyrs_release(map);
	else
		free(map->sgt.sgl);
}

static void unpin_user_phyrs(struct phyr_list *list, bool dirty)
{
	phyr_list_destroy(list);
}

#include "iter.c"
#include "75-rdma-dma-sgtable.snippet"
#include "76-rdma-umem-pages.snippet"
#include "76-rdma-umem-release.snippet"

static unsigned long best(struct ib_umem *umem, unsigned long sizes, u64 virt)
{
	u64 last = virt + umem->length - 1;
	unsigned long mask = 0;
	unsigned int bits = virt ^ last ? 64 - __builtin_clzl(virt ^ last) : 1;

	umem->iova = virt;
	if (bits < BITS_PER_LONG)
		mask = sizes & GENMASK(BITS_PER_LONG - 1, bits);
#include "76-rdma-umem-pgsz.snippet"
	if (mask)
		sizes &= GENMASK(__builtin_ctzl(mask), 0);
	return sizes ? 1UL << __fls(sizes) : 0;
}

#include "76-rdma-umem-blocks.snippet"

/* The table. */
#define MOST	600

static struct {
	unsigned int	nr;
	phys_addr_t	phys[MOST];
	u64		dma[MOST];
} table;

static u64 state;

static u64 random_below(u64 n)
{
	state = state * 6364136223846793005ULL + 1442695040888963407ULL;
	return (state >> 20) % n;
}

static void fail(const char *what, unsigned long got, unsigned long wanted)
{
	printf("%s: %#lx in place of %#lx\n", what, got, wanted);
	exit(1);
}

static void is(const char *what, unsigned long got, unsigned long wanted)
{
	if (got != wanted)
		fail(what, got, wanted);
}

/* Pages in runs, which start at multiples of @align pages more often than not. */
static void fill(void)
{
	unsigned int n, run, i;
	u64 align = 1ULL << random_below(10);
	unsigned int longest = 1 + random_below(random_below(2) ? 4 : MOST);
	u64 at = 0;

	table.nr = 1 + random_below(MOST);
	for (n = 0; n < table.nr; n += run) {
		run = 1 + random_below(longest);
		if (random_below(4))
			run = ALIGN_TO(run, align);
		run = min(run, table.nr - n);
		if (random_below(16))
			at = random_below(1ULL << 30);
		if (random_below(8))
			at &= ~(align - 1);
		/* Half of the first runs are not aligned at their start. */
		if (!n && random_below(2))
			at += align > run ? align - run : 0;
		for (i = 0; i < run; i++)
			table.dma[n + i] = at++ << PAGE_SHIFT;
	}
	/* The pages of zone 0 and its neighbours. */
	for (n = 0; n < table.nr; n += run) {
		unsigned int all = 16 * SZ_1M >> PAGE_SHIFT;

		run = 1 + random_below(longest);
		run = min(run, table.nr - n);
		run = min(run, all);
		at = random_below(all - run + 1);
		for (i = 0; i < run; i++)
			table.phys[n + i] = (phys_addr_t)at++ << PAGE_SHIFT;
	}
}

/* The device's addresses as a scatterlist, cut anywhere if @cut. */
static void fill_sg(struct sg_table *sgt, bool cut)
{
	unsigned int n;

	sgt->sgl = calloc(table.nr, sizeof(*sgt->sgl));
	sgt->nents = 0;
	for (n = 0; n < table.nr; n++) {
		struct scatterlist *last = sgt->sgl + sgt->nents - 1;

		if (sgt->nents && table.dma[n] == sg_dma_address(last) + sg_dma_len(last) &&
		    !(cut && !random_below(3))) {
			last->length += PAGE_SIZE;
			continue;
		}
		sgt->sgl[sgt->nents++] = (struct scatterlist){
			.page = (struct page *)(uintptr_t)table.dma[n],
			.length = PAGE_SIZE,
		};
	}
}

static void make(struct ib_umem *umem, bool dmabuf, bool list)
{
	size_t off = random_below(4) ? random_below(PAGE_SIZE) : 0;
	struct sg_table sgt;
	unsigned int n;
	struct phyr p;

	*umem = (struct ib_umem){ };
	umem->length = ((size_t)table.nr << PAGE_SHIFT) - off;
	if (random_below(4))
		umem->length -= random_below(min(umem->length, PAGE_SIZE - 1));
	umem->address = (random_below(1 << 24) << PAGE_SHIFT) + off;
	umem->iova = umem->address;

	for (n = 0; n < table.nr; n++) {
		p = (struct phyr){ table.phys[n], PAGE_SIZE };
		is("append", phyr_list_append(&umem->phyrs, &p, GFP_KERNEL), 0);
	}

	fill_sg(&sgt, random_below(2));
	if (list) {
		size_t len = dmabuf ? off + umem->length : (size_t)table.nr << PAGE_SHIFT;

		is("from sgtable", dma_phyrs_from_sgtable(&umem->dma, &sgt, 0, len, GFP_KERNEL), 0);
		free(sgt.sgl);
	} else {
		umem->dma.sgt = sgt;
		umem->dma.len = (size_t)table.nr << PAGE_SHIFT;
	}
}

/* What a device can be told with one page size, page by page. */
static unsigned long best_of_table(struct ib_umem *umem, unsigned long sizes, u64 virt)
{
	u64 last = virt + umem->length - 1, va = virt;
	unsigned long mask = 0;
	unsigned int n, bit;

	for (bit = 0; bit < 64; bit++) {
		/* No larger than makes one page of it. */
		if (sizes & BIT(bit) && virt >> bit == last >> bit) {
			mask |= BIT(bit);
			break;
		}
	}
	mask |= (table.dma[0] + ib_umem_offset(umem)) ^ virt;
	va = virt - ib_umem_offset(umem);
	for (n = 1; n < table.nr; n++) {
		va += PAGE_SIZE;
		if (table.dma[n] != table.dma[n - 1] + PAGE_SIZE)
			mask |= (table.dma[n] ^ va) | va;
	}
	for (bit = 63; bit > 0; bit--) {
		if (sizes & BIT(bit) && !(mask & (BIT(bit) - 1)))
			return BIT(bit);
	}
	return sizes & 1;
}

static u64 address_of_table(struct ib_umem *umem, u64 va)
{
	size_t pos = va - umem->iova + ib_umem_offset(umem);

	return table.dma[pos >> PAGE_SHIFT] + (pos & (PAGE_SIZE - 1));
}

static void check_blocks(struct ib_umem *umem, unsigned long size)
{
	struct ib_block_iter biter;
	size_t n = 0, nr = ib_umem_num_dma_blocks(umem, size);

	__rdma_umem_block_iter_start(&biter, umem, size);
	while (__rdma_umem_block_iter_next(&biter)) {
		u64 va = max(umem->iova, (umem->iova & ~(u64)(size - 1)) + n * size);

		is("block", biter.__dma_addr & ~(size - 1), address_of_table(umem, va) & ~(u64)(size - 1));
		n++;
	}
	is("number of blocks", n, nr);
}

static void check_pages(struct ib_umem *umem)
{
	struct rdma_page_iter piter;
	unsigned int n = 0;

	__rdma_umem_page_iter_start(&piter, umem);
	while (__rdma_umem_page_iter_next(&piter)) {
		is("page", page_to_phys(rdma_page_iter_page(&piter)), table.phys[n]);
		n++;
	}
	is("number of pages", n, table.nr);
}

int main(int argc, char **argv)
{
	struct ib_device device = { (struct device *)1 };
	unsigned long round, rounds = argc > 2 ? strtoul(argv[2], NULL, 0) : 1000;
	unsigned int shift[40] = { };

	state = argc > 1 ? strtoul(argv[1], NULL, 0) : 0;
	for (round = 0; round < rounds; round++) {
		bool dmabuf = !random_below(3), list = dmabuf || random_below(4);
		struct ib_umem umem;
		unsigned long size;
		unsigned int i;

		fill();
		make(&umem, dmabuf, list);
		check_pages(&umem);
		for (size = 4096; size <= PAGE_SIZE; size *= 2)
			check_blocks(&umem, size);
		for (i = 0; i < 8; i++) {
			unsigned long sizes = random_below(2) ? -4096UL : random_below(1UL << 40) & -4096UL;
			u64 virt = umem.address;

			/* Like the device's address as far up as some bit. */
			if (random_below(4)) {
				u64 like = (1ULL << (PAGE_SHIFT + random_below(18))) - 1;

				virt = (virt & ~like) | ((table.dma[0] + ib_umem_offset(&umem)) & like);
			}
			size = best(&umem, sizes, virt);
			is("best page size", size, best_of_table(&umem, sizes, virt));
			if (size) {
				shift[__builtin_ctzl(size)]++;
				check_blocks(&umem, size);
			} else {
				shift[0]++;
			}
		}
		__ib_umem_release(&device, &umem, 1);
		is("memory held", allocations_held(), 0);
	}
	is("warnings", warned, 0);
	printf("# page sizes found:");
	for (round = 0; round < ARRAY_SIZE(shift); round++) {
		if (shift[round])
			printf(" %s%lu:%u", round ? "2^" : "none ", round, shift[round]);
	}
	printf("\n");
	return 0;
}
