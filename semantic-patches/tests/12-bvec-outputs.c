// SPDX-License-Identifier: GPL-2.0-only
/*
 * Addresses of bv_len and bv_offset that are given to a function.
 */
#include <linux/bvec.h>

static void page_then_rest(struct crate *crate, int i)
{
	struct bio_vec bv;

	bv.bv_page = crate->pages[i];
	crate_bounds(crate, i, &bv.bv_len, &bv.bv_offset);
	consume(&bv);
}

static void in_a_loop(struct crate *crate, int n)
{
	int i;

	for (i = 0; i < n; i++) {
		struct bio_vec bv;

		bv.bv_page = crate->pages[i];
		crate_bounds(&crate[i], &bv.bv_len,
			     &bv.bv_offset);
		if (consume(&bv) < 0)
			break;
	}
}

/* What must not change. */

static void names_that_are_taken_stay(struct crate *crate, size_t len)
{
	struct bio_vec bv;

	consume_bytes(len);
	bv.bv_page = crate->pages[0];
	crate_bounds(crate, 0, &bv.bv_len, &bv.bv_offset);
	consume(&bv);
}

static void other_struct_stays(struct crate *crate)
{
	struct parcel bv;

	bv.bv_page = crate->pages[0];
	crate_bounds(crate, 0, &bv.bv_len, &bv.bv_offset);
	deliver(&bv);
}

static void gap_bvec_of_the_caller(struct crate *crate, struct bio_vec *bv)
{
	bv->bv_page = crate->pages[0];
	crate_bounds(crate, 0, &bv->bv_len, &bv->bv_offset);
}

static void gap_one_field_only(struct crate *crate)
{
	struct bio_vec bv;

	crate_length(crate, &bv.bv_len);
	consume(&bv);
}
