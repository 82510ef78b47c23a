// SPDX-License-Identifier: GPL-2.0-only
/*
 * Hazards where spatch sees no code.
 */
#include <linux/bvec.h>

#define part_missing(bv)	(!bvec_page(bv))

static int odd_function(struct bio_vec *bv)
{
	SOME_MACRO(bv, {)
	if (bvec_page(bv))
		return 1;
	if (bv->more && bvec_page(&bv[1]))
		return 2;
	return bvec_page(bv) ? 3 : bvec_page(bv) == NULL;
	})
}

#define drop_part(bv)							\
	do {								\
		bvec_replace_page(bv, NULL);				\
		bvec_set_offset(bv, 0);					\
		bvec_set_page(bv, NULL, 0, 0);				\
	} while (0)

/* What must not be found: a page that is used, */
static void *used(struct bio_vec *bv)
{
	return page_address(bvec_page(bv)) ? NULL : kmap(bvec_page(bv));
}

/* and compared with another. */
static bool same(struct bio_vec *bv, struct page *page)
{
	if (page == bvec_page(bv) && page)
		return true;
	return bvec_page(bv) == page || page != bvec_page(&bv[1]);
}

/* !bvec_page(bv) in a comment */
#define part_format	"!bvec_page(bv)"
