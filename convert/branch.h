/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * branch.h: commits from changed files.
 *
 * One "git fast-import" makes all commits of a series in our repository:
 * the index of a kernel has 80,000 entries and writing it for every commit
 * would take longer than the conversion. Author and committer are the user,
 * or the program where git knows no name; the dates are the base commit's, so
 * that the same input gives the same commits.
 */
#ifndef BRANCH_H
#define BRANCH_H

#include "git.h"

/* A file as a commit leaves it. Strings are borrowed until branch_write(). */
struct change {
	const char *path;
	const char *content;
	gsize len;
	guint mode;		/* 0100644, 0100755 */
};

struct branch_commit {
	char *message;
	GArray *changes;	/* struct change */
	char *oid;		/* set by branch_write() */
};

struct branch_commit *branch_commit_new(const char *message);
void branch_commit_free(struct branch_commit *commit);

/*
 * Makes the commits (struct branch_commit *) on top of base, in order, and
 * sets their oid. No ref of the user's is touched.
 */
gboolean branch_write(const struct git *git, const char *base, GPtrArray *commits, GError **error);

#endif
