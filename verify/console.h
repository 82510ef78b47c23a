/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * console.h: what a guest's console log says: results of its test sets, and
 * what the kernel complained about.
 *
 *	[   40.217493] ktap: 1..2
 *	[   40.281552] ktap:     # Subtest: smoke
 *	[   40.318711] ktap:     1..5
 *	[   41.213238] ktap:     ok 1 both processors are up
 *	[   41.814379] ktap:     not ok 2 time passes
 *	[   41.814379] ktap: ok 1 smoke
 *
 * Lines behind "ktap:" are the guest's, all others the kernel's.
 */
#ifndef CONSOLE_H
#define CONSOLE_H

#include "util.h"

struct console {
	guint sets, passed, skipped, failed;	/* sets that ended; tests */
	bool begun;		/* whether a set has begun */
	GPtrArray *skips;	/* "SET: NAME: REASON" of each skipped test */
	char *failure;		/* why it does not hold, with some lines of the log; NULL: it holds */
};

/*
 * Reads a whole log. sets: those the guest was asked to run, in order.
 * why_ended: how the guest ended when it was not by itself, or NULL.
 */
struct console *console_read(const char *text, gsize len, char *const *sets, const char *why_ended);
void console_free(struct console *console);
/* "14 tests in 2 sets, skipped: block: nbd: CONFIG_BLK_DEV_NBD is not set" */
char *console_summary(const struct console *console);

#endif
