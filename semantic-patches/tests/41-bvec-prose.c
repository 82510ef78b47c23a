// SPDX-License-Identifier: GPL-2.0-only
/*
 * Texts about a struct bio_vec and its fields. A crate has an array of
 * bio_vecs; a bio_vec of it is one part, or an array of struct
 * bio_vec is. The start, bv_page, is in memory, bv_len tells how much of it.
 */
#include <linux/bvec.h>

/* @bytes is less than bv[i->bi_idx].bv_len, see the bv_page of the next. */
static int step(struct bio_vec *bv, int bytes)
{
	/* A part with zero bv_len ends it; fromvec->bv_len is no limit. */
	/* Would a bio_vec after bprv with offset be in reach? */
	return bytes < bvec_len(bv);	// at bv_offset 0
}

/* The page of @bvec is @bvec->bv_page, and its .bv_len was adjusted. */

/* What a folio is given for may start in a page after the bv_page. */

/* What must not change: bio_vecs_max, my_bio_vec, bv_lens and bv_page_size. */
static const char *part_name(struct bio_vec *bio_vec)
{
	return "bio_vec: bv_len=%u bv_offset=%u";
}
