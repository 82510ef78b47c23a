// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads.
 */
#include <linux/bvec.h>

struct parcel {
	struct page *bv_page;
	unsigned int bv_len;
};

struct crate {
	struct bio_vec first;
	struct bio_vec *bvec;
	struct parcel parcel;
};

static void through_a_pointer(const struct bio_vec *bv)
{
	consume_range(bv->bv_page, bv->bv_offset, bv->bv_len);
}

static unsigned int of_a_variable(struct bio *bio)
{
	struct bio_vec bv = bio_iovec(bio);

	return bv.bv_offset + bv.bv_len;
}

static unsigned int of_a_member(struct crate *crate, int i)
{
	return crate->first.bv_len + crate->bvec->bv_len +
	       crate->bvec[i].bv_len + crate->bvec[0].bv_len;
}

static void in_a_condition(struct bio_vec *bv, unsigned int at)
{
	if (!bv->bv_page || at >= bv->bv_len)
		return;
	while (at < bv->bv_len && likely(bv->bv_page))
		at += min(4U, bv->bv_len - at);
}

static void behind_the_page(struct bio_vec *bv)
{
	bv->bv_page->private = 4;
	receive(&bv->bv_page->private);
}

static unsigned int pointer_with_parentheses(struct bio_vec *bv, int i)
{
	return (bv + i)->bv_len + (--bv)->bv_offset;
}

static struct page *of_what_a_function_points_to(struct bio *bio)
{
	return bio_first_bvec_all(bio)->bv_page;
}

static void subscript_with_a_side_effect(struct bio *bio, int i)
{
	consume_page(bio->bi_io_vec[--i].bv_page);
}

static size_t size_of_a_part(struct bio_vec *bv)
{
	return sizeof(bv->bv_len) + sizeof(typeof(bv->bv_offset));
}

static long behind_a_cast(struct bio_vec *bv, struct bio *bio)
{
	struct bio_vec copy = *bv;

	return (long)bv->bv_len + ((int)copy.bv_offset) - 4;
}

static void in_the_value_of_a_setter(struct bio_vec *bv)
{
	bvec_set_len(bv, min(bv->bv_len, 4U));
}

/* What must not change. */

static void stores_stay(struct bio_vec *bv, struct page *page)
{
	bv->bv_page = page;
	bv->bv_len += 4;
	bv->bv_offset++;
	--bv->bv_len;
	bv->bv_offset &= ~3;
}

static void address_stays(struct bio_vec *bv)
{
	receive(&bv->bv_len);
	receive(&bv[1].bv_offset);
}

static unsigned int returned_value_stays(struct bio *bio)
{
	return bio_iovec(bio).bv_len;
}

static size_t place_in_the_struct_stays(void)
{
	return offsetof(struct bio_vec, bv_len) +
	       sizeof_field(struct bio_vec, bv_page);
}

static void local_variable_stays(struct bio_vec *bv, unsigned int bv_len)
{
	int bv_offset;

	for (bv_offset = 0; bv_offset < bv_len; bv_offset++)
		consume(bv);
bv_page:
	consume(bv);
}

static unsigned int another_struct_stays(struct parcel *parcel, struct crate *c)
{
	struct parcel copy = *parcel;

	return parcel->bv_len + copy.bv_len + c->parcel.bv_len;
}

static unsigned int another_type_stays(struct seen_elsewhere *p, elsewhere_t *q)
{
	return p->bv_len + q->bv_len;
}

static unsigned int fragment_stays(const skb_frag_t *frag)
{
	return frag->bv_offset;
}

static const char *literal_stays(void)
{
	return "bv->bv_len";
}

static unsigned int gap_another_type_by_its_header(struct box *box)
{
	return box_parcel(box)->bv_len;
}
