/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * affected.h: which source files' objects a commit can change.
 *
 * Its own .c and .S files; for a header: those the range changes anywhere
 * that may include it, those that name what the header's diff declares, and
 * a sample of the others; for files of kbuild: see affected-kbuild.c. The
 * sample's order is a function of seed and path, so that commits share it.
 */
#ifndef AFFECTED_H
#define AFFECTED_H

#include "includes.h"

struct affected {
	GPtrArray *own;		/* changed .c and .S files, also those removed; borrowed from the commit */
	GPtrArray *reached;	/* others the header rules name; owned */
	GPtrArray *sample;	/* candidates of the sample, in its order; owned */
	GPtrArray *notes;	/* what was capped, for the detail; owned */
	GPtrArray *unknown;	/* "PATH: why": files of kbuild that change what nobody can name; owned */
	GHashTable *symbols;	/* CONFIG_X of entries that change, or select -> whether all who reads it is reached */
};

struct affected_options {
	bool tree;		/* every file that may include a changed header */
	guint sample;		/* 0: none */
	int seed;
};

/*
 * One struct affected for each of judged, which are some of the range's commits; owned by the array.
 * include_lines: takes what was read of the #include lines, for the caller to free; NULL: nobody wants it.
 */
GPtrArray *affected_read(const struct git *git, struct cache *cache, const GPtrArray *commits,
			 const GPtrArray *judged, const struct affected_options *options,
			 struct includes **include_lines, GError **error);

#endif
