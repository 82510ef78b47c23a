// SPDX-License-Identifier: GPL-2.0-only
/*
 * ++ and --.
 */
#include <linux/bvec.h>

struct parcel {
	unsigned int bv_len;
};

static void alone(struct bio_vec *bv)
{
	bv->bv_len++;
	--bv->bv_offset;
}

static void of_a_variable(struct bio *bio)
{
	struct bio_vec bv = bio_iovec(bio);

	bv.bv_offset++;
	bv.bv_len--;
	consume(&bv);
}

static void prefix_used_as_a_value(struct bio_vec *bv)
{
	while (--bv->bv_len)
		consume_bytes(++bv->bv_offset);
}

static void in_the_head_of_a_loop(struct bio_vec *bv)
{
	for (; more(bv); bv->bv_offset++)
		consume(bv);
}

/* What must not change. */

static unsigned int postfix_used_as_a_value_stays(struct bio_vec *bv)
{
	return bv->bv_len++;
}

static void step_of_the_pointer_stays(struct bio_vec *bv)
{
	consume_bytes((++bv)->bv_len);
	consume_bytes(bv++->bv_len);
}

static void step_behind_the_page_stays(struct bio_vec *bv)
{
	bv->bv_page->private++;
}

static void another_struct_stays(struct parcel *parcel)
{
	parcel->bv_len++;
	--parcel->bv_len;
}

static void fragment_stays(skb_frag_t *frag)
{
	frag->bv_offset++;
}
