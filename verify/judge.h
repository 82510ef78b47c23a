/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * judge.h: one commit built in one configuration, held against its parent.
 */
#ifndef JUDGE_H
#define JUDGE_H

#include "affected.h"
#include "object.h"
#include "tree.h"

/* What the commits of a run share. */
struct judge {
	struct tree *tree;
	struct git_batch *batch;
	GHashTable *objects;	/* source path -> struct object */
	GPtrArray *todo;	/* struct affected * of the commits still to be judged, next first: borrowed */
	guint sample;
	guint n, total;		/* commit n of total, for the progress line */
	guint compiled, preprocessed;	/* processes run, for the summary */
};

/* One row of evidence, but for what all rows of the run have in common. */
struct finding {
	const char *check;	/* build or lines */
	const char *verdict;
	char *detail;
	bool final;		/* the same input gives it again: it may be kept */
};

/* Builds what the commit affects. struct finding *, owned; NULL on error. */
GPtrArray *judge_commit(struct judge *judge, const struct commit *commit, const struct affected *affected,
			GError **error);

#endif
