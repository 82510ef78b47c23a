/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * checkpatch.h: a tree's own scripts/checkpatch.pl, run on one patch.
 *
 * What it found is text, one line a finding, in its order:
 *
 *	WARNING	LONG_LINE	drivers/md/dm-integrity.c:1908	line length of 115 exceeds 100 columns
 */
#ifndef CHECKPATCH_H
#define CHECKPATCH_H

#include "process.h"
#include "range.h"

#define CHECKPATCH "scripts/checkpatch.pl"

/* Folders that stand for a kernel tree, shared by the commits that have the same in them. */
struct checkpatch_trees;
struct checkpatch_trees *checkpatch_trees_new(const struct git *git, GError **error);
/* Removes the folders. */
void checkpatch_trees_free(struct checkpatch_trees *trees);

/*
 * The folder for a commit whose patch is given: what checkpatch reads of the
 * tree to judge it. Borrowed; "" when the commit's tree has no checkpatch.
 */
const char *checkpatch_tree(struct checkpatch_trees *trees, const char *commit, const char *patch, GError **error);

/* Queues a run on the patch, in a folder of checkpatch_tree(). */
void checkpatch_add(struct pool *pool, const char *folder, const char *patch, pool_done done, gpointer data);
/* The findings of a run; NULL, and why, when they are not all there: a crash, or output of another form. */
char *checkpatch_findings(const struct process *result, char **why);

#endif
