// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests of DMA mappings of lists of physical ranges.
 *
 * What a mapping looks like depends on the machine: whether there is an IOMMU,
 * whether bounce buffers are forced, whether caches are coherent.  The suite
 * finds out what its device has, and checks what holds for each kind of mapping:
 * that all bytes are there, in order, once; that the device address of each leads
 * to that byte, or to one in a bounce buffer that is copied both ways; and that
 * nothing is left when the mapping ends.
 *
 * The device is a PCI device made for tests, as QEMU has them, if there is one,
 * because only such a device is behind an IOMMU; otherwise a platform device.  No
 * DMA is started.  What a device would read or write is read or written by the
 * CPU at the physical address that the device address leads to.
 *
 * Warnings in the log are what is tested: a map that is in use or was not mapped,
 * a direction that is none, and addresses that the device does not reach.
 */

#include <kunit/test.h>
#include <linux/dma-direct.h>
#include <linux/dma-map-ops.h>
#include <linux/dma-mapping.h>
#include <linux/dma-phyr.h>
#include <linux/error-injection.h>
#include <linux/gfp.h>
#include <linux/highmem.h>
#include <linux/iommu-dma.h>
#include <linux/iommu.h>
#include <linux/kernel.h>
#include <linux/kmsg_dump.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/pci-p2pdma.h>
#include <linux/phyr_list.h>
#include <linux/platform_device.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/string.h>
#include <linux/swiotlb.h>

/* The unit in which data is told apart. */
#define SECTOR		512

/**
 * struct dma_ctx - what each case works with
 * @dev: the device
 * @pci: the device, if it is a PCI device
 * @platform: the device, if it is none
 * @mask: DMA mask that the device had
 * @untrusted: whether the PCI device was untrusted
 * @ops: DMA operations that the device had
 * @moved: whether the bus has an offset that is undone at the end
 * @bounces: whether bytes may be in a bounce buffer
 * @list: the memory
 * @map: its mapping
 * @pages: blocks of memory
 * @nr: number of blocks
 * @order: order of a block
 */
struct dma_ctx {
	struct device		*dev;
	struct pci_dev		*pci;
	struct platform_device	*platform;
	u64			mask;
	bool			untrusted;
	const struct dma_map_ops *ops;
	bool			moved;
	bool			bounces;
	struct phyr_list	list;
	struct dma_phyr_map	map;
	struct page		**pages;
	unsigned int		nr;
	unsigned int		order;
};

/* Blocks of memory, and what of the first and the last is left out. */
struct memory_row {
	const char	*name;
	unsigned int	nr;
	size_t		block;
	size_t		skip;
	size_t		cut;
};

static const struct memory_row memory_rows[] = {
	{ "one byte", 1, PAGE_SIZE, 100, PAGE_SIZE - 101 },
	{ "one page", 1, PAGE_SIZE, 0, 0 },
	{ "one run with odd ends", 1, SZ_64K, 5, 7 },
	{ "two pages", 2, PAGE_SIZE, 0, 0 },
	{ "fragmented pages", 64, PAGE_SIZE, 0, 0 },
	{ "fragmented pages with odd ends", 64, PAGE_SIZE, 0x123, 0x45 },
	{ "fragments of half a megabyte", 4, SZ_512K, SECTOR, SECTOR },
	{ "a run of two megabytes", 1, SZ_2M, 0, 0 },
	{ "pages of more than one segment", 1200, PAGE_SIZE, 1, 0 },
};

static void memory_row_desc(const struct memory_row *row, char *desc)
{
	strscpy(desc, row->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(memory, memory_rows, memory_row_desc);

static const struct memory_row few_pages = {
	"few pages", 16, PAGE_SIZE, SECTOR, 0
};

static int higher_first(const void *a, const void *b)
{
	unsigned long x = page_to_pfn(*(struct page *const *)a);
	unsigned long y = page_to_pfn(*(struct page *const *)b);

	return x < y ? 1 : x > y ? -1 : 0;
}

/* Make the list of a row.  Blocks go down, so that no two become one. */
static void make_list(struct kunit *test, const struct memory_row *row)
{
	struct dma_ctx *ctx = test->priv;
	unsigned int i;

	ctx->pages = kunit_kcalloc(test, row->nr, sizeof(*ctx->pages),
				   GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, ctx->pages);
	ctx->order = get_order(row->block);
	for (; ctx->nr < row->nr; ctx->nr++) {
		ctx->pages[ctx->nr] = alloc_pages(GFP_KERNEL | __GFP_HIGHMEM,
						  ctx->order);
		KUNIT_ASSERT_NOT_NULL(test, ctx->pages[ctx->nr]);
	}
	sort(ctx->pages, ctx->nr, sizeof(*ctx->pages), higher_first, NULL);

	for (i = 0; i < ctx->nr; i++) {
		size_t skip = i ? 0 : row->skip;
		size_t len = (PAGE_SIZE << ctx->order) - skip;
		struct phyr p;

		if (i == ctx->nr - 1)
			len -= row->cut;
		KUNIT_ASSERT_EQ(test, 0, phyr_set_page(&p, ctx->pages[i], len,
						       skip));
		KUNIT_ASSERT_EQ(test, 0, phyr_list_append(&ctx->list, &p,
							  GFP_KERNEL));
	}
}

static int map_list(struct kunit *test, enum dma_data_direction dir,
		    unsigned long attrs)
{
	struct dma_ctx *ctx = test->priv;

	return dma_map_phyrs(ctx->dev, &ctx->list, &ctx->map, dir, attrs);
}

static void unmap_list(struct kunit *test, enum dma_data_direction dir,
		       unsigned long attrs)
{
	struct dma_ctx *ctx = test->priv;

	dma_unmap_phyrs(ctx->dev, &ctx->list, &ctx->map, dir, attrs);
}

static void expect_unmapped(struct kunit *test)
{
	struct dma_ctx *ctx = test->priv;

	KUNIT_EXPECT_PTR_EQ(test, ctx->map.list,
			    (const struct dma_phyr_list *)NULL);
	KUNIT_EXPECT_EQ(test, dma_phyr_map_len(&ctx->map), 0);
}

/*
 * A provider of DMA operations that can map scatterlists and nothing else, as
 * some architectures' IOMMUs can: the device finds memory a tebibyte higher.
 */
#define PROVIDER_OFFSET		BIT_ULL(40)

static struct {
	int		fails;
	unsigned int	mapped;
} provider;

static int provider_map_sg(struct device *dev, struct scatterlist *sgl,
			   int nents, enum dma_data_direction dir,
			   unsigned long attrs)
{
	struct scatterlist *sg;
	int i;

	if (provider.fails)
		return provider.fails;
	for_each_sg(sgl, sg, nents, i) {
		sg->dma_address = sg_phys(sg) + PROVIDER_OFFSET;
		sg_dma_len(sg) = sg->length;
	}
	provider.mapped += nents;
	return nents;
}

static void provider_unmap_sg(struct device *dev, struct scatterlist *sgl,
			      int nents, enum dma_data_direction dir,
			      unsigned long attrs)
{
	provider.mapped -= nents;
}

static const struct dma_map_ops provider_ops = {
	.map_sg = provider_map_sg,
	.unmap_sg = provider_unmap_sg,
};

static bool has_provider(struct device *dev)
{
	return get_dma_ops(dev) == &provider_ops;
}

/* Where a device address leads, as a physical address. */
static phys_addr_t device_to_phys(struct dma_ctx *ctx, dma_addr_t addr)
{
	if (has_provider(ctx->dev))
		return addr - PROVIDER_OFFSET;
	if (use_dma_iommu(ctx->dev))
		return iommu_iova_to_phys(iommu_get_domain_for_dev(ctx->dev),
					  addr);
	return dma_to_phys(ctx->dev, addr);
}

/* What the CPU does at a physical address that is at a position of a list. */
typedef bool (*visit_fn)(phys_addr_t phys, size_t len, size_t pos, u8 seed);

static u8 data_at(size_t pos, u8 seed)
{
	size_t sector = pos / SECTOR;

	return seed + sector + sector / 251;
}

static bool write_data(phys_addr_t phys, size_t len, size_t pos, u8 seed)
{
	void *p = kmap_local_page(pfn_to_page(PHYS_PFN(phys)));

	memset(p + offset_in_page(phys), data_at(pos, seed), len);
	kunmap_local(p);
	return true;
}

static bool has_data(phys_addr_t phys, size_t len, size_t pos, u8 seed)
{
	void *p = kmap_local_page(pfn_to_page(PHYS_PFN(phys)));
	bool same = !memchr_inv(p + offset_in_page(phys), data_at(pos, seed),
				len);

	kunmap_local(p);
	return same;
}

/* As far as one page goes, and one sector of the list. */
static size_t part_len(u64 addr, size_t left, size_t pos)
{
	return min3(left, (size_t)(PAGE_SIZE - offset_in_page(addr)),
		    (size_t)(SECTOR - pos % SECTOR));
}

/* As the CPU sees the memory.  Returns whether all visits were true. */
static bool visit_cpu(struct dma_ctx *ctx, visit_fn visit, u8 seed)
{
	size_t pos = 0;
	struct phyr p;

	for_each_phyr(p, &ctx->list) {
		while (p.len) {
			size_t n = part_len(p.addr, p.len, pos);

			if (!visit(p.addr, n, pos, seed))
				return false;
			p.addr += n;
			p.len -= n;
			pos += n;
		}
	}
	return true;
}

/*
 * As the device sees it.  Where caches are not coherent it is the CPU that has
 * written all the same, so that what it wrote has to leave its cache.
 */
static bool visit_device(struct dma_ctx *ctx, visit_fn visit, u8 seed)
{
	struct dma_phyr p;
	size_t pos = 0;

	for_each_dma_phyr(p, &ctx->map) {
		while (p.len) {
			size_t n = part_len(p.addr, p.len, pos);
			phys_addr_t phys = device_to_phys(ctx, p.addr);

			if (!visit(phys, n, pos, seed))
				return false;
			if (!dev_is_dma_coherent(ctx->dev))
				arch_sync_dma_for_device(phys, n,
							 DMA_TO_DEVICE);
			p.addr += n;
			p.len -= n;
			pos += n;
		}
	}
	return true;
}

/* Each byte of the list is at the device address that the mapping says. */
static void expect_all_bytes(struct kunit *test)
{
	struct dma_ctx *ctx = test->priv;
	size_t pos = 0, bad = 0;
	struct dma_phyr d;

	KUNIT_EXPECT_EQ(test, dma_phyr_map_len(&ctx->map),
			phyr_list_len(&ctx->list));
	if (ctx->map.list)
		KUNIT_EXPECT_EQ(test, dma_phyr_list_len(ctx->map.list),
				phyr_list_len(&ctx->list));

	for_each_dma_phyr(d, &ctx->map) {
		KUNIT_ASSERT_GT(test, d.len, 0);
		while (d.len) {
			size_t n;
			struct phyr p;

			KUNIT_ASSERT_EQ(test, 0, phyr_list_find(&ctx->list,
								pos, &p));
			n = min3(d.len, p.len,
				 (size_t)(PAGE_SIZE - offset_in_page(d.addr)));
			if (device_to_phys(ctx, d.addr) != p.addr ||
			    device_to_phys(ctx, d.addr + (n - 1)) !=
			    phyr_phys(&p) + (n - 1))
				bad++;
			d.addr += n;
			d.len -= n;
			pos += n;
		}
	}
	KUNIT_EXPECT_EQ(test, pos, phyr_list_len(&ctx->list));
	if (!ctx->bounces)
		KUNIT_EXPECT_EQ(test, bad, 0);
}

static void dma_map_phyrs_reaches_each_byte(struct kunit *test)
{
	static const enum dma_data_direction dirs[] = {
		DMA_TO_DEVICE, DMA_FROM_DEVICE, DMA_BIDIRECTIONAL
	};
	unsigned int i;

	make_list(test, test->param_value);
	for (i = 0; i < ARRAY_SIZE(dirs); i++) {
		KUNIT_ASSERT_EQ(test, 0, map_list(test, dirs[i], 0));
		expect_all_bytes(test);
		unmap_list(test, dirs[i], 0);
		expect_unmapped(test);
	}
}

static void dma_sync_phyrs_moves_data_both_ways(struct kunit *test)
{
	struct dma_ctx *ctx = test->priv;

	make_list(test, test->param_value);
	visit_cpu(ctx, write_data, 1);
	KUNIT_ASSERT_EQ(test, 0, map_list(test, DMA_BIDIRECTIONAL, 0));
	KUNIT_EXPECT_TRUE(test, visit_device(ctx, has_data, 1));

	visit_device(ctx, write_data, 2);
	dma_sync_phyrs_for_cpu(ctx->dev, &ctx->list, &ctx->map,
			       DMA_BIDIRECTIONAL, 0);
	KUNIT_EXPECT_TRUE(test, visit_cpu(ctx, has_data, 2));

	visit_cpu(ctx, write_data, 3);
	dma_sync_phyrs_for_device(ctx->dev, &ctx->list, &ctx->map,
				  DMA_BIDIRECTIONAL, 0);
	KUNIT_EXPECT_TRUE(test, visit_device(ctx, has_data, 3));

	visit_device(ctx, write_data, 4);
	unmap_list(test, DMA_BIDIRECTIONAL, 0);
	KUNIT_EXPECT_TRUE(test, visit_cpu(ctx, has_data, 4));
}

static void dma_map_phyrs_leaves_syncing_to_who_wants_it(struct kunit *test)
{
	struct dma_ctx *ctx = test->priv;
	unsigned long attrs = DMA_ATTR_SKIP_CPU_SYNC | DMA_ATTR_WEAK_ORDERING;
	bool copies = is_swiotlb_force_bounce(ctx->dev) &&
		      !use_dma_iommu(ctx->dev);

	make_list(test, test->param_value);
	visit_cpu(ctx, write_data, 1);
	KUNIT_ASSERT_EQ(test, 0, map_list(test, DMA_BIDIRECTIONAL, attrs));
	dma_sync_phyrs_for_device(ctx->dev, &ctx->list, &ctx->map,
				  DMA_BIDIRECTIONAL, attrs);
	KUNIT_EXPECT_TRUE(test, visit_device(ctx, has_data, 1));

	visit_device(ctx, write_data, 2);
	dma_sync_phyrs_for_cpu(ctx->dev, &ctx->list, &ctx->map,
			       DMA_BIDIRECTIONAL, attrs);
	KUNIT_EXPECT_TRUE(test, visit_cpu(ctx, has_data, 2));

	/* What comes later is seen where there is nothing to copy. */
	visit_device(ctx, write_data, 3);
	unmap_list(test, DMA_BIDIRECTIONAL, attrs);
	if (copies || !ctx->bounces)
		KUNIT_EXPECT_TRUE(test, visit_cpu(ctx, has_data,
						  copies ? 2 : 3));
}

static void dma_phyr_iter_starts_at_any_position(struct kunit *test)
{
	struct dma_ctx *ctx = test->priv;
	struct dma_phyr_iter iter;
	struct dma_phyr whole, part;
	size_t pos = 0, len;

	make_list(test, test->param_value);
	len = phyr_list_len(&ctx->list);
	KUNIT_ASSERT_EQ(test, 0, map_list(test, DMA_TO_DEVICE, 0));

	for_each_dma_phyr(whole, &ctx->map) {
		size_t half = whole.len / 2;

		KUNIT_ASSERT_EQ(test, 0,
				dma_phyr_iter_init(&iter, &ctx->map, pos + half,
						   len - pos - half));
		KUNIT_ASSERT_TRUE(test, dma_phyr_next(&iter, &part));
		KUNIT_ASSERT_EQ(test, part.addr, whole.addr + half);
		KUNIT_ASSERT_EQ(test, part.len, whole.len - half);
		pos += whole.len;
	}

	/* The last byte, and no more. */
	KUNIT_ASSERT_EQ(test, 0,
			dma_phyr_iter_init(&iter, &ctx->map, len - 1, 1));
	KUNIT_ASSERT_TRUE(test, dma_phyr_next(&iter, &part));
	KUNIT_EXPECT_EQ(test, part.len, 1);
	KUNIT_EXPECT_FALSE(test, dma_phyr_next(&iter, &part));

	KUNIT_EXPECT_EQ(test, 0, dma_phyr_iter_init(&iter, &ctx->map, len, 0));
	KUNIT_EXPECT_FALSE(test, dma_phyr_next(&iter, &part));
	KUNIT_EXPECT_EQ(test, -ERANGE,
			dma_phyr_iter_init(&iter, &ctx->map, len, 1));
	KUNIT_EXPECT_FALSE(test, dma_phyr_next(&iter, &part));
	KUNIT_EXPECT_EQ(test, -ERANGE,
			dma_phyr_iter_init(&iter, &ctx->map, 1, SIZE_MAX));
	unmap_list(test, DMA_TO_DEVICE, 0);
}

static void dma_phyr_list_blocks_cover_the_list(struct kunit *test)
{
	struct dma_ctx *ctx = test->priv;
	struct dma_phyr_list_blocks blocks;
	const struct dma_phyr_list *list;
	size_t pos = 0;
	u64 n = 0;
	dma_addr_t addr;

	make_list(test, test->param_value);
	KUNIT_ASSERT_EQ(test, 0, map_list(test, DMA_TO_DEVICE, 0));
	list = ctx->map.list;
	if (!list) {
		unmap_list(test, DMA_TO_DEVICE, 0);
		kunit_skip(test, "bounced to what is no list");
	}

	KUNIT_EXPECT_EQ(test, -EINVAL,
			dma_phyr_list_blocks_init(&blocks, list, SZ_4K - 1));
	KUNIT_EXPECT_EQ(test, 0,
			dma_phyr_list_blocks_init(&blocks, list, SZ_4K));
	while (dma_phyr_list_next_block(&blocks, &addr)) {
		struct dma_phyr p;

		KUNIT_ASSERT_EQ(test, 0, dma_phyr_list_find(list, pos, &p));
		KUNIT_ASSERT_EQ(test, (u64)p.addr & ~(u64)(SZ_4K - 1),
				(u64)addr);
		pos += SZ_4K - (p.addr & (SZ_4K - 1));
		n++;
	}
	KUNIT_EXPECT_GE(test, pos, phyr_list_len(&ctx->list));
	KUNIT_EXPECT_EQ(test, n, dma_phyr_list_nr_blocks(list, SZ_4K));
	unmap_list(test, DMA_TO_DEVICE, 0);
}

/*
 * Whether the device is told physical addresses when it only reads; when it writes,
 * too, small buffers may be bounced for the sake of caches.
 */
static bool is_direct(struct dma_ctx *ctx)
{
	return !use_dma_iommu(ctx->dev) && !get_dma_ops(ctx->dev) &&
	       !is_swiotlb_force_bounce(ctx->dev) &&
	       !force_dma_unencrypted(ctx->dev) && !IS_ENABLED(CONFIG_KMSAN);
}

/*
 * Failing and counting the allocations of the task that runs a case.  Kprobes
 * sit on the two functions that decide whether one fails.
 */
#if defined(CONFIG_KPROBES) && defined(CONFIG_FUNCTION_ERROR_INJECTION) && \
	defined(CONFIG_FAILSLAB) && defined(CONFIG_FAIL_PAGE_ALLOC)
static struct {
	struct task_struct	*task;
	unsigned long		count;
	unsigned long		fail;
	bool			probed;
} allocs;

static int alloc_is_made(struct kprobe *probe, struct pt_regs *regs)
{
	if (READ_ONCE(allocs.task) != current)
		return 0;
	if (++allocs.count != allocs.fail)
		return 0;

	regs_set_return_value(regs, true);
	override_function_with_return(regs);
	return 1;
}

static struct kprobe slab_probe = {
	.symbol_name = "should_failslab",
	.pre_handler = alloc_is_made,
};

static struct kprobe page_probe = {
	.symbol_name = "should_fail_alloc_page",
	.pre_handler = alloc_is_made,
};

static void allocs_begin(struct kunit *test)
{
	allocs.task = NULL;
	KUNIT_ASSERT_EQ(test, 0, register_kprobe(&slab_probe));
	if (register_kprobe(&page_probe)) {
		unregister_kprobe(&slab_probe);
		KUNIT_ASSERT_TRUE_MSG(test, false,
				      "no probe of should_fail_alloc_page()");
	}
	allocs.probed = true;
}

static void allocs_end(void)
{
	if (!allocs.probed)
		return;
	allocs.probed = false;
	WRITE_ONCE(allocs.task, NULL);
	unregister_kprobe(&page_probe);
	unregister_kprobe(&slab_probe);
	slab_probe.addr = NULL;
	page_probe.addr = NULL;
	slab_probe.flags = 0;
	page_probe.flags = 0;
}

/*
 * Map while the allocation that has the number @fail fails; 0 for none.  To the
 * device, because otherwise CONFIG_DMA_API_DEBUG allocates and, when it cannot,
 * gives up.
 */
static int map_failing(struct kunit *test, unsigned long fail,
		       unsigned long *count)
{
	int rc;

	allocs.count = 0;
	allocs.fail = fail;
	WRITE_ONCE(allocs.task, current);
	rc = map_list(test, DMA_TO_DEVICE, DMA_ATTR_NO_WARN);
	WRITE_ONCE(allocs.task, NULL);
	*count = allocs.count;
	return rc;
}
#else
static void allocs_begin(struct kunit *test)
{
	kunit_skip(test, "needs KPROBES, FUNCTION_ERROR_INJECTION, FAILSLAB and FAIL_PAGE_ALLOC");
}

static void allocs_end(void)
{
}

static int map_failing(struct kunit *test, unsigned long fail,
		       unsigned long *count)
{
	return -EINVAL;
}
#endif

static void dma_map_phyrs_unwinds_each_failed_allocation(struct kunit *test)
{
	struct dma_ctx *ctx = test->priv;
	unsigned long fail, count = 0, failed = 0;
	int rc;

	make_list(test, test->param_value);
	allocs_begin(test);
	for (fail = 1; fail < 100000; fail++) {
		rc = map_failing(test, fail, &count);
		if (!rc) {
			expect_all_bytes(test);
			unmap_list(test, DMA_TO_DEVICE, 0);
			if (count < fail)
				break;
			continue;
		}
		if (count < fail) {
			KUNIT_FAIL(test, "%d, though no allocation failed", rc);
			break;
		}
		failed++;
		if (rc != -ENOMEM && rc != -EIO)
			KUNIT_EXPECT_EQ(test, rc, -ENOMEM);
		expect_unmapped(test);
		KUNIT_EXPECT_PTR_EQ(test, ctx->map.sgt.sgl,
				    (struct scatterlist *)NULL);
	}
	allocs_end();
	KUNIT_EXPECT_LT(test, count, fail);
	if (is_direct(ctx))
		KUNIT_EXPECT_EQ(test, failed, 0);
}

static void dma_map_phyrs_of_same_addresses_allocates_nothing(struct kunit *test)
{
	struct dma_ctx *ctx = test->priv;
	unsigned long count;

	if (!is_direct(ctx))
		kunit_skip(test, "the device is not told physical addresses");
	make_list(test, test->param_value);
	allocs_begin(test);
	if (map_failing(test, 0, &count)) {
		KUNIT_FAIL(test, "not mapped");
	} else {
		KUNIT_EXPECT_PTR_EQ(test, (const void *)ctx->map.list,
				    (const void *)&ctx->list);
		unmap_list(test, DMA_TO_DEVICE, DMA_ATTR_NO_WARN);
		KUNIT_EXPECT_EQ(test, count, 0);
	}
	allocs_end();
}

static void dma_map_phyrs_with_an_iommu_is_one_range(struct kunit *test)
{
	struct dma_ctx *ctx = test->priv;
	struct iommu_domain *domain;
	struct dma_phyr p;
	struct phyr first;
	size_t pos;

	if (!use_dma_iommu(ctx->dev))
		kunit_skip(test, "no IOMMU");
	make_list(test, test->param_value);
	KUNIT_ASSERT_EQ(test, 0, phyr_list_find(&ctx->list, 0, &first));
	KUNIT_ASSERT_EQ(test, 0, map_list(test, DMA_TO_DEVICE, 0));
	KUNIT_ASSERT_NOT_NULL(test, ctx->map.list);
	KUNIT_EXPECT_TRUE(test, dma_phyr_list_is_run(ctx->map.list));
	KUNIT_ASSERT_EQ(test, 0, dma_phyr_list_find(ctx->map.list, 0, &p));
	KUNIT_EXPECT_EQ(test, p.len, phyr_list_len(&ctx->list));
	KUNIT_EXPECT_EQ(test, p.addr % SZ_4K, first.addr % SZ_4K);
	unmap_list(test, DMA_TO_DEVICE, 0);

	domain = iommu_get_domain_for_dev(ctx->dev);
	for (pos = 0; pos < p.len; pos += SZ_4K)
		KUNIT_ASSERT_EQ(test, iommu_iova_to_phys(domain, p.addr + pos),
				(phys_addr_t)0);
}

/* With 16 MiB of addresses, each of 64 mappings has to give its own back. */
static void dma_unmap_phyrs_gives_iova_back(struct kunit *test)
{
	static const struct memory_row half_a_megabyte = {
		"half a megabyte", 128, PAGE_SIZE, 0, 0
	};
	struct dma_ctx *ctx = test->priv;
	unsigned int i;

	if (!use_dma_iommu(ctx->dev))
		kunit_skip(test, "no IOMMU");
	make_list(test, &half_a_megabyte);
	*ctx->dev->dma_mask = DMA_BIT_MASK(24);
	for (i = 0; i < 64; i++) {
		KUNIT_ASSERT_EQ(test, 0, map_list(test, DMA_TO_DEVICE, 0));
		KUNIT_EXPECT_LE(test, dma_phyr_list_highest(ctx->map.list),
				(dma_addr_t)DMA_BIT_MASK(24));
		unmap_list(test, DMA_TO_DEVICE, 0);
	}
}

static void dma_map_phyrs_beyond_the_iova_space_fails(struct kunit *test)
{
	static const struct memory_row too_much = {
		"20 MiB", 40, SZ_512K, 0, 0
	};
	struct dma_ctx *ctx = test->priv;

	if (!use_dma_iommu(ctx->dev))
		kunit_skip(test, "no IOMMU");
	make_list(test, &too_much);
	*ctx->dev->dma_mask = DMA_BIT_MASK(24);
	KUNIT_EXPECT_EQ(test, -ENOMEM, map_list(test, DMA_TO_DEVICE, 0));
	expect_unmapped(test);
}

static void dma_map_phyrs_bounces_for_an_untrusted_device(struct kunit *test)
{
	struct dma_ctx *ctx = test->priv;

	if (!use_dma_iommu(ctx->dev) || !ctx->pci)
		kunit_skip(test, "no PCI device behind an IOMMU");
	if (!is_swiotlb_active(ctx->dev))
		kunit_skip(test, "no bounce buffers");
	make_list(test, test->param_value);
	visit_cpu(ctx, write_data, 1);
	ctx->pci->untrusted = true;
	ctx->bounces = true;
	if (map_list(test, DMA_BIDIRECTIONAL, 0)) {
		KUNIT_FAIL(test, "not mapped");
	} else {
		expect_all_bytes(test);
		KUNIT_EXPECT_TRUE(test, visit_device(ctx, has_data, 1));
		visit_device(ctx, write_data, 2);
		unmap_list(test, DMA_BIDIRECTIONAL, 0);
		KUNIT_EXPECT_TRUE(test, visit_cpu(ctx, has_data, 2));
	}
	ctx->pci->untrusted = ctx->untrusted;
}

/*
 * A device that sees all memory at another place; undone by the caller.  A tebibyte,
 * because v6.12 counts its pages in an unsigned long.
 */
static void move_memory(struct kunit *test, dma_addr_t to)
{
	struct dma_ctx *ctx = test->priv;

	if (!is_direct(ctx) || IS_ENABLED(CONFIG_ARCH_HAS_PHYS_TO_DMA) ||
	    sizeof(dma_addr_t) < sizeof(u64))
		kunit_skip(test, "no bus whose addresses can be moved");
	KUNIT_ASSERT_EQ(test, 0, dma_direct_set_offset(ctx->dev, 0, to,
						       1ULL << 40));
	ctx->moved = true;
}

static void move_memory_back(struct dma_ctx *ctx)
{
	if (!ctx->moved)
		return;
	ctx->moved = false;
	kfree(ctx->dev->dma_range_map);
	ctx->dev->dma_range_map = NULL;
}

static void dma_map_phyrs_follows_an_offset_of_the_bus(struct kunit *test)
{
	struct dma_ctx *ctx = test->priv;
	struct dma_phyr d;
	struct phyr p;

	make_list(test, test->param_value);
	move_memory(test, 1ULL << 45);
	if (map_list(test, DMA_TO_DEVICE, 0)) {
		KUNIT_FAIL(test, "not mapped");
	} else {
		KUNIT_EXPECT_PTR_NE(test, (const void *)ctx->map.list,
				    (const void *)&ctx->list);
		expect_all_bytes(test);
		phyr_list_find(&ctx->list, 0, &p);
		dma_phyr_list_find(ctx->map.list, 0, &d);
		KUNIT_EXPECT_EQ(test, (u64)d.addr,
				(u64)p.addr + (1ULL << 45));
		KUNIT_EXPECT_EQ(test, dma_phyr_list_align(ctx->map.list),
				phyr_list_align(&ctx->list));
		unmap_list(test, DMA_TO_DEVICE, 0);
	}
	move_memory_back(ctx);
}

/* Interior edges are then no multiples of 4096: no list can hold them. */
static void dma_map_phyrs_follows_an_odd_offset_of_the_bus(struct kunit *test)
{
	struct dma_ctx *ctx = test->priv;

	make_list(test, test->param_value);
	move_memory(test, (1ULL << 45) + 0x800);
	if (map_list(test, DMA_TO_DEVICE, 0)) {
		KUNIT_FAIL(test, "not mapped");
	} else {
		KUNIT_EXPECT_EQ(test, !!ctx->map.list,
				phyr_list_is_run(&ctx->list));
		expect_all_bytes(test);
		unmap_list(test, DMA_TO_DEVICE, 0);
	}
	move_memory_back(ctx);
}

static void dma_map_phyrs_asks_a_provider(struct kunit *test)
{
	struct dma_ctx *ctx = test->priv;
	int rc;

	if (use_dma_iommu(ctx->dev))
		kunit_skip(test, "the device has an IOMMU");
	make_list(test, test->param_value);
	set_dma_ops(ctx->dev, &provider_ops);
	if (!has_provider(ctx->dev))
		kunit_skip(test, "no provider can be set");
	ctx->bounces = false;

	rc = map_list(test, DMA_TO_DEVICE, 0);
	KUNIT_EXPECT_EQ(test, rc, 0);
	if (!rc) {
		KUNIT_EXPECT_GT(test, provider.mapped, 0);
		expect_all_bytes(test);
		unmap_list(test, DMA_TO_DEVICE, 0);
	}
	KUNIT_EXPECT_EQ(test, provider.mapped, 0);

	provider.fails = -ENOMEM;
	KUNIT_EXPECT_EQ(test, map_list(test, DMA_TO_DEVICE, DMA_ATTR_NO_WARN),
			-ENOMEM);
	provider.fails = 0;
	set_dma_ops(ctx->dev, ctx->ops);
	expect_unmapped(test);
}

static void dma_map_phyrs_beyond_the_bus_fails(struct kunit *test)
{
	struct dma_ctx *ctx = test->priv;
	int rc;

	make_list(test, &few_pages);
	if (is_swiotlb_active(ctx->dev))
		kunit_skip(test, "what the bus does not reach is bounced");
	move_memory(test, 1ULL << 45);
	*ctx->dev->dma_mask = DMA_BIT_MASK(45);
	rc = map_list(test, DMA_TO_DEVICE, 0);
	move_memory_back(ctx);
	KUNIT_EXPECT_EQ(test, rc, -EIO);
	expect_unmapped(test);
}

static void dma_map_phyrs_keeps_to_the_dma_mask(struct kunit *test)
{
	struct dma_ctx *ctx = test->priv;
	int rc;

	make_list(test, &few_pages);
	if (phyr_list_lowest(&ctx->list) < SZ_16M)
		kunit_skip(test, "memory is below 16 MiB");
	*ctx->dev->dma_mask = DMA_BIT_MASK(24);
	rc = map_list(test, DMA_TO_DEVICE, 0);
	if (rc) {
		KUNIT_EXPECT_EQ(test, rc, -EIO);
		expect_unmapped(test);
		return;
	}
	if (ctx->map.list)
		KUNIT_EXPECT_LE(test, dma_phyr_list_highest(ctx->map.list),
				(dma_addr_t)DMA_BIT_MASK(24));
	unmap_list(test, DMA_TO_DEVICE, 0);
}

/* Memory that no case touches, above all that has a struct page. */
static void make_list_without_pages(struct kunit *test)
{
	struct dma_ctx *ctx = test->priv;
	struct phyr p = { .addr = SZ_1G, .len = PAGE_SIZE };

	while (phyr_has_page(&p) && p.addr << 1)
		p.addr <<= 1;
	if (phyr_has_page(&p) || p.addr > DMA_BIT_MASK(38))
		kunit_skip(test, "no such memory within reach");
	KUNIT_ASSERT_EQ(test, 0, phyr_list_append(&ctx->list, &p, GFP_KERNEL));
	p.addr += 4 * PAGE_SIZE;
	KUNIT_ASSERT_EQ(test, 0, phyr_list_append(&ctx->list, &p, GFP_KERNEL));
}

static void dma_map_phyrs_takes_memory_without_struct_page(struct kunit *test)
{
	struct dma_ctx *ctx = test->priv;
	int rc;

	make_list_without_pages(test);
	rc = map_list(test, DMA_BIDIRECTIONAL, 0);
	if (!use_dma_iommu(ctx->dev) && !is_direct(ctx)) {
		KUNIT_EXPECT_EQ(test, rc, -EINVAL);
		expect_unmapped(test);
		return;
	}
	KUNIT_ASSERT_EQ(test, rc, 0);
	expect_all_bytes(test);
	unmap_list(test, DMA_BIDIRECTIONAL, 0);
}

/* Whether the offset of memory holds for it depends on the tree. */
static void dma_map_phyrs_moves_no_memory_without_struct_page(struct kunit *test)
{
	struct dma_ctx *ctx = test->priv;

	make_list_without_pages(test);
	move_memory(test, 1ULL << 45);
	KUNIT_EXPECT_EQ(test, -EINVAL, map_list(test, DMA_TO_DEVICE, 0));
	move_memory_back(ctx);
	expect_unmapped(test);
}

/*
 * The memory is that of the device itself, which it reaches without leaving its
 * bus.  Nothing is read or written there.
 */
static void dma_map_phyrs_finds_peer_memory_on_the_bus(struct kunit *test)
{
	static bool is_provider;
	struct dma_ctx *ctx = test->priv;
	struct dma_phyr d;
	struct phyr p;
	void *mem;

	if (!IS_ENABLED(CONFIG_PCI_P2PDMA) || !ctx->pci ||
	    pci_resource_len(ctx->pci, 2) < SZ_2M)
		kunit_skip(test, "no device with memory");
	if (!is_provider)
		KUNIT_ASSERT_EQ(test, 0, pci_p2pdma_add_resource(ctx->pci, 2,
								 0, 0));
	is_provider = true;
	mem = pci_alloc_p2pmem(ctx->pci, SZ_64K);
	KUNIT_ASSERT_NOT_NULL(test, mem);
	KUNIT_EXPECT_EQ(test, 0, phyr_set_page(&p, virt_to_page(mem), SZ_64K,
					       0));
	KUNIT_EXPECT_EQ(test, 0, phyr_list_append(&ctx->list, &p, GFP_KERNEL));
	KUNIT_EXPECT_TRUE(test, phyr_list_is_p2p(&ctx->list));

	if (map_list(test, DMA_BIDIRECTIONAL, 0)) {
		KUNIT_FAIL(test, "not mapped");
	} else {
		KUNIT_EXPECT_EQ(test, 0, dma_phyr_list_find(ctx->map.list, 0,
							    &d));
		KUNIT_EXPECT_EQ(test, d.len, SZ_64K);
		KUNIT_EXPECT_EQ(test, (u64)d.addr,
				(u64)pci_p2pmem_virt_to_bus(ctx->pci, mem));
		unmap_list(test, DMA_BIDIRECTIONAL, 0);
	}
	pci_free_p2pmem(ctx->pci, mem, SZ_64K);
}

static void dma_map_phyrs_rejects_an_empty_list(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, -EINVAL, map_list(test, DMA_TO_DEVICE, 0));
	expect_unmapped(test);
}

static void dma_map_phyrs_rejects_what_is_no_direction(struct kunit *test)
{
	make_list(test, &few_pages);
	KUNIT_EXPECT_EQ(test, -EINVAL, map_list(test, DMA_NONE, 0));
	expect_unmapped(test);
	KUNIT_EXPECT_EQ(test, -EINVAL, map_list(test, 17, 0));
	expect_unmapped(test);
}

static void dma_map_phyrs_rejects_a_device_without_dma_mask(struct kunit *test)
{
	struct dma_ctx *ctx = test->priv;
	u64 *mask = ctx->dev->dma_mask;
	int rc;

	make_list(test, &few_pages);
	ctx->dev->dma_mask = NULL;
	rc = map_list(test, DMA_TO_DEVICE, 0);
	ctx->dev->dma_mask = mask;
	KUNIT_EXPECT_EQ(test, rc, -EINVAL);
	expect_unmapped(test);
}

static void dma_map_phyrs_rejects_a_map_in_use(struct kunit *test)
{
	make_list(test, &few_pages);
	KUNIT_ASSERT_EQ(test, 0, map_list(test, DMA_TO_DEVICE, 0));
	KUNIT_EXPECT_EQ(test, -EBUSY, map_list(test, DMA_TO_DEVICE, 0));
	expect_all_bytes(test);
	unmap_list(test, DMA_TO_DEVICE, 0);
	expect_unmapped(test);
}

/* As who describes what somebody else mapped leaves it: it is of no list. */
static void dma_map_phyrs_rejects_a_map_of_others(struct kunit *test)
{
	struct dma_ctx *ctx = test->priv;
	struct dma_phyr_map map = { .len = PAGE_SIZE };

	make_list(test, &few_pages);
	KUNIT_EXPECT_EQ(test, -EBUSY, dma_map_phyrs(ctx->dev, &ctx->list, &map,
						    DMA_TO_DEVICE, 0));
	KUNIT_EXPECT_EQ(test, PAGE_SIZE, map.len);
}

static void dma_map_phyrs_maps_one_list_twice(struct kunit *test)
{
	struct dma_ctx *ctx = test->priv;
	struct dma_phyr_map second = { };

	make_list(test, &few_pages);
	KUNIT_ASSERT_EQ(test, 0, map_list(test, DMA_TO_DEVICE, 0));
	KUNIT_ASSERT_EQ(test, 0, dma_map_phyrs(ctx->dev, &ctx->list, &second,
					       DMA_TO_DEVICE, 0));
	dma_unmap_phyrs(ctx->dev, &ctx->list, &second, DMA_TO_DEVICE, 0);
	expect_all_bytes(test);
	unmap_list(test, DMA_TO_DEVICE, 0);
}

/* All of these warn, the first time, and leave the mapping as it is. */
static void dma_unmap_phyrs_rejects_what_is_not_mapped(struct kunit *test)
{
	struct dma_ctx *ctx = test->priv;
	struct phyr_list other = { };
	struct phyr p = { .addr = SZ_1M, .len = SZ_4K };

	make_list(test, &few_pages);
	unmap_list(test, DMA_TO_DEVICE, 0);
	expect_unmapped(test);

	KUNIT_ASSERT_EQ(test, 0, map_list(test, DMA_BIDIRECTIONAL, 0));
	KUNIT_ASSERT_EQ(test, 0, phyr_list_append(&other, &p, GFP_KERNEL));
	dma_unmap_phyrs(ctx->dev, &other, &ctx->map, DMA_BIDIRECTIONAL, 0);
	expect_all_bytes(test);
	dma_unmap_phyrs(NULL, &ctx->list, &ctx->map, DMA_BIDIRECTIONAL, 0);
	expect_all_bytes(test);
	unmap_list(test, DMA_TO_DEVICE, 0);
	expect_all_bytes(test);
	phyr_list_destroy(&other);

	unmap_list(test, DMA_BIDIRECTIONAL, 0);
	expect_unmapped(test);
	unmap_list(test, DMA_BIDIRECTIONAL, 0);
	expect_unmapped(test);
}

static void dma_unmap_phyrs_rejects_a_list_that_grew(struct kunit *test)
{
	struct dma_ctx *ctx = test->priv;
	struct phyr_list before;
	struct phyr p;

	make_list(test, &(const struct memory_row){ "", 1, PAGE_SIZE, 0, 0 });
	KUNIT_ASSERT_EQ(test, 0, map_list(test, DMA_TO_DEVICE, 0));
	before = ctx->list;
	KUNIT_ASSERT_EQ(test, 0, phyr_set_page(&p, ctx->pages[0], SZ_4K, 0));
	KUNIT_ASSERT_EQ(test, 0, phyr_list_append(&ctx->list, &p, GFP_KERNEL));
	unmap_list(test, DMA_TO_DEVICE, 0);
	KUNIT_EXPECT_EQ(test, dma_phyr_map_len(&ctx->map), PAGE_SIZE);

	phyr_list_destroy(&ctx->list);
	ctx->list = before;
	unmap_list(test, DMA_TO_DEVICE, 0);
	expect_unmapped(test);
}

/* As long as before, and of as many chunks. */
static void dma_unmap_phyrs_rejects_a_list_that_was_filled_anew(struct kunit *test)
{
	struct dma_ctx *ctx = test->priv;
	struct phyr_list before;
	struct phyr p;

	make_list(test, &(const struct memory_row){ "", 2, PAGE_SIZE, 0, 0 });
	KUNIT_ASSERT_EQ(test, 0, map_list(test, DMA_TO_DEVICE, 0));
	before = ctx->list;
	phyr_list_init(&ctx->list);
	KUNIT_ASSERT_EQ(test, 0, phyr_set_page(&p, ctx->pages[0], PAGE_SIZE, 0));
	KUNIT_EXPECT_EQ(test, 0, phyr_list_append(&ctx->list, &p, GFP_KERNEL));
	KUNIT_EXPECT_EQ(test, 0, phyr_list_append(&ctx->list, &p, GFP_KERNEL));
	unmap_list(test, DMA_TO_DEVICE, 0);
	KUNIT_EXPECT_EQ(test, dma_phyr_map_len(&ctx->map), 2 * PAGE_SIZE);

	phyr_list_destroy(&ctx->list);
	ctx->list = before;
	unmap_list(test, DMA_TO_DEVICE, 0);
	expect_unmapped(test);
}

static void dma_sync_phyrs_rejects_what_is_not_mapped(struct kunit *test)
{
	struct dma_ctx *ctx = test->priv;

	make_list(test, &few_pages);
	visit_cpu(ctx, write_data, 1);
	dma_sync_phyrs_for_cpu(ctx->dev, &ctx->list, &ctx->map, DMA_TO_DEVICE,
			       0);
	dma_sync_phyrs_for_device(ctx->dev, &ctx->list, &ctx->map,
				  DMA_TO_DEVICE, 0);
	expect_unmapped(test);
	KUNIT_EXPECT_TRUE(test, visit_cpu(ctx, has_data, 1));
}

/* Number of mappings that CONFIG_DMA_API_DEBUG knows of, from what it prints. */
static unsigned int debug_records(struct device *dev)
{
	struct kmsg_dump_iter iter;
	unsigned int records = 0;
	char line[256];
	size_t len;

	kmsg_dump_rewind(&iter);
	iter.cur_seq = iter.next_seq;
	debug_dma_dump_mappings(dev);
	while (kmsg_dump_get_line(&iter, false, line, sizeof(line) - 1, &len)) {
		line[len] = '\0';
		if (strstr(line, dev_name(dev)) && strstr(line, " idx ") &&
		    strstr(line, " D="))
			records++;
	}
	return records;
}

static void dma_debug_knows_what_is_mapped(struct kunit *test)
{
	struct dma_ctx *ctx = test->priv;

	if (!IS_ENABLED(CONFIG_DMA_API_DEBUG))
		kunit_skip(test, "needs DMA_API_DEBUG");
	make_list(test, &few_pages);
	KUNIT_EXPECT_EQ(test, debug_records(ctx->dev), 0);
	KUNIT_ASSERT_EQ(test, 0, map_list(test, DMA_TO_DEVICE, 0));
	KUNIT_EXPECT_EQ(test, debug_records(ctx->dev), few_pages.nr);
	unmap_list(test, DMA_TO_DEVICE, 0);
	KUNIT_EXPECT_EQ(test, debug_records(ctx->dev), 0);
}

/*
 * QEMU's pci-testdev, which can have memory, and its edu.  A driver is bound to
 * them, because some buses ask for the IOMMU of a device then only.
 */
static const struct pci_device_id test_pci_ids[] = {
	{ PCI_DEVICE(PCI_VENDOR_ID_REDHAT, 0x0005) },
	{ PCI_DEVICE(0x1234, 0x11e8) },
	{ }
};

static int test_pci_probe(struct pci_dev *pci, const struct pci_device_id *id)
{
	return 0;
}

static struct pci_driver test_pci_driver = {
	.name = "phyr_dma_kunit",
	.id_table = test_pci_ids,
	.probe = test_pci_probe,
};

static int phyr_dma_suite_init(struct kunit_suite *suite)
{
	return pci_register_driver(&test_pci_driver);
}

static void phyr_dma_suite_exit(struct kunit_suite *suite)
{
	pci_unregister_driver(&test_pci_driver);
}

static struct pci_dev *test_pci_device(void)
{
	const struct pci_device_id *id;
	struct pci_dev *pci = NULL;

	for (id = test_pci_ids; id->vendor && !pci; id++)
		pci = pci_get_device(id->vendor, id->device, NULL);
	return pci;
}

static int phyr_dma_init(struct kunit *test)
{
	struct dma_ctx *ctx = kunit_kzalloc(test, sizeof(*ctx), GFP_KERNEL);

	if (!ctx)
		return -ENOMEM;
	ctx->pci = test_pci_device();
	if (ctx->pci) {
		ctx->dev = &ctx->pci->dev;
	} else {
		ctx->platform = platform_device_register_simple("phyr_dma", -1,
								NULL, 0);
		if (IS_ERR(ctx->platform))
			return PTR_ERR(ctx->platform);
		ctx->dev = &ctx->platform->dev;
	}
	test->priv = ctx;
	ctx->mask = *ctx->dev->dma_mask;
	ctx->ops = get_dma_ops(ctx->dev);
	ctx->untrusted = ctx->pci && ctx->pci->untrusted;
	if (dma_set_mask(ctx->dev, DMA_BIT_MASK(64)))
		return -ENODEV;
	ctx->bounces = (is_swiotlb_force_bounce(ctx->dev) &&
			!use_dma_iommu(ctx->dev)) ||
		       (IS_ENABLED(CONFIG_DMA_BOUNCE_UNALIGNED_KMALLOC) &&
			!dev_is_dma_coherent(ctx->dev));
	return 0;
}

static void phyr_dma_exit(struct kunit *test)
{
	struct dma_ctx *ctx = test->priv;

	if (!ctx)
		return;
	if (dma_phyr_map_len(&ctx->map))
		dma_unmap_phyrs(ctx->dev, ctx->map.phyrs, &ctx->map,
				ctx->map.dir, 0);
	if (IS_ENABLED(CONFIG_DMA_API_DEBUG))
		KUNIT_EXPECT_EQ(test, debug_records(ctx->dev), 0);
	phyr_list_destroy(&ctx->list);
	while (ctx->nr)
		__free_pages(ctx->pages[--ctx->nr], ctx->order);

	/* What a case that ended early has left. */
	allocs_end();
	move_memory_back(ctx);
	if (has_provider(ctx->dev))
		set_dma_ops(ctx->dev, ctx->ops);
	if (ctx->pci)
		ctx->pci->untrusted = ctx->untrusted;
	*ctx->dev->dma_mask = ctx->mask;
	if (ctx->platform)
		platform_device_unregister(ctx->platform);
	pci_dev_put(ctx->pci);
}

static struct kunit_case phyr_dma_cases[] = {
	KUNIT_CASE_PARAM(dma_map_phyrs_reaches_each_byte, memory_gen_params),
	KUNIT_CASE_PARAM(dma_sync_phyrs_moves_data_both_ways,
			 memory_gen_params),
	KUNIT_CASE_PARAM(dma_map_phyrs_leaves_syncing_to_who_wants_it,
			 memory_gen_params),
	KUNIT_CASE_PARAM(dma_phyr_iter_starts_at_any_position,
			 memory_gen_params),
	KUNIT_CASE_PARAM(dma_phyr_list_blocks_cover_the_list,
			 memory_gen_params),
	KUNIT_CASE_PARAM(dma_map_phyrs_of_same_addresses_allocates_nothing,
			 memory_gen_params),
	KUNIT_CASE_PARAM(dma_map_phyrs_unwinds_each_failed_allocation,
			 memory_gen_params),
	KUNIT_CASE_PARAM(dma_map_phyrs_with_an_iommu_is_one_range,
			 memory_gen_params),
	KUNIT_CASE_PARAM(dma_map_phyrs_bounces_for_an_untrusted_device,
			 memory_gen_params),
	KUNIT_CASE_PARAM(dma_map_phyrs_follows_an_offset_of_the_bus,
			 memory_gen_params),
	KUNIT_CASE_PARAM(dma_map_phyrs_follows_an_odd_offset_of_the_bus,
			 memory_gen_params),
	KUNIT_CASE_PARAM(dma_map_phyrs_asks_a_provider, memory_gen_params),
	KUNIT_CASE(dma_unmap_phyrs_gives_iova_back),
	KUNIT_CASE(dma_map_phyrs_beyond_the_iova_space_fails),
	KUNIT_CASE(dma_map_phyrs_beyond_the_bus_fails),
	KUNIT_CASE(dma_map_phyrs_keeps_to_the_dma_mask),
	KUNIT_CASE(dma_map_phyrs_takes_memory_without_struct_page),
	KUNIT_CASE(dma_map_phyrs_moves_no_memory_without_struct_page),
	KUNIT_CASE(dma_map_phyrs_finds_peer_memory_on_the_bus),
	KUNIT_CASE(dma_map_phyrs_rejects_an_empty_list),
	KUNIT_CASE(dma_map_phyrs_rejects_what_is_no_direction),
	KUNIT_CASE(dma_map_phyrs_rejects_a_device_without_dma_mask),
	KUNIT_CASE(dma_map_phyrs_rejects_a_map_in_use),
	KUNIT_CASE(dma_map_phyrs_rejects_a_map_of_others),
	KUNIT_CASE(dma_map_phyrs_maps_one_list_twice),
	KUNIT_CASE(dma_unmap_phyrs_rejects_what_is_not_mapped),
	KUNIT_CASE(dma_unmap_phyrs_rejects_a_list_that_grew),
	KUNIT_CASE(dma_unmap_phyrs_rejects_a_list_that_was_filled_anew),
	KUNIT_CASE(dma_sync_phyrs_rejects_what_is_not_mapped),
	KUNIT_CASE(dma_debug_knows_what_is_mapped),
	{ }
};

static struct kunit_suite phyr_dma_suite = {
	.name = "phyr_dma",
	.suite_init = phyr_dma_suite_init,
	.suite_exit = phyr_dma_suite_exit,
	.init = phyr_dma_init,
	.exit = phyr_dma_exit,
	.test_cases = phyr_dma_cases,
};

kunit_test_suites(&phyr_dma_suite);

MODULE_DESCRIPTION("KUnit tests of DMA mappings of lists of physical ranges");
MODULE_LICENSE("GPL");
