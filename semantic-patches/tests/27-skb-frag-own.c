// SPDX-License-Identifier: GPL-2.0-only
/*
 * A frag that is a typedef of struct bio_vec.
 */
#include <linux/bvec.h>

typedef struct bio_vec skb_frag_t;

static unsigned int size_of_a_frag(const skb_frag_t *frag)
{
	return frag->bv_len;
}

static void frag_that_grows(skb_frag_t *frag, int delta)
{
	frag->bv_len += delta;
}

static void filled_frag(skb_frag_t *frag, struct page *page, int off)
{
	frag->bv_page		  = page;
	frag->bv_offset		  = off;
	skb_frag_size_set(frag, 4);
}

static void copied_frag(skb_frag_t *to, const skb_frag_t *from)
{
	to->bv_page = from->bv_page;
}

/* What must not change. */

typedef struct bio_vec piece_t;

static unsigned int bvec_stays(struct bio_vec *bv)
{
	return bv->bv_len;
}

static unsigned int another_typedef_stays(piece_t *piece)
{
	return piece->bv_offset;
}

static struct page *frag_that_is_asked_stays(skb_frag_t *frag)
{
	return skb_frag_page(frag);
}

static void another_struct_stays(struct parcel *parcel, struct page *page)
{
	parcel->bv_page = page;
}
