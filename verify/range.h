/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * range.h: the commits of BASE..TIP and what each changes.
 *
 * A rename is a removal and an addition: every file has one path.
 */
#ifndef RANGE_H
#define RANGE_H

#include "git.h"

/* A line of one side of a diff. */
struct changed_line {
	guint line;		/* from 1 */
	char **words;		/* identifiers in its code that the hunk has less of on the other side; NULL: none */
	guint others, n_others;	/* the hunk's lines of the other side: index of the first, and how many */
};

struct change {
	char *path;
	char *old_oid;		/* blob in the parent, NULL: the commit adds the file */
	char *new_oid;		/* blob in the commit, NULL: the commit removes it */
	GArray *old_lines;	/* struct changed_line, ascending */
	GArray *new_lines;	/* the same, of the commit's version */
	char *text;		/* the changed lines, both sides, one a line */
};

struct commit {
	char *id, *parent;	/* 40 hex digits */
	char *tree, *parent_tree;
	GPtrArray *changes;	/* struct change *, by path */
};

/* The commits, oldest first: struct commit *, owned by the array. */
GPtrArray *range_read(const struct git *git, const char *range, GError **error);

/* Whether the path ends in one of the suffixes, blank-separated: ".c .S". */
bool path_has_suffix(const char *path, const char *suffixes);
/* The identifiers of a text, in order of appearance; strings and comments are not told apart. */
GPtrArray *identifiers(const char *text, gsize len);

#endif
