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
 *
 *	[   41.902120] ktap:     ok 3 nbd # SKIP CONFIG_BLK_DEV_NBD is not set
 *	[   41.902120] ktap:     ok 4 pinned memory # SKIP missing umem
 *
 * A test that is skipped names what the kernel or the machine lacks; "missing" and a
 * program say that the root image lacks that, as guest.sh has it: such a test tells nothing.
 */
#ifndef CONSOLE_H
#define CONSOLE_H

#include "known.h"
#include "util.h"

struct console {
	guint sets, passed, skipped, failed;	/* sets that ended; tests */
	bool begun;		/* whether a set has begun */
	GPtrArray *skips;	/* "SET: NAME: REASON" of each test skipped for what kernel or machine lack */
	GPtrArray *missing;	/* "SET: NAME: PROGRAM" of each that the root image lacks a program for */
	GPtrArray *known;	/* why what the kernel reported and is known tells nothing, each once; lockdep is off then */
	char *failure;		/* why it does not hold, with some lines of the log; NULL: it holds */
	GPtrArray *symptoms;	/* all that is wrong, each once, for logs to be compared: N are the kernel's numbers */
};

/*
 * Reads a whole log. sets: those the guest was asked to run, in order.
 * why_ended: how the guest ended when it was not by itself, or NULL. A report that is
 * known is no failure; known NULL: none is.
 */
struct console *console_read(const char *text, gsize len, char *const *sets, const char *why_ended,
			     const struct known *known);
void console_free(struct console *console);
/*
 * What leaves a log undecided that does not fail, or NULL: "programs are missing: rdma: pinned memory: umem",
 * or "known: " and why.
 */
char *console_doubt(const struct console *console);
/* "14 tests in 2 sets, skipped: block: nbd: CONFIG_BLK_DEV_NBD is not set" */
char *console_summary(const struct console *console);

#endif
