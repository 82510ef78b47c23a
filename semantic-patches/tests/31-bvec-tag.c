/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A header that names the type, and what is left of bvec.h's own reads.
 */
#ifndef _CRATE_H
#define _CRATE_H

struct bio_vec;
struct bio_vec_pool;

struct crate {
	struct bio_vec	*part;
	struct bio_vec	parts[];
};

#define for_each_part(bvl, bio_vec, iter)				\
	for (; (iter).size; step((bio_vec), &(iter), (bvl).bv_len))

static inline unsigned int part_room(const struct bio_vec *bv, int i)
{
	return bv[i].bv_len - bv->bv_len;
}

static inline void *part_virt(struct bio_vec *bv)
{
	WARN_ON_ONCE(PageHighMem(bv->bv_page));
	return page_address(bv->bv_page) + bv->bv_offset;
}

/* What must not change: struct bio_vec in a comment, */
static inline const char *part_name(struct crate *bio_vecs)
{
	return "bio_vec";
}

/* a name of which the word is a part, and a member of something else. */
static inline int part_bv_len(struct crate *crate)
{
	return crate->bv_length;
}

#endif
