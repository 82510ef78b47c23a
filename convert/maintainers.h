/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * maintainers.h: which subsystem a path belongs to, read from a tag's
 * MAINTAINERS file.
 *
 * The answers are those of the tree's scripts/get_maintainer.pl: the sections
 * that match a path, ranked by the depth of the pattern that matched. Where it
 * leaves the order of equals open, the section that comes first in the file
 * comes first here.
 */
#ifndef MAINTAINERS_H
#define MAINTAINERS_H

#include "git.h"

/* One section of MAINTAINERS, or a folder that none claims. */
struct subsystem {
	char *title;		/* "BLOCK LAYER"; of a folder its path */
	char *slug;		/* "block-layer": for folders and branches, unique in the file */
	char *status;		/* S:, or "-" */
	char *tree;		/* the first T:, or "-" */
	bool catch_all;		/* THE REST, to which everything belongs and nothing does */
};

/* A section that matches a path. */
struct subsystem_match {
	const struct subsystem *subsystem;	/* borrowed from the maintainers */
	int depth;				/* get_maintainer's rank, higher is more specific */
};

struct maintainers;

/*
 * Parses the text of a MAINTAINERS file. folders: a set of the tree's folders
 * (char *, no final slash), since "F: net/foo" means all below when net/foo is
 * one; NULL for none.
 */
struct maintainers *maintainers_parse(const char *text, gsize len, GHashTable *folders, GError **error);
/* The same from a tag; says so when the tag has no MAINTAINERS. */
struct maintainers *maintainers_read(const struct git *git, const char *tag, GError **error);
void maintainers_free(struct maintainers *m);

/* Every section that matches, the most specific first: struct subsystem_match, the caller's. */
GArray *maintainers_all(const struct maintainers *m, const char *path);
/* The most specific section, or NULL when only the catch-all matches. */
const struct subsystem *maintainers_find(const struct maintainers *m, const char *path);
/*
 * The same, never NULL: a path that no section claims belongs to its folder,
 * at most two levels deep ("include/linux", "lib"), or to "root".
 */
const struct subsystem *maintainers_subsystem(struct maintainers *m, const char *path);
/* The section, or folder given out so far, of that slug; NULL when there is none. */
const struct subsystem *maintainers_slug(const struct maintainers *m, const char *slug);

/* The command "subsystem"; see cmd-subsystem.c. */
int cmd_subsystem(int argc, char **argv, GError **error);

#endif
