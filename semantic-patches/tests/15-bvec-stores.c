// SPDX-License-Identifier: GPL-2.0-only
/*
 * Stores of one part.
 */
#include <linux/bvec.h>

struct parcel {
	struct page *bv_page;
	unsigned int bv_len;
};

static void through_a_pointer(struct bio_vec *bv, struct page *page)
{
	bv->bv_page = page;
}

static void of_a_variable(struct bio *bio)
{
	struct bio_vec bv = bio_iovec(bio);

	bv.bv_len = min(bv.bv_len, 512U);
	bv.bv_offset	= 0;
	consume(&bv);
}

static void of_an_element(struct bio *bio, struct page *page)
{
	bio->bi_io_vec[0].bv_page = page;
	bio->bi_io_vec[bio->bi_vcnt++].bv_len = 4;
}

static void value_over_several_lines(struct bio_vec *bv, void *base)
{
	bv->bv_page = is_vmalloc_addr(base)
		? vmalloc_to_page(base)
		: virt_to_page(base);
}

static int used_as_a_value(struct bio_vec *bv)
{
	unsigned int len;

	if ((bv->bv_len = more(bv)) > 4)
		return 1;
	len = bv->bv_offset = 4;
	return len;
}

static void chained_store(struct crate *crate, int i)
{
	crate->bvec[i].bv_page = crate->pages[i] = any_page();
}

static void chained_store_with_a_side_effect(struct crate *crate, int i)
{
	crate->bvec[i].bv_page = crate->pages[i++] = any_page();
}

static void in_the_head_of_a_loop(struct bio_vec *bv)
{
	for (bv->bv_len = 0; more(bv); step(bv))
		consume(bv);
}

/* What must not change. */

static bool comparison_stays(struct bio_vec *bv, struct page *page)
{
	return bv->bv_page == page && bv->bv_len != 4;
}

static void store_behind_the_page_stays(struct bio_vec *bv)
{
	bv->bv_page->private = 4;
}

static void address_stays(struct bio_vec *bv)
{
	receive(&bv->bv_len);
}

static void compound_assignment_stays(struct bio_vec *bv)
{
	bv->bv_len += 4;
	bv->bv_offset -= 4;
}

static void setter_stays(struct bio_vec *bv)
{
	bvec_set_len(bv, 4);
}

static void local_variable_stays(void)
{
	unsigned int bv_len;

	bv_len = 4;
	consume_bytes(bv_len);
}

static void another_struct_stays(struct parcel *parcel, struct page *page)
{
	struct parcel copy;

	parcel->bv_page = page;
	copy.bv_len = 4;
	deliver(parcel, &copy);
}

static void fragment_stays(skb_frag_t *frag)
{
	frag->bv_offset = 0;
}

static void gap_chain_of_two_parts(struct bio_vec *bv)
{
	bv->bv_len = bv->bv_offset = 0;
}
