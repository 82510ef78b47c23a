// SPDX-License-Identifier: GPL-2.0-only
/*
 * Compound assignment.
 */
#include <linux/bvec.h>

struct parcel {
	unsigned int bv_len;
};

static void added(struct bio_vec *bv, unsigned int n)
{
	bv->bv_len += n;
	bv->bv_offset += n << SECTOR_SHIFT;
}

static void subtracted(struct bio *bio, unsigned int n)
{
	struct bio_vec bv = bio_iovec(bio);

	bv.bv_len -= n;
	bv.bv_offset -= n;
	bio->bi_io_vec[0].bv_len -= n ? n : 4;
	consume(&bv);
}

static void used_as_a_value(struct bio_vec *bv)
{
	do {
		consume(bv);
	} while (bv->bv_len -= 1 << SECTOR_SHIFT);
}

static void in_the_head_of_a_loop(struct bio_vec *bv)
{
	for (; more(bv); bv->bv_offset += 4)
		consume(bv);
}

/* What must not change. */

static unsigned int sum_stays(struct bio_vec *bv, unsigned int sum)
{
	sum += bv->bv_len;
	sum -= bv->bv_offset;
	return sum + bv->bv_len;
}

static void plain_store_stays(struct bio_vec *bv)
{
	bv->bv_len = 4;
}

static void other_operators_stay(struct bio_vec *bv)
{
	bv->bv_len &= ~3;
	bv->bv_offset <<= 1;
}

static void another_struct_stays(struct parcel *parcel)
{
	parcel->bv_len += 4;
}

static void fragment_stays(skb_frag_t *frag, int delta)
{
	frag->bv_len -= delta;
}
