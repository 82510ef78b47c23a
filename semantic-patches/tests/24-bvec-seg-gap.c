// SPDX-License-Identifier: GPL-2.0-only
/*
 * Gaps between bvecs, gathered from their offsets.
 */
#include <linux/bvec.h>

static inline unsigned int bvec_seg_gap(struct bio_vec *bvprv,
					struct bio_vec *bv)
{
	return bvec_offset(bv) | (bvec_offset(bvprv) + bvec_len(bvprv));
}

/* Another function may mean the offsets. */
static inline unsigned int crate_gap(struct bio_vec *bvprv, struct bio_vec *bv)
{
	return bvec_offset(bv) | (bvec_offset(bvprv) + bvec_len(bvprv));
}
