/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * context.h: what every command is given: kernel, tag, recipe, output folder.
 *
 * Commands hand over through files in the output folder, so that each can be
 * run, looked at and repeated by hand:
 *
 *	sites	-> sites.tsv
 *	plan	sites.tsv -> plan.tsv
 *	apply	plan.tsv -> branches, commits.tsv, expect.tsv, run.tsv, sites.tsv
 *	account	sites.tsv, evidence.tsv -> coverage.json, report.html
 *	mail	commits.tsv, sites.tsv, evidence.tsv -> mail/
 */
#ifndef CONTEXT_H
#define CONTEXT_H

#include "git.h"
#include "recipe.h"

#define SITES_TSV	"path line column word kind function status rule commit reason"
#define PLAN_TSV	"step rule file subsystem position"
#define COMMITS_TSV	"position commit stage step subsystem subject"
#define EXPECT_TSV	"commit path function expectation"
#define EVIDENCE_TSV	"commit config check verdict detail seconds"
/* Where a converted site stood in the parent of the commit that converted it. */
#define LINES_TSV	"commit path line site"

struct context {
	char *kernel;		/* -k as given */
	char *tag;
	char *base;		/* the tag's commit */
	char *out;
	char *recipe_folder;
	char *argv;		/* the command line, for coverage.json */
	char *signoff;		/* "Name <mail>", or NULL */
	char **stages;		/* --stage, or NULL for all */
	char **subsystems;	/* --subsystem, or NULL for all */
	int jobs;
	gboolean force, json, public_base;
	struct git *git;
	struct recipe *recipe;
};

/* Opens kernel and recipe, finds the tag, checks that it is a kernel, makes the output folder. */
gboolean context_open(struct context *ctx, GError **error);
void context_clear(struct context *ctx);
/* OUT/name */
char *context_path(const struct context *ctx, const char *name);
/*
 * Writes OUT/COMMAND.inputs: what the command's table was made from, which is the tag's commit, the recipe and,
 * where the table depends on it, the selection.
 */
gboolean context_note_inputs(const struct context *ctx, const char *command, bool selection, GError **error);
/* Fails, and says to run the command again, unless these are the inputs of this run as well. */
gboolean context_check_inputs(const struct context *ctx, const char *command, bool selection, GError **error);
bool context_has_stage(const struct context *ctx, const char *stage);
bool context_has_subsystem(const struct context *ctx, const char *subsystem);

/* The commands. Status in *status when they return TRUE. */
gboolean cmd_sites(struct context *ctx, enum status *status, GError **error);
gboolean cmd_plan(struct context *ctx, enum status *status, GError **error);
gboolean cmd_apply(struct context *ctx, enum status *status, GError **error);
gboolean cmd_account(struct context *ctx, enum status *status, GError **error);
gboolean cmd_mail(struct context *ctx, enum status *status, GError **error);

/* try.c: prints what a rule makes of a file. */
gboolean try_rule(const char *recipe_folder, const char *rule, const char *path, enum status *status, GError **error);

#endif
