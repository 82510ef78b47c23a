// SPDX-License-Identifier: GPL-2.0-only
/*
 * What lists of physical ranges cost beside arrays of pages and scatterlists.
 *
 * Memory of three kinds, fragmented into single pages, into blocks of 2 MiB and
 * into blocks of 1 GiB, is described in each of the three ways, gone through,
 * and mapped for a device and unmapped.  The times are those of ktime_get_ns(),
 * which under QEMU's -icount shift=0 counts instructions of the guest: they do
 * not depend on the load of the machine.  One line is printed for each size:
 *
 *	bench KIND BYTES WHAT=FIGURE...
 *
 * The blocks are in descending order, so that no two become one.  They are all
 * memory that the machine has above 4 GiB, whoever uses it: nobody touches it.
 * The device is one that looks at no memory by itself; with an IOMMU it has to
 * be a PCI device, and QEMU has some for tests.
 */

#include <kunit/test.h>
#include <linux/dma-mapping.h>
#include <linux/dma-phyr.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/pfn.h>
#include <linux/phyr_list.h>
#include <linux/platform_device.h>
#include <linux/scatterlist.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/string.h>

/**
 * struct bench - what each case works with
 * @dev: the device
 * @pci: the device, if it is a PCI device
 * @platform: the device, if it is none
 * @pages: the memory, page by page
 * @nr: number of pages
 */
struct bench {
	struct device		*dev;
	struct pci_dev		*pci;
	struct platform_device	*platform;
	struct page		**pages;
	unsigned long		nr;
};

/* As RDMA has it: the length of an entry is 32 bits. */
#define MAX_SEGMENT	SZ_2G

struct bench_row {
	const char	*kind;
	size_t		block;
	size_t		len;
};

static const struct bench_row bench_rows[] = {
	{ "4K", SZ_4K, SZ_64K },
	{ "4K", SZ_4K, SZ_1M },
	{ "4K", SZ_4K, SZ_16M },
	{ "4K", SZ_4K, SZ_256M },
	{ "4K", SZ_4K, SZ_1G },
	{ "4K", SZ_4K, SZ_4G },
	{ "2M", SZ_2M, SZ_64K },
	{ "2M", SZ_2M, SZ_1M },
	{ "2M", SZ_2M, SZ_16M },
	{ "2M", SZ_2M, SZ_256M },
	{ "2M", SZ_2M, SZ_1G },
	{ "2M", SZ_2M, SZ_4G },
	{ "1G", SZ_1G, SZ_64K },
	{ "1G", SZ_1G, SZ_1M },
	{ "1G", SZ_1G, SZ_16M },
	{ "1G", SZ_1G, SZ_256M },
	{ "1G", SZ_1G, SZ_1G },
	{ "1G", SZ_1G, SZ_4G },
};

static void bench_row_desc(const struct bench_row *row, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%s %zu", row->kind, row->len);
}

KUNIT_ARRAY_PARAM(bench, bench_rows, bench_row_desc);

/* The end of the memory above 4 GiB, in whole gigabytes. */
static phys_addr_t memory_end(void)
{
	phys_addr_t addr = SZ_4G;

	while (pfn_valid(PHYS_PFN(addr)) &&
	       pfn_valid(PHYS_PFN(addr + SZ_1G - 1)))
		addr += SZ_1G;
	return addr;
}

static phys_addr_t block_addr(phys_addr_t end, size_t block, size_t n)
{
	/* A part of a larger block starts where that does. */
	return end - max_t(size_t, block, SZ_4K) * (n + 1);
}

/* Block after block, each page by page. */
static void fill_pages(struct bench *bench, const struct bench_row *row,
		       phys_addr_t end)
{
	size_t len = min(row->block, row->len);
	size_t n, i = 0, off;

	for (n = 0; i < bench->nr; n++) {
		phys_addr_t addr = block_addr(end, row->block, n);

		for (off = 0; off < len; off += PAGE_SIZE)
			bench->pages[i++] = pfn_to_page(PHYS_PFN(addr + off));
	}
}

static int append_blocks(struct phyr_list *list, const struct bench_row *row,
			 phys_addr_t end)
{
	struct phyr p = { .len = min(row->block, row->len) };
	size_t n, nr = row->len / p.len;
	int rc = 0;

	for (n = 0; n < nr && !rc; n++) {
		p.addr = block_addr(end, row->block, n);
		rc = phyr_list_append(list, &p, GFP_KERNEL);
	}
	return rc;
}

/* What is read of each entry, so that no compiler leaves it out. */
static u64 sink;

static u64 iterate_sg(struct sg_table *sgt)
{
	struct scatterlist *sg;
	u64 start = ktime_get_ns(), sum = 0;
	unsigned int i;

	for_each_sg(sgt->sgl, sg, sgt->orig_nents, i)
		sum += sg_phys(sg) ^ sg->length;
	WRITE_ONCE(sink, sum);
	return ktime_get_ns() - start;
}

static u64 iterate_list(const struct phyr_list *list)
{
	u64 start = ktime_get_ns(), sum = 0;
	struct phyr p;

	for_each_phyr(p, list)
		sum += p.addr ^ p.len;
	WRITE_ONCE(sink, sum);
	return ktime_get_ns() - start;
}

enum bench_time {
	SG_BUILD, LIST_BUILD, BLOCKS_BUILD, SG_ITERATE, LIST_ITERATE, SG_MAP,
	LIST_MAP, SG_UNMAP, LIST_UNMAP, NR_TIMES
};

/* The figures of one size. */
struct figures {
	size_t		sg_bytes;
	size_t		list_bytes;
	size_t		map_bytes;
	unsigned long	chunks;
	unsigned long	entries;
	u64		time[NR_TIMES];
};

/*
 * Both are measured a few times, in either order, and the least counts: the
 * first mapping allocates page tables that later ones find, and now and then
 * one pays for what was put off.
 */
#define ROUNDS		4

static void keep_least(struct figures *least, const struct figures *f)
{
	unsigned int i;

	for (i = 0; i < NR_TIMES; i++)
		least->time[i] = min(least->time[i], f->time[i]);
}

static void bench_sg(struct kunit *test, struct figures *f)
{
	struct bench *bench = test->priv;
	struct sg_table sgt;
	u64 start;

	start = ktime_get_ns();
	KUNIT_ASSERT_EQ(test,
			sg_alloc_table_from_pages_segment(&sgt, bench->pages,
							  bench->nr, 0,
							  bench->nr << PAGE_SHIFT,
							  MAX_SEGMENT,
							  GFP_KERNEL), 0);
	f->time[SG_BUILD] = ktime_get_ns() - start;
	f->sg_bytes = sgt.orig_nents * sizeof(struct scatterlist);
	f->time[SG_ITERATE] = iterate_sg(&sgt);

	start = ktime_get_ns();
	KUNIT_EXPECT_EQ(test, dma_map_sgtable(bench->dev, &sgt,
					      DMA_BIDIRECTIONAL, 0), 0);
	f->time[SG_MAP] = ktime_get_ns() - start;
	start = ktime_get_ns();
	dma_unmap_sgtable(bench->dev, &sgt, DMA_BIDIRECTIONAL, 0);
	f->time[SG_UNMAP] = ktime_get_ns() - start;
	sg_free_table(&sgt);
}

static void bench_list(struct kunit *test, const struct bench_row *row,
		       phys_addr_t end, struct figures *f)
{
	struct bench *bench = test->priv;
	struct dma_phyr_map map = { };
	struct phyr_list list, blocks;
	struct dma_phyr p;
	u64 start;

	phyr_list_init(&list);
	phyr_list_init(&blocks);
	start = ktime_get_ns();
	KUNIT_ASSERT_EQ(test, phyr_list_append_pages(&list, bench->pages, 0,
						     bench->nr << PAGE_SHIFT,
						     GFP_KERNEL), 0);
	f->time[LIST_BUILD] = ktime_get_ns() - start;
	start = ktime_get_ns();
	KUNIT_ASSERT_EQ(test, append_blocks(&blocks, row, end), 0);
	f->time[BLOCKS_BUILD] = ktime_get_ns() - start;
	KUNIT_EXPECT_TRUE(test, phyr_list_equal(&list, &blocks));
	phyr_list_destroy(&blocks);

	f->list_bytes = phyr_list_bytes(&list);
	f->chunks = list.chunks.nr;
	f->time[LIST_ITERATE] = iterate_list(&list);

	start = ktime_get_ns();
	KUNIT_EXPECT_EQ(test, dma_map_phyrs(bench->dev, &list, &map,
					    DMA_BIDIRECTIONAL, 0), 0);
	f->time[LIST_MAP] = ktime_get_ns() - start;
	KUNIT_EXPECT_NOT_NULL(test, map.list);
	if (map.list && (const void *)map.list != (const void *)&list)
		f->map_bytes = phyr_chunks_bytes(&map.list->chunks);
	for_each_dma_phyr(p, &map)
		f->entries++;
	start = ktime_get_ns();
	dma_unmap_phyrs(bench->dev, &list, &map, DMA_BIDIRECTIONAL, 0);
	f->time[LIST_UNMAP] = ktime_get_ns() - start;
	phyr_list_destroy(&list);
}

static void print_figures(const struct bench_row *row, size_t pages_bytes,
			  const struct figures *f)
{
	static const char *const names[] = {
		"sg.build", "list.build", "blocks.build", "sg.iterate",
		"list.iterate", "sg.map", "list.map", "sg.unmap", "list.unmap",
	};
	char times[256] = "";
	unsigned int i, n = 0;

	for (i = 0; i < NR_TIMES; i++)
		n += scnprintf(times + n, sizeof(times) - n, " %s=%llu",
			       names[i], f->time[i]);
	pr_info("bench %s %zu pages.bytes=%zu sg.bytes=%zu list.bytes=%zu map.bytes=%zu chunks=%lu entries=%lu%s\n",
		row->kind, row->len, pages_bytes, f->sg_bytes, f->list_bytes,
		f->map_bytes, f->chunks, f->entries, times);
}

static void phyr_bench_prints_figures(struct kunit *test)
{
	const struct bench_row *row = test->param_value;
	struct bench *bench = test->priv;
	phys_addr_t end = memory_end();
	struct figures f, least;
	unsigned int round;

	if (end - SZ_4G < max(row->len, row->block))
		kunit_skip(test, "too little memory above 4 GiB");

	bench->nr = row->len >> PAGE_SHIFT;
	bench->pages = kvmalloc_array(bench->nr, sizeof(*bench->pages),
				      GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, bench->pages);
	fill_pages(bench, row, end);

	for (round = 0; round < ROUNDS; round++) {
		f = (struct figures){ };
		if (round % 2)
			bench_list(test, row, end, &f);
		bench_sg(test, &f);
		if (!(round % 2))
			bench_list(test, row, end, &f);
		if (!round)
			least = f;
		keep_least(&least, &f);
	}
	print_figures(row, bench->nr * sizeof(*bench->pages), &least);
}

static int phyr_bench_init(struct kunit *test)
{
	struct bench *bench = kunit_kzalloc(test, sizeof(*bench), GFP_KERNEL);

	if (!bench)
		return -ENOMEM;
	test->priv = bench;

	/* QEMU's pci-testdev, or its edu. */
	bench->pci = pci_get_device(PCI_VENDOR_ID_REDHAT, 0x0005, NULL);
	if (!bench->pci)
		bench->pci = pci_get_device(0x1234, 0x11e8, NULL);
	if (bench->pci) {
		bench->dev = &bench->pci->dev;
	} else {
		bench->platform = platform_device_register_simple("phyr_bench", -1,
								  NULL, 0);
		if (IS_ERR(bench->platform))
			return PTR_ERR(bench->platform);
		bench->dev = &bench->platform->dev;
	}
	dma_set_max_seg_size(bench->dev, MAX_SEGMENT);
	return dma_set_mask(bench->dev, DMA_BIT_MASK(64));
}

static void phyr_bench_exit(struct kunit *test)
{
	struct bench *bench = test->priv;

	if (!bench)
		return;
	kvfree(bench->pages);
	pci_dev_put(bench->pci);
	if (bench->platform && !IS_ERR(bench->platform))
		platform_device_unregister(bench->platform);
}

static struct kunit_case phyr_bench_cases[] = {
	KUNIT_CASE_PARAM(phyr_bench_prints_figures, bench_gen_params),
	{ }
};

static struct kunit_suite phyr_bench_suite = {
	.name = "phyr_bench",
	.init = phyr_bench_init,
	.exit = phyr_bench_exit,
	.test_cases = phyr_bench_cases,
};

kunit_test_suite(phyr_bench_suite);

MODULE_DESCRIPTION("Figures of lists of physical ranges");
MODULE_LICENSE("GPL");
