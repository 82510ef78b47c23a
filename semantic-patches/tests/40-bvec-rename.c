// SPDX-License-Identifier: GPL-2.0-only
/*
 * Users of the type: declarations, sizes, casts, and variables of its name.
 */
#include <linux/bvec.h>

static struct bio_vec *parts_alloc(int n)
{
	return kcalloc(n, sizeof(struct bio_vec), GFP_KERNEL);
}

static int one_part(struct crate *crate)
{
	struct bio_vec bio_vec;

	crate_init(crate, &bio_vec, 1);
	return bvec_len(&bio_vec);
}

#define first_part(crate)	((const struct bio_vec *)(crate)->part)

/* What must not change: struct bio_vec in a comment, */
static int bio_vec_count(struct crate *crate)
{
	return crate->bio_vecs;
}

static const char *part_name(void)
{
	return "struct bio_vec";
}
