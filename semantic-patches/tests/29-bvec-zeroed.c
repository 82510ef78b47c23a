// SPDX-License-Identifier: GPL-2.0-only
/*
 * A bvec that is initialised by position.
 */
#include <linux/bvec.h>

static int count_parts(struct crate *crate)
{
	struct bio_vec part, last = { NULL };
	int n = 0;

	for_each_part(part, crate) {
		if (n && !can_merge(&last, &part))
			break;
		last = part;
		n++;
	}
	return n;
}

/* What must not change: an array that NULL ends, */
static const char *const names[] = { NULL };
static const char *const two_names[] = { "part", NULL };

/* and an initialiser that says more. */
static struct crate crate = { NULL, 1 };
