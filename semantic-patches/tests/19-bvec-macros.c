// SPDX-License-Identifier: GPL-2.0-only
/*
 * Macros, which spatch does not look into.
 */
#include <linux/bvec.h>

#define for_each_part(bvl, iter)					\
	for (; more(iter); step(&(iter), (bvl).bv_len))

#define map_part(dev, bv)						\
	map_range(dev, (bv)->bv_page, (bv)->bv_offset, (bv)->bv_len)

#define empty_part(bv, i)						\
	do {								\
		(bv)[i].bv_len = 0;					\
		(bv)->bv_page = NULL;					\
	} while (0)

#define last_part(bio)	(bio_last_bvec_all(bio)->bv_len)

static void statements_as_an_argument(struct crate *crate)
{
	crate_for_each(crate, ({
		crate->size += bv.bv_len;
		if (!bv.bv_page)
			return;
	}));
}

#if 0
static unsigned int never_compiled(struct bio_vec *bv)
{
	return bv->bv_len;
}
#endif

/* What must not change: bv->bv_len in a comment, */

#define part_format	"bv->bv_len=%u"

#define part_address(bv)	(&(bv)->bv_len)

#define part_of_a_value(bio)	(bio_iovec(bio).bv_len)

#define part_place		offsetof(struct bio_vec, bv_len)

#define part_by_name(bv_len)	consume_bytes(bv_len)

#define part_mask(bv)		((bv)->bv_len &= ~3)

#define part_next(bv)		((bv)->bv_offset++)

static void label_and_local_stay(unsigned int bv_len)
{
	if (bv_len)
		goto bv_page;
	consume_bytes(bv_len);
bv_page:
	consume_bytes(0);
}

#define gap_step(bv, n)		((bv)->bv_len += (n))
