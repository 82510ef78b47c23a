// SPDX-License-Identifier: GPL-2.0-only
/*
 * Initialisers of a bvec. All of its parts become BVEC_INIT(), in any order;
 * anything less is left alone.
 */
#include <linux/bvec.h>

struct parcel {
	struct page *bv_page;
	unsigned int bv_len;
	unsigned int bv_offset;
};

static void designators_in_order(struct page *page)
{
	struct bio_vec bv = {
		.bv_page = page,
		.bv_len = PAGE_SIZE,
		.bv_offset = 0,
	};

	consume(&bv);
}

static void designators_in_another_order(struct page *page, size_t len)
{
	struct bio_vec bv = {
		.bv_offset	= offset_in_page(len),
		.bv_page	= page,
		.bv_len		= min_t(size_t, len, PAGE_SIZE)
	};

	consume(&bv);
}

static void designators_on_one_line(struct page *page, unsigned int at)
{
	struct bio_vec bv = { .bv_page = page, .bv_len = at, .bv_offset = at };

	consume(&bv);
}

/* What must not change. */

static void zeroed_stays(void)
{
	struct bio_vec bv = {};

	consume(&bv);
}

static void partial_initialiser_stays(struct page *page)
{
	struct bio_vec bv = {
		.bv_page = page,
		.bv_len = PAGE_SIZE,
	};

	consume(&bv);
}

static void copy_stays(const struct bio_vec *from)
{
	struct bio_vec bv = *from;

	consume(&bv);
}

static void another_struct_stays(struct page *page)
{
	struct parcel parcel = {
		.bv_page = page,
		.bv_len = PAGE_SIZE,
		.bv_offset = 0,
	};

	deliver(&parcel);
}

static void gap_array_element(struct page *page)
{
	struct bio_vec bv[1] = {
		{ .bv_page = page, .bv_len = PAGE_SIZE, .bv_offset = 0 },
	};

	consume(bv);
}

static void gap_compound_literal(struct bio_vec *bv, struct page *page)
{
	*bv = (struct bio_vec) {
		.bv_page = page,
		.bv_len = PAGE_SIZE,
		.bv_offset = 0,
	};
}
