// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests of physical ranges.
 *
 * What depends on the two numbers alone is tested with tables of made-up
 * addresses, at the edges: address 0, the edges of a page, 4 GiB, and the top
 * of the physical address space, which is 2^64 or, with 32-bit addresses,
 * 2^32.  What touches memory uses two adjacent pages, allocated for each case.
 *
 * Nothing here reads or writes a made-up address.
 */

#include <kunit/test.h>
#include <linux/gfp.h>
#include <linux/highmem.h>
#include <linux/kernel.h>
#include <linux/kmsg_dump.h>
#include <linux/module.h>
#include <linux/phyr.h>
#include <linux/sizes.h>
#include <linux/string.h>

/* The first byte of the last @n bytes below the top of the address space. */
#define TOP(n)		(PHYS_ADDR_MAX - (n) + 1)

#define TEST_ORDER	1

/* What a range holds that a failed call must leave alone. */
static const struct phyr untouched = { .addr = 0x5a5a, .len = 0xa5 };

static void expect_phyr(struct kunit *test, const struct phyr *p,
			phys_addr_t addr, size_t len)
{
	KUNIT_EXPECT_EQ(test, p->addr, addr);
	KUNIT_EXPECT_EQ(test, p->len, len);
}

/* A range, whether it can be made, and its last and end if so. */
struct bounds_row {
	const char	*name;
	phys_addr_t	addr;
	size_t		len;
	int		rc;
	phys_addr_t	last;
	phys_addr_t	end;
};

static const struct bounds_row bounds_rows[] = {
	{ "one byte at address 0", 0, 1, 0, 0, 1 },
	{ "the page at address 0", 0, PAGE_SIZE, 0, PAGE_SIZE - 1, PAGE_SIZE },
	{ "last byte of a page", PAGE_SIZE - 1, 1, 0,
		PAGE_SIZE - 1, PAGE_SIZE },
	{ "across a page edge", PAGE_SIZE - 1, 2, 0,
		PAGE_SIZE, PAGE_SIZE + 1 },
	{ "ends at the top", TOP(PAGE_SIZE), PAGE_SIZE, 0, PHYS_ADDR_MAX, 0 },
	{ "two bytes that end at the top", TOP(2), 2, 0, PHYS_ADDR_MAX, 0 },
	{ "one byte short of the top", TOP(2), 1, 0, TOP(2), TOP(1) },
	{ "one byte beyond the top", TOP(PAGE_SIZE), PAGE_SIZE + 1,
		-EOVERFLOW },
	{ "far beyond the top", TOP(PAGE_SIZE), SIZE_MAX, -EOVERFLOW },
	{ "the topmost byte alone", TOP(1), 1, -EINVAL },
	{ "none, empty", PHYR_NONE, 0, -EINVAL },
	{ "longest at address 0", 0, SIZE_MAX, 0,
		(phys_addr_t)SIZE_MAX - 1, SIZE_MAX },
#ifdef CONFIG_PHYS_ADDR_T_64BIT
	{ "ends at 4 GiB", SZ_4G - PAGE_SIZE, PAGE_SIZE, 0, SZ_4G - 1, SZ_4G },
	{ "across 4 GiB", SZ_4G - 1, 2, 0, SZ_4G, SZ_4G + 1 },
	{ "starts at 4 GiB", SZ_4G, SIZE_MAX / 2, 0,
		SZ_4G + SIZE_MAX / 2 - 1, SZ_4G + SIZE_MAX / 2 },
#endif
#ifdef CONFIG_64BIT
	{ "longer than 4 GiB", SZ_4K, SZ_4G + 1, 0,
		SZ_4G + SZ_4K, SZ_4G + SZ_4K + 1 },
#endif
};

static void bounds_row_desc(const struct bounds_row *row, char *desc)
{
	strscpy(desc, row->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(bounds, bounds_rows, bounds_row_desc);

static void phyr_set_checks_bounds(struct kunit *test)
{
	const struct bounds_row *row = test->param_value;
	struct phyr p = untouched;

	KUNIT_ASSERT_EQ(test, phyr_set(&p, row->addr, row->len), row->rc);
	if (row->rc) {
		expect_phyr(test, &p, untouched.addr, untouched.len);
		return;
	}

	expect_phyr(test, &p, row->addr, row->len);
	KUNIT_EXPECT_EQ(test, phyr_phys(&p), row->addr);
	KUNIT_EXPECT_EQ(test, phyr_len(&p), row->len);
	KUNIT_EXPECT_EQ(test, phyr_last(&p), row->last);
	KUNIT_EXPECT_EQ(test, phyr_end(&p), row->end);
	KUNIT_EXPECT_FALSE(test, phyr_is_none(&p));
	KUNIT_EXPECT_FALSE(test, phyr_is_empty(&p));
}

static void phyr_none_is_not_address_zero(struct kunit *test)
{
	struct phyr zeroed = { };
	struct phyr p = untouched;

	KUNIT_EXPECT_FALSE(test, phyr_is_none(&zeroed));
	KUNIT_EXPECT_TRUE(test, phyr_is_empty(&zeroed));

	KUNIT_EXPECT_EQ(test, phyr_set(&p, 0, PAGE_SIZE), 0);
	KUNIT_EXPECT_FALSE(test, phyr_is_none(&p));
	KUNIT_EXPECT_FALSE(test, phyr_is_empty(&p));

	phyr_set_none(&p);
	KUNIT_EXPECT_TRUE(test, phyr_is_none(&p));
	KUNIT_EXPECT_TRUE(test, phyr_is_empty(&p));
	KUNIT_EXPECT_FALSE(test, phyr_has_page(&p));
}

/* Where a range is, within its first page. */
struct offset_row {
	const char	*name;
	phys_addr_t	addr;
	size_t		len;
	unsigned int	offset;
	size_t		in_page;
};

static const struct offset_row offset_rows[] = {
	{ "start of a page", PAGE_SIZE, PAGE_SIZE, 0, PAGE_SIZE },
	{ "ends before the page does", PAGE_SIZE + 1, 7, 1, 7 },
	{ "ends with the page", PAGE_SIZE + 1, PAGE_SIZE - 1, 1,
		PAGE_SIZE - 1 },
	{ "goes on in the next page", PAGE_SIZE + 1, PAGE_SIZE, 1,
		PAGE_SIZE - 1 },
	{ "last byte of a page", 2 * PAGE_SIZE - 1, SIZE_MAX / 2,
		PAGE_SIZE - 1, 1 },
	{ "empty", PAGE_SIZE + 5, 0, 5, 0 },
	{ "ends at the top", TOP(PAGE_SIZE - 3), PAGE_SIZE - 3, 3,
		PAGE_SIZE - 3 },
#ifdef CONFIG_PHYS_ADDR_T_64BIT
	{ "above 4 GiB", SZ_4G + PAGE_SIZE + 9, PAGE_SIZE, 9, PAGE_SIZE - 9 },
#endif
};

static void offset_row_desc(const struct offset_row *row, char *desc)
{
	strscpy(desc, row->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(offset, offset_rows, offset_row_desc);

static void phyr_offset_is_below_page_size(struct kunit *test)
{
	const struct offset_row *row = test->param_value;
	struct phyr p;

	KUNIT_ASSERT_EQ(test, phyr_set(&p, row->addr, row->len), 0);
	KUNIT_EXPECT_EQ(test, phyr_offset(&p), row->offset);
	KUNIT_EXPECT_EQ(test, phyr_len_in_page(&p), row->in_page);
}

/* A part of a range: what it becomes, or why there is none. */
struct slice_row {
	const char	*name;
	struct phyr	p;
	size_t		skip;
	size_t		len;
	int		rc;
	struct phyr	slice;
};

static const struct slice_row slice_rows[] = {
	{ "the whole", { 0x1000, 0x100 }, 0, 0x100, 0, { 0x1000, 0x100 } },
	{ "the front", { 0x1000, 0x100 }, 0, 1, 0, { 0x1000, 1 } },
	{ "the middle", { 0x1000, 0x100 }, 0x80, 2, 0, { 0x1080, 2 } },
	{ "the back", { 0x1000, 0x100 }, 0xff, 1, 0, { 0x10ff, 1 } },
	{ "nothing at the front", { 0x1000, 0x100 }, 0, 0, 0, { 0x1000, 0 } },
	{ "nothing at the back", { 0x1000, 0x100 }, 0x100, 0, 0,
		{ 0x1100, 0 } },
	{ "of an empty range", { 0x1000, 0 }, 0, 0, 0, { 0x1000, 0 } },
	{ "of none", { PHYR_NONE, 0 }, 0, 0, -EINVAL },
	{ "one byte too long", { 0x1000, 0x100 }, 0, 0x101, -ERANGE },
	{ "one byte too far", { 0x1000, 0x100 }, 0xff, 2, -ERANGE },
	{ "nothing behind the back", { 0x1000, 0x100 }, 0x101, 0, -ERANGE },
	{ "skip and length overflow", { 0x1000, 0x100 }, 2, SIZE_MAX - 1,
		-ERANGE },
	{ "up to the top", { TOP(0x100), 0x100 }, 0x80, 0x80, 0,
		{ TOP(0x80), 0x80 } },
	{ "nothing at the top", { TOP(0x100), 0x100 }, 0x100, 0, 0, { 0, 0 } },
	{ "the topmost byte alone", { TOP(0x100), 0x100 }, 0xff, 1, -EINVAL },
#ifdef CONFIG_PHYS_ADDR_T_64BIT
	{ "behind 4 GiB", { SZ_4G - 1, 0x100 }, 1, 0xff, 0, { SZ_4G, 0xff } },
#endif
};

static void slice_row_desc(const struct slice_row *row, char *desc)
{
	strscpy(desc, row->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(slice, slice_rows, slice_row_desc);

static void phyr_slice_stays_inside(struct kunit *test)
{
	const struct slice_row *row = test->param_value;
	struct phyr want = row->rc ? untouched : row->slice;
	struct phyr slice = untouched;

	KUNIT_EXPECT_EQ(test, phyr_slice(&row->p, row->skip, row->len, &slice),
			row->rc);
	expect_phyr(test, &slice, want.addr, want.len);
}

static void phyr_slice_in_place(struct kunit *test)
{
	const struct slice_row *row = test->param_value;
	struct phyr want = row->rc ? row->p : row->slice;
	struct phyr p = row->p;

	KUNIT_EXPECT_EQ(test, phyr_slice(&p, row->skip, row->len, &p), row->rc);
	expect_phyr(test, &p, want.addr, want.len);
}

/* A range cut in two: split gives both parts, advance the one behind. */
struct cut_row {
	const char	*name;
	struct phyr	p;
	size_t		bytes;
	int		rc;
	struct phyr	front;
	struct phyr	rest;
};

static const struct cut_row cut_rows[] = {
	{ "in the middle", { 0x1000, 0x100 }, 0x40, 0,
		{ 0x1000, 0x40 }, { 0x1040, 0xc0 } },
	{ "at the front", { 0x1000, 0x100 }, 0, 0,
		{ 0x1000, 0 }, { 0x1000, 0x100 } },
	{ "at the back", { 0x1000, 0x100 }, 0x100, 0,
		{ 0x1000, 0x100 }, { 0x1100, 0 } },
	{ "one byte too far", { 0x1000, 0x100 }, 0x101, -ERANGE },
	{ "much too far", { 0x1000, 0x100 }, SIZE_MAX, -ERANGE },
	{ "none", { PHYR_NONE, 0 }, 0, -EINVAL },
	{ "at a page edge", { PAGE_SIZE - 1, 2 }, 1, 0,
		{ PAGE_SIZE - 1, 1 }, { PAGE_SIZE, 1 } },
	{ "below the top", { TOP(0x100), 0x100 }, 0xfe, 0,
		{ TOP(0x100), 0xfe }, { TOP(2), 2 } },
	{ "before the topmost byte", { TOP(0x100), 0x100 }, 0xff, -EINVAL },
	{ "at the top", { TOP(0x100), 0x100 }, 0x100, 0,
		{ TOP(0x100), 0x100 }, { 0, 0 } },
#ifdef CONFIG_PHYS_ADDR_T_64BIT
	{ "at 4 GiB", { SZ_4G - 1, 2 }, 1, 0, { SZ_4G - 1, 1 }, { SZ_4G, 1 } },
#endif
};

static void cut_row_desc(const struct cut_row *row, char *desc)
{
	strscpy(desc, row->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(cut, cut_rows, cut_row_desc);

static void phyr_advance_drops_the_front(struct kunit *test)
{
	const struct cut_row *row = test->param_value;
	struct phyr want = row->rc ? row->p : row->rest;
	struct phyr p = row->p;

	KUNIT_EXPECT_EQ(test, phyr_advance(&p, row->bytes), row->rc);
	expect_phyr(test, &p, want.addr, want.len);
}

static void phyr_split_gives_both_parts(struct kunit *test)
{
	const struct cut_row *row = test->param_value;
	struct phyr want_rest = row->rc ? row->p : row->rest;
	struct phyr want_front = row->rc ? untouched : row->front;
	struct phyr front = untouched;
	struct phyr p = row->p;

	KUNIT_EXPECT_EQ(test, phyr_split(&p, row->bytes, &front), row->rc);
	expect_phyr(test, &p, want_rest.addr, want_rest.len);
	expect_phyr(test, &front, want_front.addr, want_front.len);
}

struct adjacent_row {
	const char	*name;
	struct phyr	p;
	struct phyr	next;
	bool		adjacent;
};

static const struct adjacent_row adjacent_rows[] = {
	{ "neighbours", { 0x1000, 0x10 }, { 0x1010, 1 }, true },
	{ "from address 0", { 0, 1 }, { 1, 1 }, true },
	{ "at a page edge", { 0, PAGE_SIZE }, { PAGE_SIZE, 1 }, true },
	{ "a gap of one byte", { 0x1000, 0x10 }, { 0x1011, 1 }, false },
	{ "an overlap of one byte", { 0x1000, 0x10 }, { 0x100f, 1 }, false },
	{ "the other order", { 0x1010, 1 }, { 0x1000, 0x10 }, false },
	{ "the same twice", { 0x1000, 0x10 }, { 0x1000, 0x10 }, false },
	{ "up to the top", { TOP(0x20), 0x10 }, { TOP(0x10), 0x10 }, true },
	{ "the top and address 0", { TOP(0x10), 0x10 }, { 0, 1 }, false },
	{ "an empty first", { 0x1000, 0 }, { 0x1000, 1 }, false },
	{ "an empty second", { 0x1000, 1 }, { 0x1001, 0 }, false },
	{ "none first", { PHYR_NONE, 0 }, { 0, 1 }, false },
	{ "none second", { TOP(2), 1 }, { PHYR_NONE, 0 }, false },
#ifdef CONFIG_PHYS_ADDR_T_64BIT
	{ "at 4 GiB", { SZ_4G - 1, 1 }, { SZ_4G, 1 }, true },
	{ "4 GiB apart", { 0, 1 }, { SZ_4G + 1, 1 }, false },
#endif
};

static void adjacent_row_desc(const struct adjacent_row *row, char *desc)
{
	strscpy(desc, row->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(adjacent, adjacent_rows, adjacent_row_desc);

static void phyr_is_adjacent_compares_addresses(struct kunit *test)
{
	const struct adjacent_row *row = test->param_value;

	KUNIT_EXPECT_EQ(test, phyr_is_adjacent(&row->p, &row->next),
			row->adjacent);
}

/* Two adjacent pages, not in high memory, in test->priv. */
static int phyr_test_init(struct kunit *test)
{
	test->priv = alloc_pages(GFP_KERNEL | __GFP_ZERO, TEST_ORDER);
	return test->priv ? 0 : -ENOMEM;
}

static void phyr_test_exit(struct kunit *test)
{
	if (test->priv)
		__free_pages(test->priv, TEST_ORDER);
}

static void phyr_page_is_that_of_the_first_byte(struct kunit *test)
{
	struct page *page = test->priv;
	struct phyr p;

	KUNIT_ASSERT_EQ(test, phyr_set_page(&p, page, 2, PAGE_SIZE - 1), 0);
	expect_phyr(test, &p, page_to_phys(page) + PAGE_SIZE - 1, 2);
	KUNIT_EXPECT_TRUE(test, phyr_has_page(&p));
	KUNIT_EXPECT_PTR_EQ(test, phyr_page(&p), page);
	KUNIT_EXPECT_EQ(test, phyr_offset(&p), PAGE_SIZE - 1);
}

static void phyr_set_page_takes_offsets_past_the_page(struct kunit *test)
{
	struct page *page = test->priv;
	struct phyr p;

	KUNIT_ASSERT_EQ(test, phyr_set_page(&p, page, 1, PAGE_SIZE + 3), 0);
	expect_phyr(test, &p, page_to_phys(page) + PAGE_SIZE + 3, 1);
	KUNIT_EXPECT_PTR_EQ(test, phyr_page(&p), page + 1);
	KUNIT_EXPECT_EQ(test, phyr_offset(&p), 3);
}

static void phyr_set_page_rejects_an_offset_that_overflows(struct kunit *test)
{
	struct phyr p = untouched;

	if (sizeof(phys_addr_t) > sizeof(size_t))
		kunit_skip(test, "an offset cannot reach the top");
	if (!page_to_phys((struct page *)test->priv))
		kunit_skip(test, "the page is at address 0");

	KUNIT_EXPECT_EQ(test, phyr_set_page(&p, test->priv, 1, SIZE_MAX),
			-EOVERFLOW);
	expect_phyr(test, &p, untouched.addr, untouched.len);
}

static void phyr_virt_and_kmap_local_reach_the_same_byte(struct kunit *test)
{
	struct page *page = test->priv;
	struct phyr p;
	u8 *virt, *kmap;

	KUNIT_ASSERT_EQ(test, phyr_set_page(&p, page, 16, PAGE_SIZE + 16), 0);
	virt = phyr_virt(&p);
	KUNIT_ASSERT_PTR_EQ(test, virt,
			    (u8 *)page_address(page) + PAGE_SIZE + 16);

	kmap = phyr_kmap_local(&p);
	KUNIT_ASSERT_TRUE(test, kmap);
	*kmap = 0x5a;
	kunmap_local(kmap);

	KUNIT_EXPECT_EQ(test, *virt, 0x5a);
	KUNIT_EXPECT_EQ(test, virt[-1], 0);
	KUNIT_EXPECT_EQ(test, virt[1], 0);
}

/* Two ranges within two adjacent pages, as offsets from the first. */
struct merge_row {
	const char	*name;
	size_t		offset;
	size_t		len;
	size_t		next_offset;
	size_t		next_len;
	bool		merge;
};

/* KMSAN's metadata is contiguous within a page only. */
#define ACROSS_PAGES	(!IS_ENABLED(CONFIG_KMSAN))

static const struct merge_row merge_rows[] = {
	{ "in one page", 0, 512, 512, 512, true },
	{ "up to a page edge", 0, 512, 512, PAGE_SIZE - 512, true },
	{ "at a page edge", 0, PAGE_SIZE, PAGE_SIZE, PAGE_SIZE, ACROSS_PAGES },
	{ "one byte before a page edge", 0, PAGE_SIZE - 1, PAGE_SIZE - 1, 2,
		true },
	{ "one byte behind a page edge", 0, PAGE_SIZE + 1, PAGE_SIZE + 1, 1,
		true },
	{ "a gap", 0, 512, 513, 512, false },
	{ "an overlap", 0, 512, 511, 512, false },
	{ "a gap at a page edge", 0, PAGE_SIZE - 1, PAGE_SIZE, 1, false },
	{ "the other order", 512, 512, 0, 512, false },
	{ "an empty second", 0, 512, 512, 0, false },
};

static void merge_row_desc(const struct merge_row *row, char *desc)
{
	strscpy(desc, row->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(merge, merge_rows, merge_row_desc);

static void phyr_try_merge_takes_neighbours(struct kunit *test)
{
	const struct merge_row *row = test->param_value;
	struct page *page = test->priv;
	struct phyr p, next;

	KUNIT_ASSERT_EQ(test,
			phyr_set_page(&p, page, row->len, row->offset), 0);
	KUNIT_ASSERT_EQ(test, phyr_set_page(&next, page, row->next_len,
					    row->next_offset), 0);

	KUNIT_EXPECT_EQ(test, phyr_can_merge(&p, &next), row->merge);
	KUNIT_EXPECT_EQ(test, phyr_try_merge(&p, &next), row->merge);
	expect_phyr(test, &p, page_to_phys(page) + row->offset,
		    row->merge ? row->len + row->next_len : row->len);
}

/* The highest page of the physical address space, if that is not memory. */
static void set_pageless(struct kunit *test, struct phyr *p)
{
	KUNIT_ASSERT_EQ(test, phyr_set(p, TOP(PAGE_SIZE), PAGE_SIZE), 0);
	if (phyr_has_page(p))
		kunit_skip(test, "all physical addresses have a struct page");
}

static void phyr_without_struct_page_is_not_merged(struct kunit *test)
{
	struct phyr p, front;

	set_pageless(test, &p);
	KUNIT_ASSERT_EQ(test, phyr_split(&p, PAGE_SIZE / 2, &front), 0);
	KUNIT_EXPECT_TRUE(test, phyr_is_adjacent(&front, &p));
	KUNIT_EXPECT_FALSE(test, phyr_try_merge(&front, &p));
	expect_phyr(test, &front, TOP(PAGE_SIZE), PAGE_SIZE / 2);
}

/* The frame number of such an address can be that of memory, cut to a long. */
static void phyr_has_page_looks_at_all_address_bits(struct kunit *test)
{
	phys_addr_t top_bit = PHYS_ADDR_MAX - PHYS_ADDR_MAX / 2;
	struct phyr p;

	if (sizeof(phys_addr_t) == sizeof(u32))
		kunit_skip(test, "each address has a frame number");

	KUNIT_ASSERT_EQ(test, phyr_set_page(&p, test->priv, PAGE_SIZE, 0), 0);
	KUNIT_EXPECT_TRUE(test, phyr_has_page(&p));
	KUNIT_ASSERT_EQ(test, phyr_set(&p, p.addr | top_bit, PAGE_SIZE), 0);
	KUNIT_EXPECT_FALSE(test, phyr_has_page(&p));
}

/* Whether the kernel log has a warning from phyr_page(). */
static bool phyr_page_has_warned(void)
{
	struct kmsg_dump_iter iter;
	char line[256];
	size_t len;

	kmsg_dump_rewind(&iter);
	while (kmsg_dump_get_line(&iter, true, line, sizeof(line) - 1, &len)) {
		line[len] = '\0';
		if (strstr(line, "WARNING: ") && (strstr(line, "phyr_page+") ||
						  strstr(line, "lib/phyr.c:")))
			return true;
	}
	return false;
}

/* Leaves a warning in the log, the first time: that is what is tested. */
static void phyr_page_without_struct_page_warns(struct kunit *test)
{
	struct phyr p;

	set_pageless(test, &p);
	KUNIT_EXPECT_PTR_EQ(test, phyr_page(&p), NULL);
	KUNIT_EXPECT_PTR_EQ(test, phyr_virt(&p), NULL);
	KUNIT_EXPECT_PTR_EQ(test, phyr_kmap_local(&p), NULL);
	if (IS_ENABLED(CONFIG_PRINTK))
		KUNIT_EXPECT_TRUE(test, phyr_page_has_warned());
}

static struct kunit_case phyr_cases[] = {
	KUNIT_CASE_PARAM(phyr_set_checks_bounds, bounds_gen_params),
	KUNIT_CASE(phyr_none_is_not_address_zero),
	KUNIT_CASE_PARAM(phyr_offset_is_below_page_size, offset_gen_params),
	KUNIT_CASE_PARAM(phyr_slice_stays_inside, slice_gen_params),
	KUNIT_CASE_PARAM(phyr_slice_in_place, slice_gen_params),
	KUNIT_CASE_PARAM(phyr_advance_drops_the_front, cut_gen_params),
	KUNIT_CASE_PARAM(phyr_split_gives_both_parts, cut_gen_params),
	KUNIT_CASE_PARAM(phyr_is_adjacent_compares_addresses,
			 adjacent_gen_params),
	KUNIT_CASE(phyr_page_is_that_of_the_first_byte),
	KUNIT_CASE(phyr_set_page_takes_offsets_past_the_page),
	KUNIT_CASE(phyr_set_page_rejects_an_offset_that_overflows),
	KUNIT_CASE(phyr_virt_and_kmap_local_reach_the_same_byte),
	KUNIT_CASE_PARAM(phyr_try_merge_takes_neighbours, merge_gen_params),
	KUNIT_CASE(phyr_without_struct_page_is_not_merged),
	KUNIT_CASE(phyr_has_page_looks_at_all_address_bits),
	KUNIT_CASE(phyr_page_without_struct_page_warns),
	{ }
};

static struct kunit_suite phyr_suite = {
	.name = "phyr",
	.init = phyr_test_init,
	.exit = phyr_test_exit,
	.test_cases = phyr_cases,
};

kunit_test_suites(&phyr_suite);

MODULE_DESCRIPTION("KUnit tests of physical ranges");
MODULE_LICENSE("GPL");
