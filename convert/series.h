/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * series.h: the series as it is made: the plan's rows, the files with their
 * sites, and the commits.
 */
#ifndef SERIES_H
#define SERIES_H

#include "branch.h"
#include "file.h"
#include "maintainers.h"
#include "tree.h"

/* One commit of the plan. */
struct patch {
	guint position;		/* in the plan, from 1 */
	const struct step *step;	/* the first of those whose changes it holds */
	char *subsystem;	/* slug, or "-" */
	struct branch_commit *commit;	/* its message and changes; oid once made */
	char *subject;
};

/* What one step does in a commit. */
struct part {
	struct patch *patch;
	const struct step *step;
	GPtrArray *paths;	/* char *, as planned */
};

struct series {
	struct context *ctx;
	GPtrArray *patches;	/* struct patch *, by position */
	GPtrArray *parts;	/* struct part *, by position and step */
	GHashTable *files;	/* path -> struct file *, those that rules run on */
	GPtrArray *edited;	/* struct edited *, what edits made; owns texts of changes */
	GHashTable *used;	/* set of paths that steps with uses= are given; borrowed from the parts */
	GHashTable *modes;	/* path -> mode in the tag, GUINT_TO_POINTER, of what the plan names */
	struct words *words;
	struct tree *tree;
	struct maintainers *maintainers;
	struct runner *runner;
	struct pool *pool;
};

/* Reads plan.tsv. */
struct series *series_new(struct context *ctx, GError **error);
void series_free(struct series *series);

/* series-commit.c: writes the messages and makes the commits in our repository. */
gboolean series_commit(struct series *series, GError **error);
/* Sets the branches, in our repository and in the user's: all or none. */
gboolean series_publish(struct series *series, GError **error);
/* May the branches be made? Fails when they exist, are not of the last run here, and --force is not given. */
gboolean series_check_branches(const struct context *ctx, GError **error);

/* series-record.c: sites.tsv, commits.tsv, expect.tsv, lines.tsv, run.tsv. */
gboolean series_record(struct series *series, GError **error);

#endif
