/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * evidence.h: which configurations compiled which line, from evidence.tsv.
 *
 * Rows of check "lines" that hold say in their detail which lines of the
 * parent's version of a file the commit changes and an object compiles:
 *
 *	<commit>	x86_64-allmodconfig	lines	holds	block/bio.c:12-14,20	-
 */
#ifndef EVIDENCE_H
#define EVIDENCE_H

#include "context.h"

struct evidence;

/*
 * The rows for the commits (a set of their ids); those of earlier runs are
 * left out. NULL without an error when there is no evidence.tsv: nothing was
 * verified.
 */
struct evidence *evidence_read(const struct context *ctx, GHashTable *commits, GError **error);
void evidence_free(struct evidence *evidence);
/* Calls fn for each configuration that compiled the line; returns how many. */
guint evidence_configs(const struct evidence *evidence, const char *commit, const char *quoted_path, guint line,
		       void (*fn)(const char *config, gpointer data), gpointer data);
/* Rows by verdict: holds, fails, undecided, of the checks that are not of lines, less those elsewhere.h decides. */
guint evidence_count(const struct evidence *evidence, const char *verdict);
/* Is there a verdict on the commit's build? */
bool evidence_built(const struct evidence *evidence, const char *commit);
/* "functions of N to M bytes (+x %)" where the detail of an "equiv" row sums up a commit and code differs; or NULL. */
const char *evidence_growth(const char *check, const char *detail);

#endif
