/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * verify.h: what every check is given: repository, range, configuration.
 *
 * A check judges any range of any kernel repository. It knows nothing of how
 * the range was made. The repository is only read; sources and objects live
 * below the cache folder.
 */
#ifndef VERIFY_H
#define VERIFY_H

#include "cache.h"
#include "evidence.h"
#include "git.h"

struct verify {
	char *kernel;		/* -k as given */
	char *out;		/* evidence.tsv, or NULL */
	char *undecided;	/* table of paths known to be undecided, or NULL */
	char *affected;		/* "range" or "tree" */
	char **kunitconfigs;	/* --kunitconfig, or NULL */
	int jobs;
	int sample;		/* how many more objects a header change builds */
	int seed;		/* of the sample's order */
	gboolean every_commit, json, ktap, notes, bisect;
	struct git *git;
	struct cache *cache;
	GPtrArray *commits;	/* struct commit *, oldest first */
	struct evidence *evidence;
};

/* The checks. Each adds its rows to verify->evidence. */
gboolean check_build(struct verify *verify, GError **error);
gboolean check_kunit(struct verify *verify, GError **error);
gboolean check_style(struct verify *verify, GError **error);

#endif
