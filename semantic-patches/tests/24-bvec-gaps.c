// SPDX-License-Identifier: GPL-2.0-only
/*
 * Gaps between bvecs, which are looked for by offset. The functions have the
 * names that the rule knows.
 */
#include <linux/bvec.h>

static inline bool __bvec_gap_to_prev(const struct crate_limits *lim,
		struct bio_vec *bprv, unsigned int offset)
{
	return (offset & lim->virt_boundary_mask) ||
		((bvec_offset(bprv) + bvec_len(bprv)) & lim->virt_boundary_mask);
}

static inline bool bvec_gap_to_prev(const struct crate_limits *lim,
		struct bio_vec *bprv, unsigned int offset)
{
	if (!lim->virt_boundary_mask)
		return false;
	return __bvec_gap_to_prev(lim, bprv, offset);
}

static bool crate_gap(struct crate *crate, struct bio_vec *first,
		      struct bio_vec *last)
{
	if (bvec_offset(first) & queue_virt_boundary(crate->queue))
		return true;
	if (bvec_gap_to_prev(&crate->limits, last, bvec_offset(first)))
		return true;
	return bvec_gap_to_prev(&crate->limits,
				&crate->bvecs[crate->count - 1],
				bvec_offset(&crate->bvecs[0]));
}

static bool bvec_split_segs(const struct crate_limits *lim,
			    const struct bio_vec *bv, unsigned int len)
{
	unsigned int total_len = 0;

	while (total_len < len) {
		/* The page and what to add to it: no test of the mask. */
		total_len += crate_segment(lim, bvec_page(bv),
					   bvec_offset(bv) + total_len);
		if ((bvec_offset(bv) + total_len) & lim->virt_boundary_mask)
			break;
	}
	return total_len < len;
}

int bio_integrity_add_page(struct bio *bio, struct page *page,
			   unsigned int len, unsigned int offset)
{
	struct bio_vec *bv = crate_last(bio);

	if (bvec_gap_to_prev(crate_limits(bio), bv, offset))
		return 0;
	bvec_set_page(bv + 1, page, len, offset);
	return len;
}

/* What is looked for otherwise stays. */
static bool crate_aligned(const struct crate_limits *lim, struct bio_vec *bv,
			  unsigned int offset)
{
	return !((bvec_offset(bv) | bvec_len(bv)) & lim->dma_alignment) &&
	       !((bvec_offset(bv) + bvec_len(bv)) & lim->dma_pad_mask);
}
