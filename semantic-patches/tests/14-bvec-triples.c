// SPDX-License-Identifier: GPL-2.0-only
/*
 * Three stores side by side.
 */
#include <linux/bvec.h>

struct parcel {
	struct page *bv_page;
	unsigned int bv_len;
	unsigned int bv_offset;
};

static void through_a_pointer(struct bio_vec *bv, struct page *page)
{
	bv->bv_page = page;
	bv->bv_len = PAGE_SIZE;
	bv->bv_offset = 0;
}

static void of_a_variable(struct page *page, size_t size)
{
	struct bio_vec bv;

	bv.bv_offset = offset_in_page(size);
	bv.bv_len = min_t(size_t, size,
			  PAGE_SIZE);
	bv.bv_page = page;
	consume(&bv);
}

static void of_an_element(struct crate *crate, int i)
{
	crate->bvec[i].bv_len = crate->lengths[i];
	crate->bvec[i].bv_page = crate->pages[i];
	crate->bvec[i].bv_offset = 0;
}

static void of_the_first_element(struct page *page)
{
	struct bio_vec bv[1];

	bv[0].bv_page	= page;
	bv[0].bv_offset	= 0;
	bv[0].bv_len	= PAGE_SIZE;
	consume(bv);
}

static void from_another_bvec(struct bio_vec *to, const struct bio_vec *from)
{
	to->bv_page = from->bv_page;
	to->bv_len = from->bv_len - 4;
	to->bv_offset = from->bv_offset + 4;
}

/* What must not change. */

static void value_that_reads_an_earlier_store_stays(struct bio_vec *bv)
{
	bv->bv_page = any_page();
	bv->bv_offset = 4;
	bv->bv_len = PAGE_SIZE - bv->bv_offset;
}

static void two_stores_stay(struct bio_vec *bv, struct page *page)
{
	bv->bv_page = page;
	bv->bv_len = PAGE_SIZE;
}

static void statement_between_stays(struct bio_vec *bv, struct page *page)
{
	bv->bv_page = page;
	bv->bv_len = PAGE_SIZE;
	prepare(bv);
	bv->bv_offset = 0;
}

static void two_bvecs_stay(struct bio_vec *a, struct bio_vec *b)
{
	a->bv_page = any_page();
	a->bv_len = PAGE_SIZE;
	b->bv_offset = 0;
}

static void compound_assignment_stays(struct bio_vec *bv, struct page *page)
{
	bv->bv_page = page;
	bv->bv_len += 4;
	bv->bv_offset = 0;
}

static void another_struct_stays(struct parcel *parcel, struct page *page)
{
	struct parcel copy;

	parcel->bv_page = page;
	parcel->bv_len = PAGE_SIZE;
	parcel->bv_offset = 0;
	copy.bv_page = page;
	copy.bv_len = PAGE_SIZE;
	copy.bv_offset = 0;
	deliver(parcel, &copy);
}

static void fragment_stays(skb_frag_t *frag, struct page *page)
{
	frag->bv_page = page;
	frag->bv_len = PAGE_SIZE;
	frag->bv_offset = 0;
}
