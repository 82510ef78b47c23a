// SPDX-License-Identifier: GPL-2.0-only
/*
 * Variables that bear the name of a field.
 */
#include <linux/bvec.h>

static int copy_part(struct bio_vec *bv, int room)
{
	unsigned int bv_len = bvec_len(bv);

	while (bv_len) {
		room = min(room, bv_len);
		bv_len -= room;
	}
	return bv_len;
}

static int first_sector(struct bio_vec *bv)
{
	int bv_offset;

	for (bv_offset = bvec_offset(bv); bv_offset < 8; bv_offset++)
		;
	return bv_offset;
}

/* What must not change: bv_len in a comment, */
static int part_bv_len(int bv_length)
{
	return bv_length;
}

static const char *part_name(void)
{
	return "bv_offset";
}
