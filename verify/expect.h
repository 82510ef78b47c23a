/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * expect.h: which functions a commit may change, as whoever made it says.
 *
 *	commit	path	function	expectation
 *	0a1b..	drivers/block/brd.c	brd_do_bvec	functions
 *
 * commit is the full id, path as git quotes it, function "*" stands for the
 * whole file. expectation: identical (nothing of the objects may differ),
 * functions (this function may), any (all that is made from the file may). A
 * function or macro of a header stands for those it expands into.
 */
#ifndef EXPECT_H
#define EXPECT_H

#include "tsv.h"

#define EXPECT_TSV "commit path function expectation"

struct expect;

struct expect *expect_read(const char *path, GError **error);
void expect_free(struct expect *expect);
/*
 * The functions in which the object made from source, whose text is given, and
 * from the files it includes (a set of paths) may differ after the commit: a
 * set of names, with "*" for all. What names a listed one may, for that may be
 * inlined there, and so on as long as it is static, inline or a macro. What
 * another macro or inline of a header hands on is not followed.
 */
GHashTable *expect_functions(const struct expect *expect, const char *commit, const char *source, const char *text,
			     GHashTable *includes);
/* What the commit's verdict depends on. */
char *expect_sum(const struct expect *expect, const char *commit);

#endif
