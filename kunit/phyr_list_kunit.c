// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests of lists of physical ranges.
 *
 * Addresses are made up and nobody touches the memory: they are at the top of
 * the physical address space, where there is no struct page, except in the
 * cases that say so.  The encoding is tested with tables; what lists promise
 * in general is held against a plain array of 4 KiB units, with random ranges
 * from a seed that is printed, and repeated with the parameter "seed".
 */

#include <kunit/test.h>
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/phyr_list.h>
#include <linux/prandom.h>
#include <linux/random.h>
#include <linux/scatterlist.h>
#include <linux/sched.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/string.h>

static unsigned long seed;
module_param(seed, ulong, 0444);
MODULE_PARM_DESC(seed, "seed of random ranges; 0 takes a random one");

/* The first byte of the last @n bytes below the top of the address space. */
#define TOP(n)		(PHYS_ADDR_MAX - (n) + 1)

/* Memory to make up ranges in, without a struct page. */
#define SPAN		SZ_256M
#define BASE		TOP(SPAN)

#define CHUNK(addr, order, count)	((addr) | (order) << 6 | ((count) - 1))

#ifdef CONFIG_PHYS_ADDR_T_64BIT
#define GIB(n)		((u64)(n) << 30)
/* Far from what may have pages, and aligned to all that the tables ask for. */
#define HIGH		((u64)1 << 62)
#endif

static int phyr_list_init_case(struct kunit *test)
{
	struct phyr_list *list = kunit_kzalloc(test, sizeof(*list), GFP_KERNEL);

	if (!list)
		return -ENOMEM;
	phyr_list_init(list);
	test->priv = list;
	return 0;
}

static void phyr_list_exit_case(struct kunit *test)
{
	phyr_list_destroy(test->priv);
}

static int append(struct phyr_list *list, phys_addr_t addr, size_t len)
{
	struct phyr p = { .addr = addr, .len = len };

	return phyr_list_append(list, &p, GFP_KERNEL);
}

/* A run, and the chunks it becomes when another follows. */
struct encoding_row {
	const char	*name;
	u64		addr;
	u64		len;
	unsigned int	nr;
	u64		chunk[4];
};

static const struct encoding_row encoding_rows[] = {
	{ "one unit", BASE, SZ_4K, 1, { CHUNK(BASE, 0, 1) } },
	{ "three units", BASE, 3 * SZ_4K, 1, { CHUNK(BASE, 0, 3) } },
	{ "four units are one block", BASE, 4 * SZ_4K, 1,
		{ CHUNK(BASE, 2, 1) } },
	{ "unit 1 to 4", BASE + SZ_4K, 4 * SZ_4K, 1,
		{ CHUNK(BASE + SZ_4K, 0, 4) } },
	{ "64 units but not aligned", BASE + SZ_4K, 64 * SZ_4K, 1,
		{ CHUNK(BASE + SZ_4K, 0, 64) } },
	{ "65 units from an odd one", BASE + SZ_4K, 65 * SZ_4K, 2,
		{ CHUNK(BASE + SZ_4K, 0, 63),
		  CHUNK(BASE + 64 * SZ_4K, 1, 1) } },
	{ "64 blocks of 2 MiB", BASE, SZ_128M, 1, { CHUNK(BASE, 15, 1) } },
	{ "63 blocks of 2 MiB", BASE, 63 * SZ_2M, 1, { CHUNK(BASE, 9, 63) } },
	{ "63 blocks of 2 MiB and a unit", BASE, 63 * SZ_2M + SZ_4K, 2,
		{ CHUNK(BASE, 9, 63), CHUNK(BASE + 63 * SZ_2M, 0, 1) } },
	{ "starts inside a unit", BASE + SZ_4K + 5, SZ_8K - 5, 1,
		{ CHUNK(BASE + SZ_4K, 0, 2) } },
	{ "up to the top", TOP(SZ_64K), SZ_64K, 1, { CHUNK(TOP(SZ_64K), 4, 1) } },
#ifdef CONFIG_PHYS_ADDR_T_64BIT
	{ "across 4 GiB", SZ_4G - SZ_4K, SZ_8K, 1,
		{ CHUNK(SZ_4G - SZ_4K, 0, 2) } },
	{ "from 4 GiB", HIGH + SZ_4G, SZ_1G, 1,
		{ CHUNK(HIGH + SZ_4G, 18, 1) } },
#endif
#ifdef CONFIG_64BIT
	{ "1 GiB pages 3 to 10", HIGH + GIB(3), GIB(8), 1,
		{ CHUNK(HIGH + GIB(3), 18, 8) } },
	{ "1 GiB pages 1 to 64", HIGH + GIB(1), GIB(64), 1,
		{ CHUNK(HIGH + GIB(1), 18, 64) } },
	{ "1 GiB pages 1 to 65", HIGH + GIB(1), GIB(65), 2,
		{ CHUNK(HIGH + GIB(1), 18, 63),
		  CHUNK(HIGH + GIB(64), 19, 1) } },
	{ "a gigabyte from an odd unit", HIGH + SZ_4K, GIB(1), 4,
		{ CHUNK(HIGH + SZ_4K, 0, 63),
		  CHUNK(HIGH + SZ_256K, 6, 63),
		  CHUNK(HIGH + SZ_16M, 12, 63),
		  CHUNK(HIGH + SZ_1G, 0, 1) } },
#endif
};

static void encoding_row_desc(const struct encoding_row *row, char *desc)
{
	strscpy(desc, row->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(encoding, encoding_rows, encoding_row_desc);

static void phyr_list_encodes_runs(struct kunit *test)
{
	const struct encoding_row *row = test->param_value;
	struct phyr_list *list = test->priv;
	struct phyr p = { .addr = row->addr, .len = row->len };
	unsigned int i;

	if (!phyr_has_one_owner(&p))
		kunit_skip(test, "memory starts or ends there");
	KUNIT_ASSERT_EQ(test, append(list, row->addr, row->len), 0);
	KUNIT_EXPECT_TRUE(test, phyr_list_is_run(list));
	KUNIT_EXPECT_EQ(test, phyr_list_bytes(list), (size_t)0);

	/* Another run closes the first. */
	KUNIT_ASSERT_EQ(test, append(list, BASE + SPAN / 2 + SZ_1M, SZ_4K), 0);
	KUNIT_EXPECT_FALSE(test, phyr_list_is_run(list));
	KUNIT_ASSERT_EQ(test, list->chunks.nr, (unsigned long)row->nr);
	for (i = 0; i < row->nr; i++)
		KUNIT_EXPECT_EQ(test, list->chunks.first->chunk[i],
				row->chunk[i]);
	KUNIT_EXPECT_EQ(test, list->chunks.offset,
			(unsigned int)(row->addr & (SZ_4K - 1)));
	KUNIT_EXPECT_EQ(test, phyr_list_len(list), (size_t)row->len + SZ_4K);
}

/*
 * Who pins memory gives each page back once: no two chunks of a run that ends with
 * a page share one, wherever it starts and however large pages are.
 */
static void phyr_list_cuts_no_page(struct kunit *test)
{
	struct phyr_list *list = test->priv;
	u32 shift, start, end;
	struct phyr p;

	for (shift = 0; shift <= 6; shift += 2) {
		u32 page = 1 << shift;

		for (start = 0; start < 130; start++) {
			u32 first = start | (page - 1);
			u32 n = 1 + (start * 7 + shift) % 200;

			end = first + 1 + n * page;
			KUNIT_ASSERT_EQ(test, append(list, BASE + start * SZ_4K,
						     (end - start) * SZ_4K), 0);
			KUNIT_ASSERT_EQ(test, append(list, BASE + SPAN / 2,
						     SZ_4K), 0);
			for_each_phyr(p, list) {
				if (p.addr == BASE + start * SZ_4K)
					continue;
				KUNIT_EXPECT_EQ(test, (u32)(p.addr / SZ_4K) %
						page, 0u);
			}
			phyr_list_destroy(list);
		}
	}
}

static void phyr_list_append_merges_neighbours(struct kunit *test)
{
	struct phyr_list *list = test->priv;
	struct phyr p;

	KUNIT_ASSERT_EQ(test, append(list, BASE + 1, 6), 0);
	KUNIT_ASSERT_EQ(test, append(list, BASE + 7, SZ_1M), 0);
	KUNIT_EXPECT_TRUE(test, phyr_list_is_run(list));
	KUNIT_EXPECT_EQ(test, phyr_list_align(list), (u64)0);
	KUNIT_EXPECT_EQ(test, phyr_list_lowest(list), (phys_addr_t)BASE + 1);
	KUNIT_EXPECT_EQ(test, phyr_list_highest(list),
			(phys_addr_t)BASE + 6 + SZ_1M);
	KUNIT_ASSERT_EQ(test, phyr_list_find(list, 5, &p), 0);
	KUNIT_EXPECT_EQ(test, p.addr, (phys_addr_t)BASE + 6);
	KUNIT_EXPECT_EQ(test, p.len, (size_t)SZ_1M + 1);
}

static void phyr_list_address_zero_does_not_follow_the_top(struct kunit *test)
{
	struct phyr_list *list = test->priv;

	KUNIT_ASSERT_EQ(test, append(list, TOP(SZ_4K), SZ_4K), 0);
	KUNIT_ASSERT_EQ(test, append(list, 0, SZ_4K), 0);
	KUNIT_EXPECT_FALSE(test, phyr_list_is_run(list));
	KUNIT_EXPECT_EQ(test, phyr_list_lowest(list), (phys_addr_t)0);
	KUNIT_EXPECT_EQ(test, phyr_list_highest(list), PHYS_ADDR_MAX);

	/* Not even for who says that they may be merged. */
	phyr_list_destroy(list);
	KUNIT_ASSERT_EQ(test, phyr_chunks_append(&list->chunks, -(u64)SZ_4K,
						 SZ_4K, true, GFP_KERNEL), 0);
	KUNIT_ASSERT_EQ(test, phyr_chunks_append(&list->chunks, 0, SZ_4K, true,
						 GFP_KERNEL), 0);
	KUNIT_EXPECT_FALSE(test, phyr_list_is_run(list));
}

/* What cannot be appended behind 8 KiB + 1 from BASE - 1. */
struct refused_row {
	const char	*name;
	phys_addr_t	addr;
	size_t		len;
	int		rc;
};

static const struct refused_row refused_rows[] = {
	{ "no bytes", BASE + SZ_1M, 0, -EINVAL },
	{ "no memory", PHYR_NONE, 1, -EINVAL },
	{ "edge inside a unit", BASE + SZ_1M + 1, SZ_4K, -EINVAL },
	{ "beyond the top", TOP(SZ_4K), SZ_4K + 1, -EOVERFLOW },
};

static void refused_row_desc(const struct refused_row *row, char *desc)
{
	strscpy(desc, row->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(refused, refused_rows, refused_row_desc);

static void phyr_list_append_refuses(struct kunit *test)
{
	const struct refused_row *row = test->param_value;
	struct phyr_list *list = test->priv;
	struct phyr p;

	KUNIT_ASSERT_EQ(test, append(list, BASE - 1, SZ_8K + 1), 0);
	KUNIT_EXPECT_EQ(test, append(list, row->addr, row->len), row->rc);

	KUNIT_EXPECT_EQ(test, phyr_list_len(list), (size_t)SZ_8K + 1);
	KUNIT_EXPECT_TRUE(test, phyr_list_is_run(list));
	KUNIT_ASSERT_EQ(test, phyr_list_find(list, 0, &p), 0);
	KUNIT_EXPECT_EQ(test, p.addr, (phys_addr_t)BASE - 1);
	KUNIT_EXPECT_EQ(test, p.len, (size_t)SZ_8K + 1);
}

static void phyr_list_is_no_longer_than_a_size_t(struct kunit *test)
{
	struct phyr_chunks chunks = { };

	KUNIT_ASSERT_EQ(test, phyr_chunks_append(&chunks, 2, SIZE_MAX - 1,
						 false, GFP_KERNEL), 0);
	KUNIT_EXPECT_EQ(test, phyr_chunks_append(&chunks, 0, 2, false,
						 GFP_KERNEL), -EOVERFLOW);
	/* With the two bytes before it in its unit. */
	KUNIT_EXPECT_EQ(test, phyr_chunks_append(&chunks, 0, 1, false,
						 GFP_KERNEL), -EOVERFLOW);
	KUNIT_EXPECT_EQ(test, chunks.len, SIZE_MAX - 1);
	phyr_chunks_destroy(&chunks);

	/* One run is as long in two parts. */
	KUNIT_ASSERT_EQ(test, phyr_chunks_append(&chunks, 2, SIZE_MAX - 2,
						 false, GFP_KERNEL), 0);
	KUNIT_EXPECT_EQ(test, phyr_chunks_append(&chunks, SIZE_MAX, 1, true,
						 GFP_KERNEL), 0);
	KUNIT_EXPECT_EQ(test, chunks.len, SIZE_MAX - 1);
	KUNIT_EXPECT_EQ(test, phyr_chunks_append(&chunks, 0, 1, false,
						 GFP_KERNEL), -EOVERFLOW);
	phyr_chunks_destroy(&chunks);
}

static void phyr_list_refuses_behind_an_odd_end(struct kunit *test)
{
	struct phyr_list *list = test->priv;

	KUNIT_ASSERT_EQ(test, append(list, BASE, SZ_4K + 1), 0);
	KUNIT_EXPECT_EQ(test, append(list, BASE + SZ_1M, SZ_4K), -EINVAL);
	KUNIT_EXPECT_TRUE(test, phyr_list_is_run(list));
	/* What follows is no edge. */
	KUNIT_EXPECT_EQ(test, append(list, BASE + SZ_4K + 1, SZ_4K - 1), 0);
	KUNIT_EXPECT_EQ(test, append(list, BASE + SZ_1M, SZ_4K), 0);
}

static void phyr_list_refuses_what_it_does_not_have(struct kunit *test)
{
	struct phyr_list *list = test->priv;
	struct phyr_list_blocks blocks;
	struct phyr_list_iter iter;
	struct phyr_list other;
	phys_addr_t addr;
	struct phyr p;

	KUNIT_EXPECT_EQ(test, phyr_list_find(list, 0, &p), -ERANGE);
	KUNIT_ASSERT_EQ(test, append(list, BASE, SZ_4K), 0);
	KUNIT_EXPECT_EQ(test, phyr_list_find(list, SZ_4K, &p), -ERANGE);
	KUNIT_EXPECT_EQ(test, phyr_list_iter_init(&iter, list, 1, SZ_4K),
			-ERANGE);
	KUNIT_EXPECT_FALSE(test, phyr_list_next(&iter, &p));
	KUNIT_EXPECT_EQ(test, phyr_list_iter_init(&iter, list, 1, SIZE_MAX),
			-ERANGE);
	KUNIT_EXPECT_FALSE(test, phyr_list_next(&iter, &p));

	phyr_list_init(&other);
	KUNIT_EXPECT_EQ(test, phyr_list_append_list(&other, list, 1, SZ_4K,
						    GFP_KERNEL), -ERANGE);
	KUNIT_EXPECT_TRUE(test, phyr_list_is_empty(&other));

	KUNIT_EXPECT_EQ(test, phyr_list_blocks_init(&blocks, list, SZ_4K / 2),
			-EINVAL);
	KUNIT_EXPECT_FALSE(test, phyr_list_next_block(&blocks, &addr));
	KUNIT_EXPECT_EQ(test, phyr_list_blocks_init(&blocks, list, 3 * SZ_4K),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, phyr_list_nr_blocks(list, 3 * SZ_4K), (u64)0);
}

/* Two runs, and the blocks they take; the second run is two blocks. */
struct blocks_row {
	const char	*name;
	size_t		before;		/* bytes of the first run */
	size_t		cut;		/* bytes left out at the end */
	u64		size;
	u64		nr;
};

static const struct blocks_row blocks_rows[] = {
	{ "whole blocks", SZ_4M, 0, SZ_2M, 4 },
	{ "starts in a block", SZ_4M - SZ_4K, 0, SZ_2M, 4 },
	{ "starts with the last byte of a block", SZ_2M + 1, 0, SZ_2M, 4 },
	{ "ends in a block", SZ_2M, SZ_2M - 1, SZ_2M, 3 },
	{ "less than a block", 1, SZ_4M - 1, SZ_2M, 2 },
	{ "units", SZ_64K, SZ_4M - SZ_64K, SZ_4K, 32 },
};

static void blocks_row_desc(const struct blocks_row *row, char *desc)
{
	strscpy(desc, row->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(blocks, blocks_rows, blocks_row_desc);

static void phyr_list_blocks_cover_the_list(struct kunit *test)
{
	const struct blocks_row *row = test->param_value;
	phys_addr_t end = BASE + SZ_64M, second = BASE + SZ_128M;
	struct phyr_list *list = test->priv;
	phys_addr_t addr, want = (end - row->before) & ~(row->size - 1);
	struct phyr_list_blocks blocks;
	u64 n;

	KUNIT_ASSERT_EQ(test, append(list, end - row->before, row->before), 0);
	KUNIT_ASSERT_EQ(test, append(list, second, SZ_4M - row->cut), 0);
	KUNIT_EXPECT_EQ(test, phyr_list_align(list), (u64)SZ_64M);
	KUNIT_EXPECT_EQ(test, phyr_list_nr_blocks(list, row->size), row->nr);

	KUNIT_ASSERT_EQ(test, phyr_list_blocks_init(&blocks, list, row->size),
			0);
	for (n = 0; phyr_list_next_block(&blocks, &addr); n++) {
		KUNIT_EXPECT_EQ(test, addr, want);
		want += row->size;
		if (want == end)
			want = second;
	}
	KUNIT_EXPECT_EQ(test, n, row->nr);
}

static void phyr_list_finds_every_position(struct kunit *test)
{
	struct phyr_list *list = test->priv;
	size_t step = 2 * SZ_4K, pos;
	/* Many segments, whatever the size of a page is. */
	unsigned long n = min_t(unsigned long, SPAN / step, 20000), i;
	struct phyr p;

	for (i = 0; i < n; i++)
		KUNIT_ASSERT_EQ(test, append(list, BASE + i * step, SZ_4K), 0);
	for (i = 0; i < n; i++) {
		pos = i * SZ_4K + i % SZ_4K;
		KUNIT_ASSERT_EQ(test, phyr_list_find(list, pos, &p), 0);
		KUNIT_ASSERT_EQ(test, p.addr,
				(phys_addr_t)BASE + i * step + i % SZ_4K);
		KUNIT_ASSERT_EQ(test, p.len, SZ_4K - i % SZ_4K);
	}
}

/* Chunks of which each is found from the front or from the end of its segment. */
static void phyr_list_finds_every_chunk_of_a_mixed_segment(struct kunit *test)
{
	struct phyr_list *list = test->priv;
	size_t step = 4 * SZ_4K, pos = 0, len;
	unsigned long n = min_t(unsigned long, SPAN / step, 5000), i;
	struct phyr p;

	for (i = 0; i < n; i++) {
		len = (1 + i % 3) * SZ_4K;
		KUNIT_ASSERT_EQ(test, append(list, BASE + i * step, len), 0);
	}
	for (i = 0; i < n; i++, pos += len) {
		len = (1 + i % 3) * SZ_4K;
		KUNIT_ASSERT_EQ(test, phyr_list_find(list, pos, &p), 0);
		KUNIT_ASSERT_EQ(test, p.addr, (phys_addr_t)BASE + i * step);
		KUNIT_ASSERT_EQ(test, p.len, len);
		KUNIT_ASSERT_EQ(test, phyr_list_find(list, pos + len - 1, &p), 0);
		KUNIT_ASSERT_EQ(test, p.addr,
				(phys_addr_t)BASE + i * step + len - 1);
		KUNIT_ASSERT_EQ(test, p.len, 1);
	}
}

static void phyr_list_takes_eight_bytes_a_chunk(struct kunit *test)
{
	struct phyr_list *list = test->priv;
	unsigned long n = SPAN / SZ_8K, i;

	for (i = 0; i < n; i++)
		KUNIT_ASSERT_EQ(test, append(list, BASE + i * SZ_8K, SZ_4K), 0);
	KUNIT_EXPECT_EQ(test, list->chunks.nr, n - 1);
	/* 8.1, and the last segment is at least half full. */
	KUNIT_EXPECT_LE(test, phyr_list_bytes(list),
			(size_t)(n * 81 / 10 + PAGE_SIZE / 2));
}

static void phyr_list_preload_makes_room(struct kunit *test)
{
	struct phyr_list *list = test->priv;
	unsigned long n = 2000, i;
	size_t bytes;

	KUNIT_ASSERT_EQ(test, append(list, BASE, SZ_4K), 0);
	KUNIT_ASSERT_EQ(test, phyr_list_preload(list, n, GFP_KERNEL), 0);
	bytes = phyr_list_bytes(list);
	KUNIT_EXPECT_GE(test, bytes, n * sizeof(u64));

	for (i = 1; i <= n; i++) {
		struct phyr p = { BASE + i * SZ_8K, SZ_4K };

		KUNIT_ASSERT_EQ(test, phyr_list_append(list, &p, GFP_NOWAIT),
				0);
	}
	KUNIT_EXPECT_EQ(test, phyr_list_bytes(list), bytes);
	/* What is there already is not allocated again. */
	KUNIT_EXPECT_EQ(test, phyr_list_preload(list, 0, GFP_KERNEL), 0);
	KUNIT_EXPECT_EQ(test, phyr_list_bytes(list), bytes);
}

/* Append fragments until the list has @n, or an allocation fails. */
static int append_fragments(struct phyr_list *list, unsigned long n)
{
	unsigned long i;
	int rc;

	for (i = list->chunks.len / SZ_4K; i < n; i++) {
		rc = append(list, BASE + i * SZ_8K, SZ_4K);
		if (rc)
			return rc;
	}
	return 0;
}

static void phyr_list_survives_each_failing_allocation(struct kunit *test)
{
	unsigned long n = 4 * PAGE_SIZE / sizeof(u64);
	struct phyr_list whole;
	long nth;
	int rc;

	n = min_t(unsigned long, n, SPAN / SZ_8K);
	phyr_list_init(&whole);
	KUNIT_ASSERT_EQ(test, append_fragments(&whole, n), 0);

	phyr_list_fault.held = 0;
	phyr_list_fault.task = current;
	for (nth = 0; ; nth++) {
		struct phyr_list list;
		size_t len;

		phyr_list_init(&list);
		phyr_list_fault.after = nth;
		rc = append_fragments(&list, n);
		phyr_list_fault.after = -1;
		if (!rc) {
			phyr_list_destroy(&list);
			break;
		}

		KUNIT_EXPECT_EQ(test, rc, -ENOMEM);
		/* It goes on where it stopped. */
		len = phyr_list_len(&list);
		KUNIT_EXPECT_LT(test, len, n * SZ_4K);
		KUNIT_EXPECT_EQ(test, append_fragments(&list, n), 0);
		KUNIT_EXPECT_TRUE(test, phyr_list_equal(&list, &whole));
		phyr_list_destroy(&list);
		KUNIT_EXPECT_EQ(test, phyr_list_fault.held, 0L);
	}

	/* The same with room that is made ahead. */
	phyr_list_fault.after = 0;
	KUNIT_EXPECT_EQ(test, phyr_list_preload(test->priv, n, GFP_KERNEL),
			-ENOMEM);
	phyr_list_fault.after = 1;
	KUNIT_EXPECT_EQ(test, phyr_list_preload(test->priv, n, GFP_KERNEL),
			-ENOMEM);
	phyr_list_fault.after = -1;
	KUNIT_EXPECT_EQ(test, phyr_list_preload(test->priv, n, GFP_KERNEL), 0);
	phyr_list_destroy(test->priv);

	KUNIT_EXPECT_EQ(test, phyr_list_fault.held, 0L);
	phyr_list_fault.task = NULL;
	KUNIT_EXPECT_GT(test, nth, 3L);
	phyr_list_destroy(&whole);
}

#define UNITS		SZ_4K

/* The oracle: the number of each unit, in the order of the list. */
struct plain {
	u32		unit[UNITS];
	unsigned int	nr;
};

static u32 below(struct rnd_state *rnd, u32 n)
{
	return prandom_u32_state(rnd) % n;
}

/* Random ranges, some of which go on where the last one ends. */
static void random_list(struct kunit *test, struct rnd_state *rnd,
			struct phyr_list *list, struct plain *plain)
{
	u32 unit = 0, count, i;

	while (plain->nr < UNITS - 600) {
		if (below(rnd, 4))
			unit = below(rnd, SPAN / SZ_4K - 512);
		if (!below(rnd, 8))
			unit &= ~511;
		count = below(rnd, 8) ? 1 + below(rnd, 3) : 1 + below(rnd, 512);
		if (unit + count > SPAN / SZ_4K)
			continue;

		KUNIT_ASSERT_EQ(test, append(list, BASE + (phys_addr_t)unit * SZ_4K,
					     (size_t)count * SZ_4K), 0);
		for (i = 0; i < count; i++)
			plain->unit[plain->nr++] = unit++;
	}
}

static void expect_slice(struct kunit *test, const struct phyr_list *list,
			 const struct plain *plain, size_t pos, size_t len)
{
	struct phyr_list_iter iter;
	struct phyr p;

	KUNIT_ASSERT_EQ(test, phyr_list_iter_init(&iter, list, pos, len), 0);
	while (phyr_list_next(&iter, &p)) {
		KUNIT_ASSERT_LE(test, p.len, len);
		while (p.len) {
			phys_addr_t want = BASE + pos % SZ_4K +
				(phys_addr_t)plain->unit[pos / SZ_4K] * SZ_4K;
			size_t n = min_t(size_t, p.len, SZ_4K - pos % SZ_4K);

			KUNIT_ASSERT_EQ(test, p.addr, want);
			p.addr += n;
			p.len -= n;
			pos += n;
			len -= n;
		}
	}
	KUNIT_EXPECT_EQ(test, len, (size_t)0);
}

/* All runs, each as one range. */
static void expect_runs(struct kunit *test, const struct phyr_list *list,
			const struct plain *plain)
{
	struct phyr_list_iter iter = phyr_list_start(list);
	struct phyr run;
	u32 i = 0, n;

	while (phyr_list_next_run(&iter, &run)) {
		KUNIT_ASSERT_LE(test, i + 1, plain->nr);
		for (n = 1; i + n < plain->nr; n++) {
			if (plain->unit[i + n] != plain->unit[i] + n)
				break;
		}
		KUNIT_ASSERT_EQ(test, run.addr, BASE +
				(phys_addr_t)plain->unit[i] * SZ_4K);
		KUNIT_ASSERT_EQ(test, run.len, (size_t)n * SZ_4K);
		i += n;
	}
	KUNIT_EXPECT_EQ(test, i, plain->nr);
}

/* The same units, in other pieces. */
static void append_in_pieces(struct kunit *test, struct rnd_state *rnd,
			     struct phyr_list *list, const struct plain *plain)
{
	u32 i, n, most;

	for (i = 0; i < plain->nr; i += n) {
		most = 1 + below(rnd, 64);
		for (n = 1; n < most && i + n < plain->nr; n++) {
			if (plain->unit[i + n] != plain->unit[i] + n)
				break;
		}
		KUNIT_ASSERT_EQ(test,
				append(list, BASE +
				       (phys_addr_t)plain->unit[i] * SZ_4K,
				       (size_t)n * SZ_4K), 0);
	}
}

static void phyr_list_is_what_was_appended(struct kunit *test)
{
	struct plain *plain = kunit_kzalloc(test, sizeof(*plain), GFP_KERNEL);
	u64 state = seed ? seed : get_random_u64();
	struct phyr_list *list = test->priv;
	struct phyr_list other, slice;
	struct rnd_state rnd;
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, plain);
	kunit_info(test, "seed=%lu", (unsigned long)state);
	prandom_seed_state(&rnd, (unsigned long)state);

	random_list(test, &rnd, list, plain);
	KUNIT_EXPECT_EQ(test, phyr_list_len(list), (size_t)plain->nr * SZ_4K);
	expect_slice(test, list, plain, 0, (size_t)plain->nr * SZ_4K);
	expect_runs(test, list, plain);

	phyr_list_init(&other);
	append_in_pieces(test, &rnd, &other, plain);
	KUNIT_EXPECT_TRUE(test, phyr_list_equal(list, &other));
	phyr_list_destroy(&other);
	KUNIT_EXPECT_FALSE(test, phyr_list_equal(list, &other));

	for (i = 0; i < 200; i++) {
		size_t pos = below(&rnd, plain->nr * SZ_4K);
		size_t len = below(&rnd, plain->nr * SZ_4K - pos) + 1;

		expect_slice(test, list, plain, pos, len);
	}

	/* A part is a list like any other. */
	phyr_list_init(&slice);
	KUNIT_ASSERT_EQ(test,
			phyr_list_append_list(&slice, list, SZ_4K, plain->nr / 2 * SZ_4K,
					      GFP_KERNEL), 0);
	memmove(plain->unit, plain->unit + 1, sizeof(plain->unit) - sizeof(u32));
	expect_slice(test, &slice, plain, 0, plain->nr / 2 * SZ_4K);
	phyr_list_destroy(&slice);
}

/* Pages that exist, from the allocator. */
#define NR_PAGES	8

static void phyr_list_of_pages_and_back(struct kunit *test)
{
	size_t len = NR_PAGES * PAGE_SIZE - 3 - 5;
	struct page *pages[NR_PAGES], *back[NR_PAGES + 1];
	struct phyr_list *list = test->priv;
	struct phyr phyrs[NR_PAGES];
	struct phyr_list other;
	struct sg_table sgt;
	unsigned long n, i;

	for (n = 0; n < NR_PAGES; n++) {
		pages[n] = alloc_page(GFP_KERNEL);
		if (!pages[n])
			break;
	}
	KUNIT_EXPECT_EQ(test, n, (unsigned long)NR_PAGES);
	if (n < NR_PAGES)
		goto free;

	phyr_list_init(&other);
	KUNIT_EXPECT_EQ(test, phyr_list_append_pages(list, pages, PAGE_SIZE, 1,
						     GFP_KERNEL), -EINVAL);
	KUNIT_EXPECT_EQ(test, phyr_list_append_pages(list, pages, 0, 0,
						     GFP_KERNEL), -EINVAL);
	KUNIT_EXPECT_EQ(test, phyr_list_append_pages(list, pages, 3, len,
						     GFP_KERNEL), 0);
	KUNIT_EXPECT_EQ(test, phyr_list_len(list), len);
	KUNIT_EXPECT_FALSE(test, phyr_list_is_p2p(list));

	n = phyr_list_to_pages(list, 0, back, NR_PAGES + 1);
	KUNIT_EXPECT_EQ(test, n, (unsigned long)NR_PAGES);
	for (i = 0; i < NR_PAGES; i++)
		KUNIT_EXPECT_PTR_EQ(test, back[i], pages[i]);
	n = phyr_list_to_pages(list, PAGE_SIZE - 3, back, 1);
	KUNIT_EXPECT_EQ(test, n, 1UL);
	KUNIT_EXPECT_PTR_EQ(test, back[0], pages[1]);
	KUNIT_EXPECT_EQ(test, phyr_list_to_pages(list, len, back, 1), 0UL);

	n = phyr_list_to_phyrs(list, 0, phyrs, NR_PAGES);
	KUNIT_EXPECT_GE(test, n, 1UL);
	KUNIT_EXPECT_EQ(test, phyr_list_append_phyrs(&other, phyrs, n,
						     GFP_KERNEL), 0);
	KUNIT_EXPECT_TRUE(test, phyr_list_equal(list, &other));
	phyr_list_destroy(&other);

	KUNIT_EXPECT_EQ(test, sg_alloc_table_from_pages(&sgt, pages, NR_PAGES, 3, len,
							GFP_KERNEL), 0);
	KUNIT_EXPECT_EQ(test, phyr_list_append_sg(&other, sgt.sgl, sgt.orig_nents,
						  GFP_KERNEL), 0);
	KUNIT_EXPECT_TRUE(test, phyr_list_equal(list, &other));
	phyr_list_destroy(&other);
	sg_free_table(&sgt);
	n = NR_PAGES;
free:
	while (n)
		__free_page(pages[--n]);
}

static void phyr_list_of_a_folio(struct kunit *test)
{
	struct phyr_list *list = test->priv;
	struct folio *folio = folio_alloc(GFP_KERNEL, 2);
	struct page *page = alloc_page(GFP_KERNEL);
	struct folio *folios[4];
	struct phyr p;

	KUNIT_ASSERT_NOT_NULL(test, folio);
	KUNIT_ASSERT_NOT_NULL(test, page);
	KUNIT_EXPECT_EQ(test, phyr_list_append_folio(list, folio, 1, 4 * PAGE_SIZE,
						     GFP_KERNEL), -ERANGE);
	KUNIT_EXPECT_EQ(test, phyr_list_append_folio(list, folio, SIZE_MAX, 2,
						     GFP_KERNEL), -ERANGE);
	KUNIT_EXPECT_TRUE(test, phyr_list_is_empty(list));
	KUNIT_EXPECT_EQ(test, phyr_list_append_folio(list, folio, PAGE_SIZE + 1,
						     2 * PAGE_SIZE, GFP_KERNEL), 0);
	KUNIT_EXPECT_EQ(test, phyr_list_find(list, 0, &p), 0);
	KUNIT_EXPECT_EQ(test, p.addr,
			page_to_phys(folio_page(folio, 0)) + PAGE_SIZE + 1);
	KUNIT_EXPECT_EQ(test, phyr_list_len(list), (size_t)(2 * PAGE_SIZE));
	KUNIT_EXPECT_EQ(test, phyr_list_to_folios(list, 0, folios, 2), 1UL);
	phyr_list_destroy(list);

	/* Once, though it ends one range and starts the next. */
	KUNIT_EXPECT_EQ(test, phyr_list_append_folio(list, folio, 3 * PAGE_SIZE,
						     PAGE_SIZE, GFP_KERNEL), 0);
	KUNIT_EXPECT_EQ(test, phyr_list_append_folio(list, folio, 0, PAGE_SIZE,
						     GFP_KERNEL), 0);
	KUNIT_EXPECT_FALSE(test, phyr_list_is_run(list));
	KUNIT_EXPECT_EQ(test, phyr_list_to_folios(list, 0, folios, 2), 1UL);
	KUNIT_EXPECT_PTR_EQ(test, folios[0], folio);

	/* As often as another was between. */
	KUNIT_EXPECT_EQ(test, append(list, page_to_phys(page), PAGE_SIZE), 0);
	KUNIT_EXPECT_EQ(test, phyr_list_append_folio(list, folio, 0, 5,
						     GFP_KERNEL), 0);
	KUNIT_EXPECT_EQ(test, phyr_list_to_folios(list, 0, folios, 2), 2UL);
	KUNIT_EXPECT_PTR_EQ(test, folios[1], page_folio(page));
	KUNIT_EXPECT_EQ(test, phyr_list_to_folios(list, 0, folios, 4), 3UL);
	KUNIT_EXPECT_PTR_EQ(test, folios[2], folio);
	KUNIT_EXPECT_EQ(test, phyr_list_to_folios(list, 2 * PAGE_SIZE + 1,
						  folios, 4), 2UL);
	KUNIT_EXPECT_PTR_EQ(test, folios[0], page_folio(page));
	KUNIT_EXPECT_EQ(test, phyr_list_to_folios(list, phyr_list_len(list),
						  folios, 4), 0UL);
	__free_page(page);
	folio_put(folio);
}

/* Memory with a struct page and memory without never become one run. */
static void phyr_list_keeps_made_up_memory_apart(struct kunit *test)
{
	struct phyr_list *list = test->priv;
	struct page *page = alloc_page(GFP_KERNEL);
	struct phyr_list_iter iter;
	struct page *pages[2];
	unsigned long pfn;
	struct phyr run;
	phys_addr_t end;

	KUNIT_ASSERT_NOT_NULL(test, page);
	for (pfn = page_to_pfn(page); pfn_valid(pfn); pfn++)
		;
	end = PFN_PHYS(pfn);

	KUNIT_EXPECT_EQ(test, append(list, end - PAGE_SIZE, 2 * PAGE_SIZE),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, append(list, end - PAGE_SIZE, PAGE_SIZE), 0);
	KUNIT_EXPECT_TRUE(test, phyr_list_has_pages(list));
	KUNIT_EXPECT_EQ(test, append(list, end, PAGE_SIZE), 0);
	KUNIT_EXPECT_FALSE(test, phyr_list_is_run(list));
	KUNIT_EXPECT_FALSE(test, phyr_list_has_pages(list));
	KUNIT_EXPECT_EQ(test, phyr_list_to_pages(list, 0, pages, 1), 1UL);
	KUNIT_EXPECT_PTR_EQ(test, pages[0], pfn_to_page(pfn - 1));

	iter = phyr_list_start(list);
	KUNIT_EXPECT_TRUE(test, phyr_list_next_run(&iter, &run));
	KUNIT_EXPECT_EQ(test, run.addr, end - PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, run.len, (size_t)PAGE_SIZE);
	KUNIT_EXPECT_TRUE(test, phyr_list_next_run(&iter, &run));
	KUNIT_EXPECT_EQ(test, run.addr, end);
	KUNIT_EXPECT_FALSE(test, phyr_list_next_run(&iter, &run));
	__free_page(page);
}

static void phyr_list_refuses_an_entry_without_page(struct kunit *test)
{
	struct phyr_list *list = test->priv;
	struct scatterlist sg;

	sg_init_table(&sg, 1);
	sg.length = PAGE_SIZE;
	KUNIT_EXPECT_EQ(test, phyr_list_append_sg(list, &sg, 1, GFP_KERNEL),
			-EINVAL);
	KUNIT_EXPECT_TRUE(test, phyr_list_is_empty(list));
}

static struct kunit_case phyr_list_cases[] = {
	KUNIT_CASE_PARAM(phyr_list_encodes_runs, encoding_gen_params),
	KUNIT_CASE(phyr_list_cuts_no_page),
	KUNIT_CASE(phyr_list_append_merges_neighbours),
	KUNIT_CASE(phyr_list_address_zero_does_not_follow_the_top),
	KUNIT_CASE_PARAM(phyr_list_append_refuses, refused_gen_params),
	KUNIT_CASE(phyr_list_is_no_longer_than_a_size_t),
	KUNIT_CASE(phyr_list_refuses_behind_an_odd_end),
	KUNIT_CASE(phyr_list_refuses_what_it_does_not_have),
	KUNIT_CASE_PARAM(phyr_list_blocks_cover_the_list, blocks_gen_params),
	KUNIT_CASE(phyr_list_finds_every_position),
	KUNIT_CASE(phyr_list_finds_every_chunk_of_a_mixed_segment),
	KUNIT_CASE(phyr_list_takes_eight_bytes_a_chunk),
	KUNIT_CASE(phyr_list_preload_makes_room),
	KUNIT_CASE(phyr_list_survives_each_failing_allocation),
	KUNIT_CASE(phyr_list_is_what_was_appended),
	KUNIT_CASE(phyr_list_of_pages_and_back),
	KUNIT_CASE(phyr_list_of_a_folio),
	KUNIT_CASE(phyr_list_keeps_made_up_memory_apart),
	KUNIT_CASE(phyr_list_refuses_an_entry_without_page),
	{ }
};

static struct kunit_suite phyr_list_suite = {
	.name = "phyr_list",
	.init = phyr_list_init_case,
	.exit = phyr_list_exit_case,
	.test_cases = phyr_list_cases,
};

kunit_test_suite(phyr_list_suite);

MODULE_DESCRIPTION("KUnit tests of lists of physical ranges");
MODULE_LICENSE("GPL");
