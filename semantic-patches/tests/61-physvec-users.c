// SPDX-License-Identifier: GPL-2.0-only
/*
 * Users of struct phys_vec.
 */
#include <linux/types.h>

struct window {
	struct phys_vec	*phys_vec;
	struct phys_vec	one;
};

static int window_fill(struct window *w, struct phys_vec *phys_vec, int n)
{
	phys_vec->paddr = w->one.paddr + 4;
	w->phys_vec[n].paddr = phys_vec[n].paddr;
	return check_add_overflow(w->phys_vec->paddr, 1, &w->one.paddr);
}

/* What must not change: struct phys_vec in a comment, */
static int fill_phys_vec(struct window *w, u64 *paddr)
{
	*paddr = w->one.len;
	return w->npaddr;
}

static const char *window_name(void)
{
	return "phys_vec";
}
